-- name: batch
SELECT public_id, state, purpose, priority, not_before, valid_until FROM batch WHERE id = ?

-- name: open_hold
SELECT EXISTS (SELECT 1 FROM hold WHERE batch_id = ? AND closed_at IS NULL)

-- name: set_start
UPDATE message SET not_before = ? WHERE batch_id = ? AND state = 'held'
