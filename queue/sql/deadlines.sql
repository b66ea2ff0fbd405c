-- name: waiting
-- A batch is of one class and one deadline: its first message speaks for all that are in the same state.
SELECT m.priority, b.purpose, sum(w.messages), sum(w.messages * m.segments), min(m.not_before), max(m.valid_until)
FROM (
  SELECT batch_id, count(*) AS messages, min(id) AS first FROM message
  WHERE state IN ('held', 'scheduled', 'queued', 'submitting', 'in_doubt') AND state = 'queued' GROUP BY batch_id
  UNION ALL
  SELECT batch_id, count(*), min(id) FROM message
  WHERE state IN ('held', 'scheduled', 'queued', 'submitting', 'in_doubt') AND state = 'scheduled' GROUP BY batch_id
) AS w JOIN message m ON m.id = w.first JOIN batch b ON b.id = w.batch_id
GROUP BY m.priority, b.purpose, max(m.not_before, :now) / :cell, m.valid_until / :cell
