-- name: due
SELECT batch_id, id FROM message WHERE state = 'scheduled' AND not_before <= ?
ORDER BY not_before, id LIMIT ?

-- name: expired
-- An unanswered command is waited for no longer than its validity: the recall goes on then.
SELECT id, state FROM message
WHERE valid_until IS NOT NULL AND state IN ('held', 'scheduled', 'queued', 'in_doubt', 'submitted')
  AND valid_until <= :now AND valid_until <= CASE WHEN state IN ('in_doubt', 'submitted') AND kind <> 'command' THEN :reported ELSE :now END
ORDER BY valid_until LIMIT :limit

-- name: anything
-- The whole list of live states is there for the index of live messages.
SELECT
  EXISTS (SELECT 1 FROM message WHERE state = 'scheduled' AND not_before <= :now),
  EXISTS (SELECT 1 FROM message WHERE valid_until IS NOT NULL
          AND state IN ('held', 'scheduled', 'queued', 'in_doubt', 'submitted')
          AND valid_until <= :now AND valid_until <= CASE WHEN state IN ('in_doubt', 'submitted') AND kind <> 'command' THEN :reported ELSE :now END),
  EXISTS (SELECT 1 FROM part p JOIN message m ON m.id = p.message_id
          WHERE p.state = 'in_doubt' AND p.updated_at <= :doubt AND m.priority = 0),
  EXISTS (SELECT 1 FROM message WHERE state IN ('held', 'scheduled', 'queued', 'submitting', 'in_doubt') AND state = 'queued')
