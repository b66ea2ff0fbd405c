-- Batches, messages, parts, attempts, holds, recalls, inbox (queue). DESIGN: message life.

CREATE TABLE batch (
  id           INTEGER PRIMARY KEY,
  public_id    TEXT    NOT NULL UNIQUE,
  kind         TEXT    NOT NULL DEFAULT 'notice' CHECK (kind IN ('notice', 'recall', 'drill')),
  state        TEXT    NOT NULL CHECK (state IN
                 ('held', 'scheduled', 'sending', 'paused', 'returned', 'rejected', 'cancelled', 'done')),
  purpose      TEXT    NOT NULL CHECK (purpose IN
                 ('emergency', 'service', 'statutory', 'activity', 'commercial')),
  priority     INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 3),  -- emergency, urgent, normal, bulk
  text         TEXT,                    -- shared by all its messages; NULL when each has its own, sealed
  flash        INTEGER NOT NULL DEFAULT 0,
  recallable   INTEGER NOT NULL DEFAULT 0,
  not_before   INTEGER,
  valid_until  INTEGER,
  total        INTEGER NOT NULL,        -- messages accepted
  segments     INTEGER NOT NULL,        -- of the shared text; the largest of the personal ones
  submitter        TEXT NOT NULL,       -- key:ID, or cli
  submitter_person INTEGER REFERENCES person (id),
  client_ref   TEXT,
  digest       BLOB    NOT NULL,        -- SHA-256 of what an approver approves
  ruleset      TEXT    NOT NULL DEFAULT '',
  recall_id    INTEGER REFERENCES recall (id),  -- for kind recall
  created_at   INTEGER NOT NULL,
  released_at  INTEGER,
  finished_at  INTEGER,
  CHECK ((priority = 0) <= (purpose = 'emergency'))
) STRICT;
CREATE INDEX batch_submitter ON batch (submitter, submitter_person, created_at);
CREATE INDEX batch_open ON batch (state) WHERE state NOT IN ('returned', 'rejected', 'cancelled', 'done');

CREATE INDEX batch_recall ON batch (recall_id) WHERE recall_id IS NOT NULL;

CREATE TABLE message (
  id          INTEGER PRIMARY KEY,
  public_id   TEXT    NOT NULL UNIQUE,
  batch_id    INTEGER NOT NULL REFERENCES batch (id),
  kind        TEXT    NOT NULL DEFAULT 'notice' CHECK (kind IN
                ('notice', 'command', 'replacement', 'correction')),
  subject_id  INTEGER NOT NULL REFERENCES subject (id),
  text_sealed BLOB,                     -- its own text under the subject's key; NULL = the batch's
  state       TEXT    NOT NULL,         -- a pure function of its parts, kept by queue/transitions.py
  cause       TEXT,
  priority    INTEGER NOT NULL,
  rank        INTEGER NOT NULL,         -- the round of its class in which it goes: lower first, then by id
  not_before  INTEGER NOT NULL,         -- microseconds; eligible from then on
  valid_until INTEGER,
  segments    INTEGER NOT NULL,
  tries       INTEGER NOT NULL DEFAULT 0,
  waits_for   INTEGER,                  -- an earlier message to the same number that is still under way
  imsi        TEXT,                     -- pinned to this SIM (parts already accepted, recall steps)
  avoid       TEXT,                     -- an IMSI, or a PLMN (its first five digits): others should take it
  concat_ref  INTEGER,                  -- concatenation reference, once its first part was begun
  replace_pid INTEGER CHECK (replace_pid BETWEEN 65 AND 71),       -- TP-PID 0x41-0x47
  target_attempt INTEGER REFERENCES attempt (id),                  -- what a command deletes
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL
) STRICT;
-- Indexes that a change of state touches are partial: each costs a page or two in every commit.
CREATE INDEX message_batch   ON message (batch_id);
CREATE INDEX message_ready   ON message (priority, rank)
  WHERE state = 'queued' AND imsi IS NULL AND waits_for IS NULL;
