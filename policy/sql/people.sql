-- name: insert
INSERT INTO person (public_id, name, created_at) VALUES (?, ?, ?)

-- name: find
SELECT id, public_id, name, created_at, disabled_at FROM person WHERE public_id = ?1 OR name = ?1
ORDER BY public_id = ?1 DESC LIMIT 1

-- name: all
SELECT id, public_id, name, created_at, disabled_at FROM person ORDER BY id

-- name: disable
UPDATE person SET disabled_at = ? WHERE id = ? AND disabled_at IS NULL
