-- name: message
SELECT m.public_id, m.state, m.priority, m.batch_id, b.public_id, b.state, m.cause
FROM message m JOIN batch b ON b.id = m.batch_id WHERE m.id = ?

-- name: parts
SELECT id, seq, state FROM part WHERE message_id = ? ORDER BY seq

-- name: message_of_part
SELECT message_id FROM part WHERE id = ?

-- name: set_part
UPDATE part SET state = ?, cause = ?, tp_mr = coalesce(?, tp_mr), updated_at = ? WHERE id = ?

-- name: set_message
UPDATE message SET state = ?, cause = ?, updated_at = ? WHERE id = ?