CREATE INDEX message_pinned  ON message (imsi, priority, rank)
  WHERE state = 'queued' AND imsi IS NOT NULL AND waits_for IS NULL;
CREATE INDEX message_deadline ON message (priority, valid_until)
  WHERE state = 'queued' AND imsi IS NULL AND waits_for IS NULL AND valid_until IS NOT NULL;
CREATE INDEX message_begun   ON message (subject_id) WHERE tries > 0 AND state IN ('queued', 'scheduled', 'submitting');
CREATE INDEX message_waits   ON message (waits_for) WHERE waits_for IS NOT NULL;
CREATE INDEX message_due     ON message (not_before) WHERE state = 'scheduled';
CREATE INDEX message_expiry  ON message (valid_until)
  WHERE valid_until IS NOT NULL AND state IN ('held', 'scheduled', 'queued', 'in_doubt', 'submitted');
CREATE INDEX message_live    ON message (state, batch_id)
  WHERE state IN ('held', 'scheduled', 'queued', 'submitting', 'in_doubt');
CREATE INDEX message_subject ON message (subject_id, id);

-- The round in which a batch that comes to a class now begins, and how many began in it.
CREATE TABLE round (
  priority INTEGER PRIMARY KEY,
  rank     INTEGER NOT NULL,
  entrants INTEGER NOT NULL
) STRICT;

CREATE TRIGGER message_lets_go AFTER UPDATE OF state ON message
WHEN OLD.state IN ('queued', 'scheduled', 'submitting') AND NEW.state NOT IN ('queued', 'scheduled', 'submitting')
BEGIN
  UPDATE message SET waits_for = NULL WHERE waits_for = NEW.id;
END;

-- An emergency waits only for what is on the air: one that was put back holds up no other.
CREATE TRIGGER message_lets_emergencies_go AFTER UPDATE OF state ON message
WHEN NEW.priority = 0 AND OLD.state = 'submitting' AND NEW.state IN ('queued', 'scheduled')
BEGIN
  UPDATE message SET waits_for = NULL WHERE waits_for = NEW.id;
END;

CREATE TABLE part (
  id         INTEGER PRIMARY KEY,
  message_id INTEGER NOT NULL REFERENCES message (id),
  seq        INTEGER NOT NULL,          -- 1 … segments
  state      TEXT    NOT NULL,
  cause      TEXT,
  tp_mr      INTEGER,                   -- of the attempt that was accepted last
  updated_at INTEGER NOT NULL,
  UNIQUE (message_id, seq)
) STRICT;
CREATE INDEX part_live ON part (state) WHERE state IN ('submitting', 'in_doubt');

-- The allowed moves of a part; a test holds it equal to queue/states.py.
CREATE TABLE part_transition (
  from_state TEXT NOT NULL,
  to_state   TEXT NOT NULL,
  PRIMARY KEY (from_state, to_state)
) STRICT, WITHOUT ROWID;
INSERT INTO part_transition (from_state, to_state) VALUES
  ('held', 'queued'), ('held', 'scheduled'), ('held', 'cancelled'), ('held', 'rejected'), ('held', 'expired'),
  ('scheduled', 'queued'), ('scheduled', 'held'), ('scheduled', 'cancelled'), ('scheduled', 'expired'),
  ('queued', 'submitting'), ('queued', 'scheduled'), ('queued', 'held'), ('queued', 'cancelled'),
  ('queued', 'expired'), ('queued', 'failed'), ('queued', 'recalled'),
  ('submitting', 'submitted'), ('submitting', 'queued'), ('submitting', 'in_doubt'), ('submitting', 'failed'),
  ('submitting', 'recalled'),
  ('in_doubt', 'submitted'), ('in_doubt', 'delivered'), ('in_doubt', 'undeliverable'), ('in_doubt', 'queued'),
  ('in_doubt', 'failed'), ('in_doubt', 'expired'), ('in_doubt', 'recalled'),
  ('submitted', 'delivered'), ('submitted', 'undeliverable'), ('submitted', 'expired'),
  ('submitted', 'queued'), ('submitted', 'recalled'),
  ('failed', 'delivered'), ('undeliverable', 'delivered'), ('expired', 'delivered');

