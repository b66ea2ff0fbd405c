-- name: newest_note
SELECT note FROM audit_checkpoint ORDER BY size DESC LIMIT 1
