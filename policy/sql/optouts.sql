-- name: any
SELECT EXISTS (SELECT 1 FROM opt_out WHERE purpose = ?)

-- name: subjects
SELECT subject_id FROM opt_out WHERE purpose = ?

-- name: all
SELECT subject_id, purpose, source, at FROM opt_out ORDER BY at, subject_id, purpose

-- name: of_subject
SELECT purpose FROM opt_out WHERE subject_id = ?

-- name: add
INSERT INTO opt_out (subject_id, purpose, source, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING

-- name: remove
DELETE FROM opt_out WHERE subject_id = ? AND purpose = ?

-- name: inbox
SELECT subject_id, text_sealed, complete FROM inbox WHERE public_id = ?

-- name: inbox_after
SELECT id, public_id FROM inbox WHERE id > ? ORDER BY id LIMIT ?
