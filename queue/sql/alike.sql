-- name: parts
-- Those in a state that have no siblings, each with its message and its batch. The plus sign: else the planner looks at
-- the value for a partial index that might fit, and plans anew for each call, at five times the cost of the rows.
SELECT p.id, p.seq, m.id, m.public_id, m.priority, m.batch_id, b.public_id, b.state
FROM json_each(?) j CROSS JOIN part p ON p.id = j.value CROSS JOIN message m ON m.id = p.message_id
CROSS JOIN batch b ON b.id = m.batch_id
WHERE +p.state = ? AND m.segments = 1

-- name: set_part
UPDATE part SET state = ?, cause = NULL, tp_mr = coalesce(?, tp_mr), updated_at = ? WHERE id = ?

-- name: set_messages
UPDATE message SET state = ?, cause = NULL, updated_at = ? WHERE id IN (SELECT value FROM json_each(?))
