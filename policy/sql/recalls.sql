-- name: recall
SELECT state, actor_person, created_at FROM recall WHERE public_id = ?

-- name: message
SELECT subject_id FROM message WHERE public_id = ?