CREATE TRIGGER part_moves BEFORE UPDATE OF state ON part
WHEN OLD.state <> NEW.state
 AND NOT EXISTS (SELECT 1 FROM part_transition WHERE from_state = OLD.state AND to_state = NEW.state)
BEGIN
  SELECT RAISE(ABORT, 'a part may not move so');
END;

-- History cannot be forgotten by a program: the schema writes it.
CREATE TABLE history (
  id         INTEGER PRIMARY KEY,
  part_id    INTEGER NOT NULL REFERENCES part (id),
  from_state TEXT    NOT NULL,
  to_state   TEXT    NOT NULL,
  cause      TEXT,
  at         INTEGER NOT NULL
) STRICT;
CREATE INDEX history_part ON history (part_id);
CREATE TRIGGER part_history AFTER UPDATE OF state ON part
WHEN OLD.state <> NEW.state
BEGIN
  INSERT INTO history (part_id, from_state, to_state, cause, at)
  VALUES (NEW.id, OLD.state, NEW.state, NEW.cause, NEW.updated_at);
END;

-- Each hand-over of a part to a modem. Reports match attempts, never messages.
CREATE TABLE attempt (
  id          INTEGER PRIMARY KEY,
  part_id     INTEGER NOT NULL REFERENCES part (id),
  modem       TEXT    NOT NULL,
  imsi        TEXT    NOT NULL,
  concat_ref  INTEGER,
  intent_at   INTEGER NOT NULL,         -- durable before Ctrl-Z
  handed_at   INTEGER,
  answered_at INTEGER,
  tp_mr       INTEGER CHECK (tp_mr BETWEEN 0 AND 255),
  outcome     TEXT    NOT NULL DEFAULT 'open' CHECK (outcome IN
                ('open', 'unsent', 'unknown', 'refused', 'accepted', 'delivered', 'undeliverable', 'superseded')),
  cause       TEXT,
  resend_of   INTEGER REFERENCES attempt (id)
) STRICT;
CREATE INDEX attempt_part ON attempt (part_id);
CREATE UNIQUE INDEX attempt_one_open ON attempt (part_id) WHERE outcome = 'open';
CREATE INDEX attempt_report ON attempt (imsi, tp_mr, id) WHERE outcome = 'accepted';
CREATE INDEX attempt_usage ON attempt (intent_at, imsi);       -- grows at its end, whichever SIM

-- Status reports as they came, for duplicates and for those that match nothing yet.
CREATE TABLE status_report (
  id          INTEGER PRIMARY KEY,
  imsi        TEXT    NOT NULL,
  tp_mr       INTEGER NOT NULL,
  tp_st       INTEGER NOT NULL,
  subject_id  INTEGER REFERENCES subject (id),
  smsc_at     INTEGER,                  -- TP-SCTS
  done_at     INTEGER,                  -- TP-DT
  received_at INTEGER NOT NULL,
  attempt_id  INTEGER REFERENCES attempt (id),
  UNIQUE (smsc_at, imsi, tp_mr, tp_st, subject_id, done_at)  -- by time, so that it grows at its end
) STRICT;
CREATE INDEX status_report_attempt ON status_report (attempt_id);
CREATE INDEX status_report_waiting ON status_report (imsi, subject_id) WHERE attempt_id IS NULL;

-- What keeps a batch back. Release needs no open row.
CREATE TABLE hold (
  id        INTEGER PRIMARY KEY,
  batch_id  INTEGER NOT NULL REFERENCES batch (id),
  kind      TEXT    NOT NULL CHECK (kind IN ('approval', 'review', 'manual', 'restore')),
  detail    TEXT    NOT NULL DEFAULT '{}' CHECK (json_valid(detail)),
  opened_at INTEGER NOT NULL,
  closed_at INTEGER,
  closed_by TEXT
) STRICT;
CREATE INDEX hold_open ON hold (batch_id) WHERE closed_at IS NULL;

