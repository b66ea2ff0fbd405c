-- Receipts of tree heads that someone outside holds (audit). Only ever added.
CREATE TABLE audit_anchor (
  id    INTEGER PRIMARY KEY,
  kind  TEXT    NOT NULL CHECK (kind IN ('sms', 'witness', 'paper')),
  size  INTEGER NOT NULL CHECK (size > 0),
  root  BLOB    NOT NULL CHECK (length(root) = 32),
  by    TEXT    NOT NULL,               -- a witness's name, "2 phones", who signed the paper; no number
  proof TEXT    NOT NULL,               -- signature line, text of the SMS, or the note
  at    INTEGER NOT NULL
) STRICT;
CREATE INDEX audit_anchor_kind ON audit_anchor (kind, id);
CREATE TRIGGER audit_anchor_fixed BEFORE UPDATE ON audit_anchor
BEGIN
  SELECT RAISE(ABORT, 'anchors are never changed');
END;
CREATE TRIGGER audit_anchor_stays BEFORE DELETE ON audit_anchor
BEGIN
  SELECT RAISE(ABORT, 'anchors are never deleted');
END;
