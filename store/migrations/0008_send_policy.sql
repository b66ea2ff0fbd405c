-- The send policy and its versions, the approvals it asks for, emergencies to be countersigned, and
-- roles that one person never holds together (policy).

CREATE TABLE send_policy (
  id              INTEGER PRIMARY KEY,
  public_id       TEXT    NOT NULL UNIQUE,
  version         TEXT    NOT NULL,
  hash            TEXT    NOT NULL CHECK (length(hash) = 64),   -- SHA-256 of the text
  text            TEXT    NOT NULL,
  state           TEXT    NOT NULL CHECK (state IN ('proposed', 'in_force', 'superseded', 'rejected')),
  proposed_by     TEXT    NOT NULL,     -- key:ID, cli, or file: found changed at a start
  proposer_person INTEGER REFERENCES person (id),
  proposed_at     INTEGER NOT NULL,
  decided_person  INTEGER REFERENCES person (id),
  decided_key     INTEGER REFERENCES api_key (id),
  decided_at      INTEGER,
  reason          TEXT,
  CHECK (decided_person IS NULL OR proposer_person IS NULL OR decided_person <> proposer_person)
) STRICT;
CREATE UNIQUE INDEX send_policy_in_force ON send_policy (state) WHERE state = 'in_force';
CREATE INDEX send_policy_hash ON send_policy (hash);
CREATE TRIGGER send_policy_fixed BEFORE UPDATE OF public_id, version, hash, text, proposed_by, proposer_person,
                                                  proposed_at ON send_policy
BEGIN
  SELECT RAISE(ABORT, 'what was proposed is immutable');
END;
CREATE TRIGGER send_policy_kept BEFORE DELETE ON send_policy
BEGIN
  SELECT RAISE(ABORT, 'versions of the policy are kept');
END;
-- The first one alone may come from the configuration; every later one needs a second person.
CREATE TRIGGER send_policy_first BEFORE INSERT ON send_policy
WHEN NEW.state <> 'proposed' AND (NEW.state <> 'in_force' OR EXISTS (SELECT 1 FROM send_policy))
BEGIN
  SELECT RAISE(ABORT, 'a policy is proposed first');
END;
CREATE TRIGGER send_policy_two_persons BEFORE UPDATE OF state ON send_policy
WHEN NOT (OLD.state = 'in_force' AND NEW.state = 'superseded')
 AND (OLD.state <> 'proposed' OR NEW.state NOT IN ('in_force', 'rejected') OR NEW.decided_person IS NULL
      OR NOT EXISTS (SELECT 1 FROM api_key k JOIN person p ON p.id = k.person_id
                     WHERE k.id = NEW.decided_key AND p.id = NEW.decided_person
                       AND k.revoked_at IS NULL AND p.disabled_at IS NULL))
BEGIN
  SELECT RAISE(ABORT, 'two persons: another, active person decides about a proposed policy');
END;