-- What persons decided about a batch; the digest says about exactly what.
CREATE TABLE decision (
  id        INTEGER PRIMARY KEY,
  batch_id  INTEGER NOT NULL REFERENCES batch (id),
  kind      TEXT    NOT NULL CHECK (kind IN ('approve', 'return', 'reject', 'release', 'countersign')),
  person_id INTEGER NOT NULL REFERENCES person (id),
  key_id    INTEGER NOT NULL REFERENCES api_key (id),
  digest    BLOB    NOT NULL,
  reason    TEXT,
  at        INTEGER NOT NULL
) STRICT;
CREATE INDEX decision_batch ON decision (batch_id);

-- The two-person rule, held by the database too.
CREATE TRIGGER decision_two_persons BEFORE INSERT ON decision
WHEN NEW.kind IN ('approve', 'release', 'countersign') AND (
     NEW.person_id IS (SELECT submitter_person FROM batch WHERE id = NEW.batch_id)
  OR NEW.digest IS NOT (SELECT digest FROM batch WHERE id = NEW.batch_id)
  OR NOT EXISTS (SELECT 1 FROM api_key k JOIN person p ON p.id = k.person_id
                 WHERE k.id = NEW.key_id AND p.id = NEW.person_id
                   AND k.revoked_at IS NULL AND p.disabled_at IS NULL))
BEGIN
  SELECT RAISE(ABORT, 'two persons: the approver must be another, active person, on this digest');
END;
CREATE TRIGGER hold_close_approval BEFORE UPDATE OF closed_at ON hold
WHEN NEW.closed_at IS NOT NULL AND OLD.closed_at IS NULL AND OLD.kind IN ('approval', 'review')
 AND (SELECT state FROM batch WHERE id = OLD.batch_id) = 'held'
 AND NOT EXISTS (SELECT 1 FROM decision d JOIN batch b ON b.id = d.batch_id
                 WHERE d.batch_id = OLD.batch_id AND d.digest = b.digest
                   AND d.kind = CASE OLD.kind WHEN 'approval' THEN 'approve' ELSE 'release' END)
BEGIN
  SELECT RAISE(ABORT, 'the hold needs a decision of a second person');
END;
CREATE TRIGGER part_held_back BEFORE UPDATE OF state ON part
WHEN OLD.state = 'held' AND NEW.state IN ('queued', 'scheduled')
 AND EXISTS (SELECT 1 FROM hold h JOIN message m ON m.batch_id = h.batch_id
             WHERE m.id = OLD.message_id AND h.closed_at IS NULL)
BEGIN
  SELECT RAISE(ABORT, 'a hold is open on this batch');
END;
CREATE TRIGGER batch_fixed BEFORE UPDATE OF text, purpose, priority, flash, recallable, valid_until, total,
                                            digest, submitter, submitter_person, created_at ON batch
BEGIN
  SELECT RAISE(ABORT, 'what was submitted is immutable');
END;
CREATE TRIGGER message_fixed BEFORE UPDATE OF batch_id, kind, subject_id, text_sealed, segments ON message
BEGIN
  SELECT RAISE(ABORT, 'what was submitted is immutable');
END;

CREATE TABLE recall (
  id             INTEGER PRIMARY KEY,
  public_id      TEXT    NOT NULL UNIQUE,
  batch_id       INTEGER NOT NULL REFERENCES batch (id),
  message_id     INTEGER REFERENCES message (id),       -- NULL: the whole batch
  state          TEXT    NOT NULL CHECK (state IN ('waiting', 'running', 'rejected', 'done')),
                                                         -- waiting: steps that send need a second person
  reason         TEXT    NOT NULL,
  correction     TEXT,
  actor          TEXT    NOT NULL,
  actor_person   INTEGER REFERENCES person (id),
  approved_by    INTEGER REFERENCES person (id),
  created_at     INTEGER NOT NULL,
  decided_at     INTEGER,
  finished_at    INTEGER,
  CHECK (approved_by IS NULL OR actor_person IS NULL OR approved_by <> actor_person)
) STRICT;
CREATE INDEX recall_batch ON recall (batch_id);

