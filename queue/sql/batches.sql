-- name: batch
SELECT id, state FROM batch WHERE public_id = ?

-- name: not_begun
SELECT m.id FROM message m
WHERE m.batch_id = ? AND m.state IN ('queued', 'scheduled')
  AND NOT EXISTS (SELECT 1 FROM part p WHERE p.message_id = m.id AND p.state NOT IN ('queued', 'scheduled'))

-- name: open_hold
INSERT INTO hold (batch_id, kind, opened_at) VALUES (?, 'manual', ?)

-- name: close_manual
UPDATE hold SET closed_at = ?, closed_by = ? WHERE batch_id = ? AND kind = 'manual' AND closed_at IS NULL

-- name: close_holds
UPDATE hold SET closed_at = ?, closed_by = ? WHERE batch_id = ? AND closed_at IS NULL

-- name: is_held
SELECT EXISTS (SELECT 1 FROM hold WHERE batch_id = ? AND closed_at IS NULL)

-- name: counts
SELECT m.state, count(*) FROM message m JOIN batch b ON b.id = m.batch_id
WHERE b.public_id = ? GROUP BY m.state
