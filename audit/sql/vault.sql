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
SELECT number_sealed FROM subject WHERE id = ?

-- name: ref
SELECT ref FROM subject WHERE id = ?

-- name: by_ref
SELECT id FROM subject WHERE ref = ?

-- name: shred
UPDATE subject
SET state = 'shredded', blind = NULL, wrapped_key = NULL, key_generation = NULL, number_sealed = NULL,
    shredded_at = ?
WHERE id = ?
