-- Erasure, withdrawal, retention and the register of SIMs and modems.

-- Few subjects are restricted at a time; sends ask for them.
CREATE INDEX subject_restricted ON subject (id) WHERE state = 'restricted';

-- A request to be forgotten. Names its subject only by the reference that the sealed log uses.
CREATE TABLE erasure (
  id           INTEGER PRIMARY KEY,
  public_id    TEXT    NOT NULL UNIQUE,
  subject_id   INTEGER NOT NULL REFERENCES subject (id),
  actor        TEXT    NOT NULL,
  reason       TEXT    NOT NULL DEFAULT '',
  requested_at INTEGER NOT NULL,
  due_at       INTEGER NOT NULL,        -- until then the law wants the ledger kept: restricted
  shredded_at  INTEGER,
  certificate  TEXT CHECK (certificate IS NULL OR json_valid(certificate)),
  CHECK (certificate IS NULL OR shredded_at IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX erasure_open ON erasure (subject_id) WHERE shredded_at IS NULL;
CREATE INDEX erasure_due ON erasure (due_at) WHERE shredded_at IS NULL;

-- Which received message asked for an opt-out, and when it came.
ALTER TABLE opt_out ADD COLUMN ref TEXT NOT NULL DEFAULT '';

-- Answers are sealed under a key of their own from now on, which a rotation replaces.
DELETE FROM idempotency;

-- What is left of a batch's ledger once its numbers were purged: how many ended how.
CREATE TABLE ledger_summary (
  batch_id INTEGER NOT NULL REFERENCES batch (id),
  state    TEXT    NOT NULL,
  messages INTEGER NOT NULL,
  PRIMARY KEY (batch_id, state)
) STRICT, WITHOUT ROWID;

-- The text of a notice may be forgotten when its time is over; nothing else of it changes.
DROP TRIGGER batch_fixed;
CREATE TRIGGER batch_fixed BEFORE UPDATE OF text, purpose, priority, flash, recallable, valid_until, total,
                                            digest, submitter, submitter_person, created_at ON batch
WHEN NOT (NEW.text IS NULL AND OLD.state IN ('returned', 'rejected', 'cancelled', 'done')
          AND NEW.purpose IS OLD.purpose AND NEW.priority IS OLD.priority AND NEW.flash IS OLD.flash
          AND NEW.recallable IS OLD.recallable AND NEW.valid_until IS OLD.valid_until
          AND NEW.total IS OLD.total AND NEW.digest IS OLD.digest AND NEW.submitter IS OLD.submitter
          AND NEW.submitter_person IS OLD.submitter_person AND NEW.created_at IS OLD.created_at)
BEGIN
  SELECT RAISE(ABORT, 'what was submitted is immutable');
END;

-- The register of SIMs and modems: what the estate declared, and what the bank saw.
CREATE TABLE sim (
  imsi          TEXT PRIMARY KEY,
  iccid         TEXT    NOT NULL DEFAULT '',
  holder        TEXT    NOT NULL DEFAULT '',  -- real-name holder as declared; empty: not registered
  registered_at INTEGER,
  retired_at    INTEGER,
  first_seen    INTEGER,
  last_seen     INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE modem_unit (
  imei       TEXT NOT NULL,
  imsi       TEXT NOT NULL,                   -- the SIM that was in it
  label      TEXT NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen  INTEGER NOT NULL,
  PRIMARY KEY (imei, imsi)
) STRICT, WITHOUT ROWID;
