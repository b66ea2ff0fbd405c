-- The event feed (store). Sequence numbers are never reused, even after old rows are purged.
CREATE TABLE feed (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  at       INTEGER NOT NULL,            -- microseconds since 1970 UTC, as everywhere
  topic    TEXT    NOT NULL,
  kind     TEXT    NOT NULL,
  ref      TEXT    NOT NULL,            -- public id of what it is about
  body     TEXT    NOT NULL CHECK (json_valid(body))
) STRICT;

-- Facts about this database that never change: its own id, made at creation.
CREATE TABLE fact (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO fact (name, value) VALUES ('database_id', lower(hex(randomblob(16))));
