-- name: batch
SELECT public_id, state, priority FROM batch WHERE id = ?

-- name: open_messages
SELECT id FROM message WHERE batch_id = ? AND state NOT IN ('delivered', 'cancelled', 'rejected')

-- name: bulk_parts
UPDATE part SET state = :to, cause = :cause, updated_at = :now
WHERE message_id IN (SELECT value FROM json_each(:ids))
  AND state IN (SELECT value FROM json_each(:from))

-- name: bulk_messages
-- The same first match as states.message_state; a test holds them equal.
UPDATE message SET state = f.state, updated_at = :now,
  cause = CASE WHEN f.failed AND f.state = 'undeliverable' THEN 'incomplete' ELSE coalesce(:cause, cause) END
FROM (
  SELECT m.id, m.state AS before, max(p.state = 'failed') AS failed,
    CASE min(CASE p.state
      WHEN 'recalled' THEN 0 WHEN 'in_doubt' THEN 1 WHEN 'submitting' THEN 2 WHEN 'held' THEN 3
      WHEN 'scheduled' THEN 4 WHEN 'queued' THEN 5 WHEN 'cancelled' THEN 6 WHEN 'rejected' THEN 7
      WHEN 'failed' THEN 8 WHEN 'undeliverable' THEN 9 WHEN 'expired' THEN 10
      WHEN 'submitted' THEN 11 ELSE 12 END)
      WHEN 0 THEN 'recalled' WHEN 1 THEN 'in_doubt' WHEN 2 THEN 'submitting' WHEN 3 THEN 'held'
      WHEN 4 THEN 'scheduled' WHEN 5 THEN 'queued' WHEN 6 THEN 'cancelled' WHEN 7 THEN 'rejected'
      WHEN 8 THEN CASE WHEN max(p.state IN ('submitted', 'delivered', 'undeliverable'))
                       THEN 'undeliverable' ELSE 'failed' END
      WHEN 9 THEN 'undeliverable' WHEN 10 THEN 'expired' WHEN 11 THEN 'submitted'
      ELSE 'delivered' END AS state
  FROM message m JOIN part p ON p.message_id = m.id
  WHERE m.id IN (SELECT value FROM json_each(:ids))
  GROUP BY m.id
) AS f
WHERE message.id = f.id AND f.state <> f.before
