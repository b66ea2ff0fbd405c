-- name: remaining
SELECT b.id, b.state, b.priority, b.purpose, b.total, b.segments, count(m.id), coalesce(sum(m.segments), 0),
       coalesce(max(m.rank), 0), coalesce(min(CASE WHEN m.state = 'scheduled' THEN m.not_before END), 0)
FROM batch b LEFT JOIN message m ON m.batch_id = b.id AND m.state IN ('queued', 'scheduled', 'submitting')
WHERE b.public_id = ?
GROUP BY b.id

-- name: ahead
-- What goes before the round :rank of a class: messages and parts.
SELECT count(*), coalesce(sum(segments), 0) FROM message
WHERE state IN ('held', 'scheduled', 'queued', 'submitting', 'in_doubt') AND state = 'queued' AND batch_id <> :batch
  AND (priority < :priority OR (priority = :priority AND rank < :rank))

-- name: next_round
-- In which round a batch of the class would begin now; see rounds.sql.
SELECT max(
  coalesce((SELECT rank + 1 FROM message WHERE state = 'queued' AND imsi IS NULL AND waits_for IS NULL
            AND priority = :priority ORDER BY rank LIMIT 1), 0),
  coalesce((SELECT rank FROM round WHERE priority = :priority), 0))

-- name: timings
-- How long SIMs took lately for a part, from its hand-over to the answer.
SELECT imsi, answered_at - handed_at FROM attempt
WHERE id > (SELECT coalesce(max(id), 0) FROM attempt) - 2000 AND intent_at > ?
  AND outcome NOT IN ('open', 'unsent', 'unknown') AND answered_at > handed_at
