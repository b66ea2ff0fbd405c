-- name: subjects
SELECT subject_id FROM opt_out WHERE purpose = ?

-- name: all
SELECT subject_id, purpose, source, at, ref FROM opt_out ORDER BY at, subject_id, purpose

-- name: add
INSERT INTO opt_out (subject_id, purpose, source, at, ref) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING

-- name: restricted
SELECT id FROM subject WHERE state = 'restricted'

-- name: remove
DELETE FROM opt_out WHERE subject_id = ? AND purpose = ?
