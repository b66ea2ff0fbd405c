-- Modems that a person told to begin nothing more; they stay so over a restart (policy).
CREATE TABLE modem_pause (
  label  TEXT PRIMARY KEY,
  at     INTEGER NOT NULL,
  actor  TEXT    NOT NULL,
  reason TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