CREATE TABLE recall_item (
  id         INTEGER PRIMARY KEY,
  recall_id  INTEGER NOT NULL REFERENCES recall (id),
  message_id INTEGER NOT NULL REFERENCES message (id),
  outcome    TEXT    NOT NULL CHECK (outcome IN
               ('pending', 'cancelled', 'stopped', 'deletion_requested', 'deletion_confirmed', 'deletion_refused',
                'deletion_unsupported', 'replacement_sent', 'correction_sent', 'too_late')),
  updated_at INTEGER NOT NULL,
  UNIQUE (recall_id, message_id)
) STRICT;
CREATE INDEX recall_item_message ON recall_item (message_id);
CREATE INDEX recall_item_open ON recall_item (recall_id) WHERE outcome = 'pending';
-- What was tried for a recipient, in order, with its evidence.
CREATE TABLE recall_step (
  id       INTEGER PRIMARY KEY,
  item_id  INTEGER NOT NULL REFERENCES recall_item (id),
  step     TEXT    NOT NULL CHECK (step IN ('queue', 'parts', 'command', 'replacement', 'correction')),
  outcome  TEXT    NOT NULL,
  evidence TEXT    NOT NULL DEFAULT '{}' CHECK (json_valid(evidence)),
  message_id INTEGER REFERENCES message (id),           -- the item that was sent for this step
  at       INTEGER NOT NULL
) STRICT;
CREATE INDEX recall_step_item ON recall_step (item_id);
CREATE INDEX recall_step_open ON recall_step (item_id) WHERE outcome = 'open';
CREATE INDEX recall_step_message ON recall_step (message_id) WHERE message_id IS NOT NULL;

-- Which TP-PID slot (0x41-0x47) holds which message at (SIM, recipient).
CREATE TABLE replace_slot (
  imsi       TEXT    NOT NULL,
  subject_id INTEGER NOT NULL REFERENCES subject (id),
  pid        INTEGER NOT NULL CHECK (pid BETWEEN 65 AND 71),
  message_id INTEGER NOT NULL REFERENCES message (id),
  at         INTEGER NOT NULL,
  PRIMARY KEY (imsi, subject_id, pid)
) STRICT, WITHOUT ROWID;

CREATE TABLE inbox (
  id          INTEGER PRIMARY KEY,
  public_id   TEXT    NOT NULL UNIQUE,
  subject_id  INTEGER NOT NULL REFERENCES subject (id),
  text_sealed BLOB    NOT NULL,
  imsi        TEXT    NOT NULL,
  modem       TEXT    NOT NULL,
  segments    INTEGER NOT NULL,
  complete    INTEGER NOT NULL,
  smsc_at     INTEGER,
  received_at INTEGER NOT NULL
) STRICT;
CREATE INDEX inbox_subject ON inbox (subject_id, id);
CREATE TABLE inbox_part (
  id          INTEGER PRIMARY KEY,
  subject_id  INTEGER NOT NULL REFERENCES subject (id),
  imsi        TEXT    NOT NULL,
  reference   INTEGER,                  -- concatenation reference; NULL = a single message
  total       INTEGER NOT NULL,
  seq         INTEGER NOT NULL,
  text_sealed BLOB    NOT NULL,
  fingerprint BLOB    NOT NULL,         -- keyed, of sender, times and content: a duplicate is dropped
  smsc_at     INTEGER,
  received_at INTEGER NOT NULL,
  inbox_id    INTEGER REFERENCES inbox (id),
  UNIQUE (fingerprint)
) STRICT;
CREATE INDEX inbox_part_open ON inbox_part (subject_id, imsi, reference) WHERE inbox_id IS NULL;
