-- name: message
SELECT m.id, m.state,
       EXISTS (SELECT 1 FROM part p WHERE p.message_id = m.id AND p.state NOT IN ('held', 'scheduled', 'queued'))
FROM message m WHERE m.public_id = ?

-- name: batch
SELECT id, state FROM batch WHERE public_id = ?

-- name: prioritise
UPDATE message SET priority = :priority, updated_at = :now, prefer = CASE WHEN :priority >= 2 THEN prefer END
WHERE batch_id = :batch AND state IN ('held', 'scheduled', 'queued') AND priority <> :priority
