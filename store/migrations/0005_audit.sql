-- The sealed log (audit). Records and checkpoints are only ever added.

CREATE TABLE audit_record (
  seq    INTEGER PRIMARY KEY CHECK (seq >= 0),   -- gapless from 0
  header BLOB    NOT NULL,              -- canonical JSON in the clear; associated data of the body
  body   BLOB    NOT NULL,              -- sealed under the epoch's key; empty for epoch.open and epoch.close
  leaf   BLOB    NOT NULL CHECK (length(leaf) = 32)
) STRICT;
CREATE TRIGGER audit_record_gapless BEFORE INSERT ON audit_record
WHEN NEW.seq > 0 AND NOT EXISTS (SELECT 1 FROM audit_record WHERE seq = NEW.seq - 1)
BEGIN
  SELECT RAISE(ABORT, 'the audit log has no gaps');
END;
CREATE TRIGGER audit_record_fixed BEFORE UPDATE ON audit_record
BEGIN
  SELECT RAISE(ABORT, 'audit records are never changed');
END;
CREATE TRIGGER audit_record_stays BEFORE DELETE ON audit_record
BEGIN
  SELECT RAISE(ABORT, 'audit records are never deleted');
END;

-- One row per epoch; its public key is announced by the epoch before it.
CREATE TABLE audit_epoch (
  epoch      INTEGER PRIMARY KEY CHECK (epoch >= 1),
  first_seq  INTEGER UNIQUE,            -- its epoch.open; NULL while only announced
  close_seq  INTEGER UNIQUE,            -- its epoch.close
  public_key BLOB    NOT NULL CHECK (length(public_key) = 32),
  signer     BLOB,                      -- wrapped signing key; NULL once the closing checkpoint is durable
  hot        BLOB,                      -- epoch key wrapped for reading on this box; NULL once it expired
  generation INTEGER NOT NULL,          -- of the key-encryption key that both wraps come from
  opened_at  INTEGER,
  CHECK (close_seq IS NULL OR close_seq > first_seq),
  CHECK (signer IS NOT NULL OR close_seq IS NOT NULL)
) STRICT;
CREATE TRIGGER audit_epoch_signer_gone BEFORE UPDATE OF signer ON audit_epoch
WHEN NEW.signer IS NULL
 AND NOT EXISTS (SELECT 1 FROM audit_checkpoint c WHERE c.epoch = OLD.epoch AND c.size = OLD.close_seq + 1)
BEGIN
  SELECT RAISE(ABORT, 'an epoch keeps its signing key until its closing checkpoint is written');
END;

-- Signed tree heads; one of a size.
CREATE TABLE audit_checkpoint (
  size   INTEGER PRIMARY KEY CHECK (size > 0),
  epoch  INTEGER NOT NULL REFERENCES audit_epoch (epoch),
  note   BLOB    NOT NULL,              -- C2SP signed note
  nodes  BLOB    NOT NULL,              -- the compact range at this size, to go on from
  at     INTEGER NOT NULL
) STRICT;
CREATE INDEX audit_checkpoint_epoch ON audit_checkpoint (epoch);
CREATE TRIGGER audit_checkpoint_fixed BEFORE UPDATE ON audit_checkpoint
BEGIN
  SELECT RAISE(ABORT, 'checkpoints are never changed');
END;
CREATE TRIGGER audit_checkpoint_stays BEFORE DELETE ON audit_checkpoint
BEGIN
  SELECT RAISE(ABORT, 'checkpoints are never deleted');
END;
