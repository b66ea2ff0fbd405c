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

-- name: remaining
SELECT b.id, b.state, b.priority, count(m.id), coalesce(sum(m.segments), 0), coalesce(max(m.rank), 0),
       coalesce(max(CASE WHEN m.state = 'scheduled' THEN m.not_before END), 0)
FROM batch b LEFT JOIN message m ON m.batch_id = b.id AND m.state IN ('queued', 'scheduled', 'submitting')
WHERE b.public_id = ?
GROUP BY b.id

-- name: ahead
SELECT coalesce(sum(segments), 0) FROM message
WHERE state IN ('held', 'scheduled', 'queued', 'submitting', 'in_doubt') AND state = 'queued' AND batch_id <> :batch
  AND (priority < :priority OR (priority = :priority AND rank < :rank))

-- name: handed_over
-- Parts that modems answered for lately, by how many SIMs, and since when.
SELECT count(*), count(DISTINCT imsi), coalesce(min(intent_at), 0) FROM attempt
WHERE id > (SELECT coalesce(max(id), 0) FROM attempt) - 20000
  AND intent_at >= ? AND outcome NOT IN ('open', 'unsent')
