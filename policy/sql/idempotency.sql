-- name: find
SELECT request_hash, answer FROM idempotency WHERE caller = ? AND key = ? AND created_at > ?

-- name: all
SELECT caller, key, answer FROM idempotency

-- name: replace
UPDATE idempotency SET request_hash = ?, answer = ? WHERE caller = ? AND key = ?

-- name: replace_answer
UPDATE idempotency SET answer = ? WHERE caller = ? AND key = ?

-- name: purge
DELETE FROM idempotency WHERE created_at <= ?

-- name: insert
INSERT INTO idempotency (caller, key, request_hash, status, answer, created_at) VALUES (?, ?, ?, 202, ?, ?)
