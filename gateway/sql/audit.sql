-- name: newest_note
SELECT note FROM audit_checkpoint ORDER BY size DESC LIMIT 1

-- name: leaf
SELECT leaf FROM audit_record WHERE seq = ?

-- name: note_over
SELECT note FROM audit_checkpoint WHERE size > ? ORDER BY size LIMIT 1
