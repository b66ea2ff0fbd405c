-- Holders of phone numbers (audit's vault). Every other table names a person only by subject.id.
CREATE TABLE subject (
  id             INTEGER PRIMARY KEY,   -- 0 is the box itself
  ref            BLOB    NOT NULL UNIQUE CHECK (length(ref) = 16),  -- random; its name in the sealed log
  state          TEXT    NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'restricted', 'shredded')),
  blind          BLOB    UNIQUE,        -- keyed index of the number; NULL once shredded
  wrapped_key    BLOB,                  -- the subject's key under the key-encryption key
  key_generation INTEGER,               -- which key-encryption key wrapped it
  number_sealed  BLOB,                  -- the number in E.164 under the subject's key
  created_at     INTEGER NOT NULL,
  shredded_at    INTEGER,
  CHECK (state <> 'shredded'
         OR (blind IS NULL AND wrapped_key IS NULL AND number_sealed IS NULL AND shredded_at IS NOT NULL))
) STRICT;
-- A row stays, so that an id and a ref are never used for another person.
CREATE TRIGGER subject_stays BEFORE DELETE ON subject
BEGIN
  SELECT RAISE(ABORT, 'a subject is shredded, never deleted');
END;
CREATE TRIGGER subject_shredded_for_good BEFORE UPDATE ON subject
WHEN OLD.state = 'shredded' OR NEW.id IS NOT OLD.id OR NEW.ref IS NOT OLD.ref
BEGIN
  SELECT RAISE(ABORT, 'a shredded subject never comes back');
END;
