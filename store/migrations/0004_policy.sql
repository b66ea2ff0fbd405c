-- People, API keys, opt-outs, idempotency (policy).

CREATE TABLE person (
  id          INTEGER PRIMARY KEY,
  public_id   TEXT    NOT NULL UNIQUE,
  name        TEXT    NOT NULL UNIQUE,
  created_at  INTEGER NOT NULL,
  disabled_at INTEGER
) STRICT;

CREATE TABLE api_key (
  id         INTEGER PRIMARY KEY,
  public_id  TEXT    NOT NULL UNIQUE,
  name       TEXT    NOT NULL,
  person_id  INTEGER REFERENCES person (id),   -- NULL: the key of a system, which never approves
  scopes     TEXT    NOT NULL CHECK (json_valid(scopes)),
  hash       BLOB    NOT NULL UNIQUE,           -- SHA-256 of a 256-bit token
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER
) STRICT;
CREATE TRIGGER api_key_system_never_approves BEFORE INSERT ON api_key
WHEN NEW.person_id IS NULL AND EXISTS (SELECT 1 FROM json_each(NEW.scopes) WHERE value = 'approve')
BEGIN
  SELECT RAISE(ABORT, 'a system key never approves');
END;
CREATE TRIGGER api_key_fixed BEFORE UPDATE OF person_id, scopes, hash ON api_key
BEGIN
  SELECT RAISE(ABORT, 'a key is revoked and made anew, never changed');
END;

CREATE TABLE opt_out (
  subject_id INTEGER NOT NULL REFERENCES subject (id),
  purpose    TEXT    NOT NULL CHECK (purpose IN ('service', 'activity', 'commercial')),
  source     TEXT    NOT NULL,
  at         INTEGER NOT NULL,
  PRIMARY KEY (subject_id, purpose)
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency (
  caller       TEXT    NOT NULL,                -- key:ID, or cli
  key          TEXT    NOT NULL,
  request_hash BLOB    NOT NULL,                -- keyed hash of the request's body
  status       INTEGER NOT NULL,
  answer       BLOB    NOT NULL,                -- sealed under the box's key: it holds numbers
  created_at   INTEGER NOT NULL,
  PRIMARY KEY (caller, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_age ON idempotency (created_at);

-- Up to which received message replies such as 退订 were read.
CREATE TABLE reply_cursor (
  id       INTEGER PRIMARY KEY CHECK (id = 1),
  inbox_id INTEGER NOT NULL
) STRICT;
INSERT INTO reply_cursor (id, inbox_id) VALUES (1, 0);
