-- name: find
SELECT id FROM subject WHERE blind = ?

-- name: next_id
SELECT coalesce(max(id), 0) + 1 FROM subject

-- name: insert
INSERT INTO subject (id, ref, blind, wrapped_key, key_generation, number_sealed, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?)

-- name: key
SELECT wrapped_key, key_generation, state FROM subject WHERE id = ?

-- name: number
SELECT wrapped_key, key_generation, state, number_sealed FROM subject WHERE id = ?

-- name: ref
SELECT ref FROM subject WHERE id = ?

-- name: shred
UPDATE subject
SET state = 'shredded', blind = NULL, wrapped_key = NULL, key_generation = NULL, number_sealed = NULL,
    shredded_at = ?
WHERE id = ?

-- name: restrict
UPDATE subject SET state = 'restricted' WHERE id = ? AND state = 'active'

-- name: stale
-- Subjects whose key an older generation wraps, a slice at a time.
SELECT id, wrapped_key, key_generation, number_sealed FROM subject
WHERE id > ? AND key_generation < ? ORDER BY id LIMIT ?

-- name: rewrap
UPDATE subject SET wrapped_key = ?, key_generation = ?, blind = ? WHERE id = ?

-- name: survivors
SELECT count(*) FILTER (WHERE key_generation < ?1), count(*) FILTER (WHERE wrapped_key IS NOT NULL AND id > 0)
FROM subject

-- name: rotated
INSERT OR IGNORE INTO key_rotation (generation, at) VALUES (?, ?)

-- name: uncovered
-- The first key destroyed since the newest generation came into use: in older copies it still opens.
SELECT min(shredded_at) FROM subject
WHERE shredded_at > coalesce((SELECT at FROM key_rotation ORDER BY generation DESC LIMIT 1), 0)

-- name: stale_epochs
SELECT epoch, signer, hot, generation FROM audit_epoch
WHERE generation < ? AND (signer IS NOT NULL OR hot IS NOT NULL)

-- name: rewrap_epoch
UPDATE audit_epoch SET signer = ?, hot = ?, generation = ? WHERE epoch = ?
