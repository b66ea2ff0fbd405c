-- name: recall
SELECT state, actor_person FROM recall WHERE public_id = ?

-- name: message
SELECT subject_id FROM message WHERE public_id = ?
