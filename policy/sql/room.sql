-- name: waiting
-- By the index of live messages, and never further than the limit.
SELECT count(*) FROM (
  SELECT 1 FROM message
  WHERE state IN ('held', 'scheduled', 'queued', 'submitting', 'in_doubt') AND state IN ('held', 'scheduled', 'queued') LIMIT ?)
