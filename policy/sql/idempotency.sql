-- name: find
SELECT request_hash, answer FROM idempotency WHERE caller = ? AND key = ? AND created_at > ?

-- name: purge
DELETE FROM idempotency WHERE created_at <= ?

-- name: insert
INSERT INTO idempotency (caller, key, request_hash, status, answer, created_at) VALUES (?, ?, ?, 202, ?, ?)
