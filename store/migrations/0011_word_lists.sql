-- The operator's word list and its versions: one proposes, another decides (policy).

CREATE TABLE word_list (
  id              INTEGER PRIMARY KEY,
  public_id       TEXT    NOT NULL UNIQUE,
  name            TEXT    NOT NULL,     -- of the file it came from
  hash            TEXT    NOT NULL CHECK (length(hash) = 64),   -- of its rules, whatever their order
  words           INTEGER NOT NULL CHECK (words >= 0),
  content         BLOB    NOT NULL,     -- CSV with every column, deflated
  state           TEXT    NOT NULL CHECK (state IN ('proposed', 'in_force', 'superseded', 'rejected')),
  proposed_by     TEXT    NOT NULL,     -- key:ID or cli
  proposer_person INTEGER REFERENCES person (id),
  proposed_at     INTEGER NOT NULL,
  decided_person  INTEGER REFERENCES person (id),
  decided_key     INTEGER REFERENCES api_key (id),
  decided_at      INTEGER,
  reason          TEXT,
  CHECK (decided_person IS NULL OR proposer_person IS NULL OR decided_person <> proposer_person)
) STRICT;
CREATE UNIQUE INDEX word_list_in_force ON word_list (state) WHERE state = 'in_force';
CREATE TRIGGER word_list_fixed BEFORE UPDATE OF public_id, name, hash, words, content, proposed_by, proposer_person,
                                                proposed_at ON word_list
BEGIN
  SELECT RAISE(ABORT, 'what was proposed is immutable');
END;
CREATE TRIGGER word_list_kept BEFORE DELETE ON word_list
BEGIN
  SELECT RAISE(ABORT, 'versions of a word list are kept');
END;
CREATE TRIGGER word_list_proposed BEFORE INSERT ON word_list
WHEN NEW.state <> 'proposed'
BEGIN
  SELECT RAISE(ABORT, 'a word list is proposed first');
END;
CREATE TRIGGER word_list_two_persons BEFORE UPDATE OF state ON word_list
WHEN NOT (OLD.state = 'in_force' AND NEW.state = 'superseded')
 AND (OLD.state <> 'proposed' OR NEW.state NOT IN ('in_force', 'rejected') OR NEW.decided_person IS NULL
      OR NOT EXISTS (SELECT 1 FROM api_key k JOIN person p ON p.id = k.person_id
                     WHERE k.id = NEW.decided_key AND p.id = NEW.decided_person
                       AND k.revoked_at IS NULL AND p.disabled_at IS NULL))
BEGIN
  SELECT RAISE(ABORT, 'two persons: another, active person decides about a proposed word list');
END;
