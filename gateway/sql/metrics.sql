-- name: waiting
-- The whole list of live states is there for the index of live messages.
SELECT priority, count(*), min(created_at) FROM message
WHERE state IN ('held', 'scheduled', 'queued', 'submitting', 'in_doubt') AND state = 'queued' GROUP BY priority

-- name: in_doubt
SELECT count(*) FROM message WHERE state IN ('held', 'scheduled', 'queued', 'submitting', 'in_doubt') AND state = 'in_doubt'
