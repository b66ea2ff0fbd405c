-- name: message
-- The parts of a message, each with the message and its batch.
SELECT p.id, p.seq, p.state, m.id, m.public_id, m.state, m.priority, m.batch_id, b.public_id, b.state, m.cause
FROM message m CROSS JOIN batch b ON b.id = m.batch_id CROSS JOIN part p ON p.message_id = m.id
WHERE m.id = ? ORDER BY p.seq

-- name: message_of_part
SELECT p.id, p.seq, p.state, m.id, m.public_id, m.state, m.priority, m.batch_id, b.public_id, b.state, m.cause
FROM message m CROSS JOIN batch b ON b.id = m.batch_id CROSS JOIN part p ON p.message_id = m.id
WHERE m.id = (SELECT message_id FROM part WHERE id = ?) ORDER BY p.seq

-- name: set_part
UPDATE part SET state = ?, cause = ?, tp_mr = coalesce(?, tp_mr), updated_at = ? WHERE id = ?

-- name: begin_message
UPDATE message SET state = ?, cause = ?, updated_at = ?, tries = tries + 1, concat_ref = ?, replace_pid = ? WHERE id = ?

-- name: set_message
UPDATE message SET state = ?, cause = ?, updated_at = ? WHERE id = ?