-- What the policy in force asked of a batch when it was accepted.
CREATE TABLE approval_need (
  batch_id  INTEGER NOT NULL REFERENCES batch (id),
  rule      TEXT    NOT NULL,
  approvals INTEGER NOT NULL CHECK (approvals BETWEEN 1 AND 3),
  approvers TEXT    NOT NULL CHECK (json_valid(approvers)),   -- selectors; empty: of everyone
  PRIMARY KEY (batch_id, rule)
) STRICT, WITHOUT ROWID;
CREATE TABLE approval_term (
  batch_id   INTEGER PRIMARY KEY REFERENCES batch (id),
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX approval_term_due ON approval_term (expires_at);
CREATE TRIGGER approval_need_fixed BEFORE UPDATE ON approval_need
BEGIN
  SELECT RAISE(ABORT, 'what was asked stays asked');
END;
CREATE TRIGGER approval_need_stays BEFORE DELETE ON approval_need
BEGIN
  SELECT RAISE(ABORT, 'what was asked stays asked');
END;
CREATE TRIGGER approval_term_fixed BEFORE UPDATE ON approval_term
BEGIN
  SELECT RAISE(ABORT, 'the term of an approval is fixed');
END;

-- Emergencies that one person sent alone; another one looks at each afterwards.
CREATE TABLE break_glass (
  batch_id   INTEGER PRIMARY KEY REFERENCES batch (id),
  reason     TEXT,
  recipients INTEGER NOT NULL,
  at         INTEGER NOT NULL,
  due_at     INTEGER NOT NULL,
  signed_at  INTEGER,                   -- the decision of kind countersign says by whom
  overdue_at INTEGER                    -- when the alarm was raised
) STRICT;
CREATE INDEX break_glass_open ON break_glass (due_at) WHERE signed_at IS NULL AND overdue_at IS NULL;
CREATE TRIGGER break_glass_signed BEFORE UPDATE OF signed_at ON break_glass
WHEN OLD.signed_at IS NOT NULL OR NEW.signed_at IS NULL
  OR NOT EXISTS (SELECT 1 FROM decision WHERE batch_id = OLD.batch_id AND kind = 'countersign')
BEGIN
  SELECT RAISE(ABORT, 'a countersign needs the decision of a second person');
END;
CREATE TRIGGER break_glass_fixed BEFORE UPDATE OF batch_id, reason, recipients, at, due_at ON break_glass
BEGIN
  SELECT RAISE(ABORT, 'what was done alone stays on record');
END;

-- The two-person rule, now with as many persons as the policy asks, in time, and none made for it.
DROP TRIGGER decision_two_persons;
CREATE TRIGGER decision_two_persons BEFORE INSERT ON decision
WHEN NEW.kind IN ('approve', 'release', 'countersign') AND (
     NEW.person_id IS (SELECT submitter_person FROM batch WHERE id = NEW.batch_id)
  OR NEW.digest IS NOT (SELECT digest FROM batch WHERE id = NEW.batch_id)
  OR NOT EXISTS (SELECT 1 FROM api_key k JOIN person p ON p.id = k.person_id
                 WHERE k.id = NEW.key_id AND p.id = NEW.person_id
                   AND k.revoked_at IS NULL AND p.disabled_at IS NULL)
  OR (NEW.kind <> 'countersign'
      AND (SELECT created_at FROM person WHERE id = NEW.person_id)
          > (SELECT created_at FROM batch WHERE id = NEW.batch_id))
  OR (NEW.kind <> 'countersign'
      AND NEW.at >= (SELECT expires_at FROM approval_term WHERE batch_id = NEW.batch_id)
      AND EXISTS (SELECT 1 FROM hold WHERE batch_id = NEW.batch_id AND closed_at IS NULL
                  AND kind IN ('approval', 'review'))))
BEGIN
  SELECT RAISE(ABORT, 'two persons: the approver must be another, active person, on this digest, in time');
END;
DROP TRIGGER hold_close_approval;
CREATE TRIGGER hold_close_approval BEFORE UPDATE OF closed_at ON hold
WHEN NEW.closed_at IS NOT NULL AND OLD.closed_at IS NULL AND OLD.kind IN ('approval', 'review')
 AND (SELECT state FROM batch WHERE id = OLD.batch_id) = 'held'
 AND (SELECT count(DISTINCT d.person_id) FROM decision d JOIN batch b ON b.id = d.batch_id
      WHERE d.batch_id = OLD.batch_id AND d.digest = b.digest AND d.person_id IS NOT b.submitter_person
        AND d.kind = CASE OLD.kind WHEN 'approval' THEN 'approve' ELSE 'release' END)
   < CASE OLD.kind WHEN 'review' THEN 1
     ELSE coalesce((SELECT max(approvals) FROM approval_need WHERE batch_id = OLD.batch_id), 1) END
BEGIN
  SELECT RAISE(ABORT, 'the hold needs the decisions of other persons');
END;

-- Scopes that one person never holds together, over all active keys; policy/roles.py says the same.
CREATE TABLE role_conflict (
  first  TEXT NOT NULL,
  second TEXT NOT NULL,
  PRIMARY KEY (first, second)
) STRICT, WITHOUT ROWID;
INSERT INTO role_conflict (first, second) VALUES
  ('admin', 'approve'),
  ('audit', 'messages:send'), ('audit', 'messages:emergency'), ('audit', 'recall'), ('audit', 'approve'),
  ('audit', 'admin');
CREATE TRIGGER api_key_roles BEFORE INSERT ON api_key
WHEN NEW.person_id IS NOT NULL AND EXISTS (
  WITH held (scope) AS (
    SELECT value FROM json_each(NEW.scopes)
    UNION
    SELECT s.value FROM api_key k, json_each(k.scopes) s
    WHERE k.person_id = NEW.person_id AND k.revoked_at IS NULL
      AND (k.expires_at IS NULL OR k.expires_at > NEW.created_at))
  SELECT 1 FROM role_conflict c WHERE c.first IN (SELECT scope FROM held) AND c.second IN (SELECT scope FROM held))
BEGIN
  SELECT RAISE(ABORT, 'one person never holds these roles together');
END;
CREATE TRIGGER api_key_revoked_for_good BEFORE UPDATE OF revoked_at, expires_at ON api_key
WHEN NEW.expires_at IS NOT OLD.expires_at OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NOT OLD.revoked_at)
BEGIN
  SELECT RAISE(ABORT, 'a key is revoked for good');
END;

-- Caps look at the last day alone, whatever the history.
CREATE INDEX batch_created ON batch (created_at);
