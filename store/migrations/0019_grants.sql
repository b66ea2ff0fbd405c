-- Keys that a second person has to allow, versions of the rules by which batches were judged, and templates that
-- batches were sent from (policy).

-- A key to be: the token was shown to whoever asked for it, and works once another person said yes.
CREATE TABLE key_grant (
  id              INTEGER PRIMARY KEY,
  public_id       TEXT    NOT NULL UNIQUE,
  key_public_id   TEXT    NOT NULL UNIQUE,
  name            TEXT    NOT NULL,
  person_id       INTEGER REFERENCES person (id),     -- NULL: the key of a system
  scopes          TEXT    NOT NULL CHECK (json_valid(scopes)),
  hash            BLOB    NOT NULL UNIQUE,
  expires_at      INTEGER,
  state           TEXT    NOT NULL CHECK (state IN ('proposed', 'granted', 'rejected', 'alone')),
  proposed_by     TEXT    NOT NULL,     -- key:ID or cli
  proposer_person INTEGER REFERENCES person (id),
  proposed_at     INTEGER NOT NULL,
  decided_person  INTEGER REFERENCES person (id),
  decided_key     INTEGER REFERENCES api_key (id),
  decided_at      INTEGER,
  reason          TEXT,
  CHECK (decided_person IS NULL OR (decided_person IS NOT proposer_person AND decided_person IS NOT person_id)),
  CHECK (state <> 'alone' OR (proposed_by = 'cli' AND reason <> ''))
) STRICT;
CREATE INDEX key_grant_open ON key_grant (id) WHERE state = 'proposed';
CREATE TRIGGER key_grant_fixed BEFORE UPDATE OF public_id, key_public_id, name, person_id, scopes, hash, expires_at,
                                                proposed_by, proposer_person, proposed_at ON key_grant
BEGIN
  SELECT RAISE(ABORT, 'what was proposed is immutable');
END;
CREATE TRIGGER key_grant_kept BEFORE DELETE ON key_grant
BEGIN
  SELECT RAISE(ABORT, 'grants are kept');
END;
-- Alone, at the machine, only where nobody is left who could decide.
CREATE TRIGGER key_grant_proposed BEFORE INSERT ON key_grant
WHEN NEW.state NOT IN ('proposed', 'alone')
  OR (NEW.state = 'alone' AND EXISTS (
        SELECT 1 FROM api_key k JOIN person p ON p.id = k.person_id, json_each(k.scopes) s
        WHERE s.value = 'approve' AND k.revoked_at IS NULL AND p.disabled_at IS NULL
          AND (k.expires_at IS NULL OR k.expires_at > NEW.proposed_at) AND p.id IS NOT NEW.person_id))
BEGIN
  SELECT RAISE(ABORT, 'a key like this is proposed first');
END;
CREATE TRIGGER key_grant_two_persons BEFORE UPDATE OF state ON key_grant
WHEN OLD.state <> 'proposed' OR NEW.state NOT IN ('granted', 'rejected') OR NEW.decided_person IS NULL
  OR NOT EXISTS (SELECT 1 FROM api_key k JOIN person p ON p.id = k.person_id, json_each(k.scopes) s
                 WHERE k.id = NEW.decided_key AND p.id = NEW.decided_person AND s.value = 'approve'
                   AND k.revoked_at IS NULL AND p.disabled_at IS NULL)
BEGIN
  SELECT RAISE(ABORT, 'two persons: another, active person decides about a key');
END;

-- Setting up is over once two persons were approvers, whatever became of them: from then on nobody makes an approver or
-- an administrator of a person alone.
CREATE TRIGGER api_key_granted BEFORE INSERT ON api_key
WHEN NEW.person_id IS NOT NULL
 AND EXISTS (SELECT 1 FROM json_each(NEW.scopes) WHERE value IN ('approve', 'admin'))
 AND (SELECT count(DISTINCT k.person_id) FROM api_key k, json_each(k.scopes) s WHERE s.value = 'approve') > 1
 AND NOT EXISTS (SELECT 1 FROM key_grant g
                 WHERE g.key_public_id = NEW.public_id AND g.state IN ('granted', 'alone') AND g.hash = NEW.hash
                   AND g.person_id = NEW.person_id AND g.scopes = NEW.scopes AND g.expires_at IS NEW.expires_at)
BEGIN
  SELECT RAISE(ABORT, 'two persons: this key has to be granted');
END;

-- By which rules batches were judged: the text of the policy and the floor of the configuration under it, since when.
CREATE TABLE policy_used (
  id    INTEGER PRIMARY KEY,
  hash  TEXT    NOT NULL CHECK (length(hash) = 64),
  text  TEXT    NOT NULL,
  floor TEXT    NOT NULL CHECK (json_valid(floor)),
  since INTEGER NOT NULL
) STRICT;
CREATE INDEX policy_used_hash ON policy_used (hash, since);
CREATE TRIGGER policy_used_fixed BEFORE UPDATE ON policy_used
BEGIN
  SELECT RAISE(ABORT, 'by what was judged stays on record');
END;
CREATE TRIGGER policy_used_kept BEFORE DELETE ON policy_used
BEGIN
  SELECT RAISE(ABORT, 'by what was judged stays on record');
END;

-- The templates of the policy that a batch's text was, and the rules that spared it for that.
CREATE TABLE batch_template (
  batch_id INTEGER NOT NULL REFERENCES batch (id),
  template TEXT    NOT NULL,
  spared   TEXT    NOT NULL CHECK (json_valid(spared)),   -- names of rules
  PRIMARY KEY (batch_id, template)
) STRICT, WITHOUT ROWID;
CREATE INDEX batch_template_name ON batch_template (template, batch_id);
CREATE TRIGGER batch_template_fixed BEFORE UPDATE ON batch_template
BEGIN
  SELECT RAISE(ABORT, 'what was spared stays on record');
END;
