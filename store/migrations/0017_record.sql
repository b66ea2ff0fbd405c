-- What a recall tried and when each try ended; rotations of keys; messages of anchors; full ledgers and who allowed them.

-- When a step came to its end; "at" is when it was begun.
ALTER TABLE recall_step ADD COLUMN ended_at INTEGER;

-- A correction that holds personal data, sealed under the recipient's key; the recall itself has none then.
ALTER TABLE recall_item ADD COLUMN correction_sealed BLOB;

-- When each generation of the key-encryption key came into use, as far as it was made here.
CREATE TABLE key_rotation (
  generation INTEGER PRIMARY KEY,
  at         INTEGER NOT NULL
) STRICT;

-- Which batch carried an anchor to the phones: what became of it stands there.
ALTER TABLE audit_anchor ADD COLUMN batch TEXT NOT NULL DEFAULT '';

-- A copy of the ledger with numbers and texts as they are: one person asks and says what for, another allows it, once.
CREATE TABLE disclosure (
  id              INTEGER PRIMARY KEY,
  public_id       TEXT    NOT NULL UNIQUE,
  since           INTEGER NOT NULL,
  until           INTEGER NOT NULL,
  purpose         TEXT    NOT NULL CHECK (length(purpose) > 0),
  state           TEXT    NOT NULL CHECK (state IN ('proposed', 'allowed', 'rejected', 'used')),
  proposed_by     TEXT    NOT NULL,     -- key:ID or cli
  proposer_person INTEGER REFERENCES person (id),
  proposed_at     INTEGER NOT NULL,
  expires_at      INTEGER NOT NULL,
  decided_person  INTEGER REFERENCES person (id),
  decided_key     INTEGER REFERENCES api_key (id),
  decided_at      INTEGER,
  reason          TEXT,
  used_at         INTEGER,
  CHECK (decided_person IS NULL OR proposer_person IS NULL OR decided_person <> proposer_person)
) STRICT;
CREATE TRIGGER disclosure_proposed BEFORE INSERT ON disclosure
WHEN NEW.state <> 'proposed'
BEGIN
  SELECT RAISE(ABORT, 'a disclosure is proposed first');
END;
CREATE TRIGGER disclosure_fixed BEFORE UPDATE OF public_id, since, until, purpose, proposed_by, proposer_person,
                                                 proposed_at, expires_at ON disclosure
BEGIN
  SELECT RAISE(ABORT, 'what was proposed is immutable');
END;
CREATE TRIGGER disclosure_kept BEFORE DELETE ON disclosure
BEGIN
  SELECT RAISE(ABORT, 'disclosures are kept');
END;
CREATE TRIGGER disclosure_two_persons BEFORE UPDATE OF state ON disclosure
WHEN NOT (OLD.state = 'allowed' AND NEW.state = 'used' AND NEW.used_at < OLD.expires_at)
 AND (OLD.state <> 'proposed' OR NEW.state NOT IN ('allowed', 'rejected') OR NEW.decided_person IS NULL
      OR NOT EXISTS (SELECT 1 FROM api_key k JOIN person p ON p.id = k.person_id
                     WHERE k.id = NEW.decided_key AND p.id = NEW.decided_person
                       AND k.revoked_at IS NULL AND p.disabled_at IS NULL))
BEGIN
  SELECT RAISE(ABORT, 'two persons: another, active person decides about a disclosure');
END;
