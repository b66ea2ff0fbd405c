-- name: waiting
SELECT priority, count(*), min(created_at) FROM message WHERE state = 'queued' GROUP BY priority

-- name: in_doubt
SELECT count(*) FROM message WHERE state = 'in_doubt'
