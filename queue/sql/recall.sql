-- name: batch
SELECT id, kind, state FROM batch WHERE public_id = ?

-- name: message
SELECT m.id, m.batch_id, b.kind, b.state FROM message m JOIN batch b ON b.id = m.batch_id
WHERE m.public_id = ?

-- name: running
-- A recall of the same message, or of its whole batch, that is not over.
SELECT public_id FROM recall
WHERE batch_id = :batch AND state IN ('waiting', 'running') AND (message_id IS NULL OR message_id = :message)
LIMIT 1

-- name: scope
-- Every message concerned: whether all of it still waits, and whether any of it may have gone out.
SELECT m.id, m.state,
  min(p.state IN ('held', 'scheduled', 'queued')),
  max(p.state IN ('held', 'scheduled', 'queued', 'submitting', 'in_doubt', 'submitted', 'delivered')
      OR (p.state = 'expired' AND p.cause = 'no_report') OR (p.state = 'failed' AND p.cause = 'closed_unknown'))
FROM message m JOIN part p ON p.message_id = m.id
WHERE m.batch_id = :batch AND (:message IS NULL OR m.id = :message)
  AND NOT EXISTS (SELECT 1 FROM recall_item i JOIN recall r ON r.id = i.recall_id
                  WHERE i.message_id = m.id AND r.state IN ('waiting', 'running'))
GROUP BY m.id
ORDER BY m.id

-- name: insert
INSERT INTO recall (public_id, batch_id, message_id, state, reason, correction, actor, actor_person, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: insert_item
INSERT INTO recall_item (recall_id, message_id, outcome, updated_at) VALUES (?, ?, ?, ?)

-- name: to_seal
-- Whose copies of a correction that holds personal data are to be sealed.
SELECT i.id, m.subject_id FROM recall_item i JOIN message m ON m.id = i.message_id
WHERE i.recall_id = ? AND i.outcome = 'pending'

-- name: seal
UPDATE recall_item SET correction_sealed = ? WHERE id = ?

-- name: queue_steps
INSERT INTO recall_step (item_id, step, outcome, evidence, at, ended_at)
SELECT id, 'queue', 'cancelled', '{}', updated_at, updated_at FROM recall_item WHERE recall_id = ? AND outcome = 'cancelled'

-- name: unsent
-- Pending items of which something is still in the queue: to be withheld now.
SELECT i.id FROM recall_item i JOIN message m ON m.id = i.message_id
WHERE i.recall_id = ? AND i.outcome = 'pending' AND m.state IN ('held', 'scheduled', 'queued') ORDER BY i.id

-- name: pending
SELECT id FROM recall_item WHERE recall_id = ? AND outcome = 'pending' ORDER BY id LIMIT ?

-- name: unfinished
SELECT i.id FROM recall r JOIN recall_item i ON i.recall_id = r.id
WHERE r.state IN ('running', 'rejected') AND i.outcome = 'pending' AND i.id > ? ORDER BY i.id LIMIT ?

-- name: recall
SELECT id, state, actor_person FROM recall WHERE public_id = ?

-- name: approve
UPDATE recall SET state = 'running', approved_by = ?, decided_at = ? WHERE id = ?

-- name: reject
UPDATE recall SET state = 'rejected', decided_at = ? WHERE id = ?

-- name: is_open
SELECT EXISTS (SELECT 1 FROM recall_item WHERE recall_id = ?1 AND outcome = 'pending')
    OR EXISTS (SELECT 1 FROM recall_step s CROSS JOIN recall_item i ON i.id = s.item_id
               WHERE s.outcome = 'open' AND i.recall_id = ?1)

-- name: done
UPDATE recall SET state = 'done', finished_at = ? WHERE id = ? AND state IN ('waiting', 'running')

-- name: outcomes
SELECT outcome, count(*) FROM recall_item WHERE recall_id = ? GROUP BY outcome

-- name: end_batches
-- Batches of steps that nothing is left of.
UPDATE batch SET state = 'done', finished_at = :now
WHERE recall_id = :recall AND state = 'sending'
  AND NOT EXISTS (SELECT 1 FROM message WHERE batch_id = batch.id
                  AND state IN ('held', 'scheduled', 'queued', 'submitting', 'in_doubt'))

-- name: concerned
-- Items of a message, and items that wait for it as one of their steps.
SELECT id FROM recall_item WHERE message_id = ?1
UNION
SELECT item_id FROM recall_step WHERE message_id = ?1 AND outcome = 'open'

-- name: any_concerned
-- Of these messages those that the statement above finds something for.
SELECT value FROM json_each(?)
WHERE EXISTS (SELECT 1 FROM recall_item WHERE message_id = value)
   OR EXISTS (SELECT 1 FROM recall_step WHERE message_id = value AND outcome = 'open')
