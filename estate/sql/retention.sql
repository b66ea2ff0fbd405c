-- name: old_messages
-- A slice of messages, oldest first, and whether each is finished and its time is over.
SELECT id, created_at < ?1 AND updated_at < ?1
  AND state NOT IN ('held', 'scheduled', 'queued', 'submitting', 'in_doubt'), created_at < ?1
FROM message WHERE id > ?2 ORDER BY id LIMIT ?3

-- name: summarise
INSERT INTO ledger_summary (batch_id, state, messages)
SELECT batch_id, state, count(*) FROM message WHERE id IN (SELECT value FROM json_each(?)) GROUP BY batch_id, state
ON CONFLICT (batch_id, state) DO UPDATE SET messages = messages + excluded.messages

-- name: untarget
UPDATE message SET target_attempt = NULL WHERE target_attempt IN (
  SELECT a.id FROM attempt a JOIN part p ON p.id = a.part_id WHERE p.message_id IN (SELECT value FROM json_each(?)))

-- name: unresend
UPDATE attempt SET resend_of = NULL WHERE part_id IN (
  SELECT id FROM part WHERE message_id IN (SELECT value FROM json_each(?)))

-- name: delete_reports
DELETE FROM status_report WHERE attempt_id IN (
  SELECT a.id FROM attempt a JOIN part p ON p.id = a.part_id WHERE p.message_id IN (SELECT value FROM json_each(?)))

-- name: delete_slots
DELETE FROM replace_slot WHERE message_id IN (SELECT value FROM json_each(?))

-- name: delete_sent_steps
UPDATE recall_step SET message_id = NULL WHERE message_id IN (SELECT value FROM json_each(?))

-- name: delete_steps
DELETE FROM recall_step WHERE item_id IN (
  SELECT id FROM recall_item WHERE message_id IN (SELECT value FROM json_each(?)))

-- name: delete_items
DELETE FROM recall_item WHERE message_id IN (SELECT value FROM json_each(?))

-- name: unname_recalls
UPDATE recall SET message_id = NULL WHERE message_id IN (SELECT value FROM json_each(?))

-- name: delete_history
DELETE FROM history WHERE part_id IN (
  SELECT id FROM part WHERE message_id IN (SELECT value FROM json_each(?)))

-- name: delete_attempts
DELETE FROM attempt WHERE part_id IN (
  SELECT id FROM part WHERE message_id IN (SELECT value FROM json_each(?)))

-- name: delete_parts
DELETE FROM part WHERE message_id IN (SELECT value FROM json_each(?))

-- name: delete_messages
DELETE FROM message WHERE id IN (SELECT value FROM json_each(?))

-- name: old_inbox
SELECT id, received_at < ?1, received_at < ?1 FROM inbox WHERE id > ?2 ORDER BY id LIMIT ?3

-- name: delete_inbox_parts
DELETE FROM inbox_part WHERE inbox_id IN (SELECT value FROM json_each(?))

-- name: delete_inbox
DELETE FROM inbox WHERE id IN (SELECT value FROM json_each(?))

-- name: old_reports
SELECT id, 1, 1 FROM status_report WHERE received_at < ?1 AND attempt_id IS NULL AND id > ?2
ORDER BY id LIMIT ?3

-- name: delete_old_reports
DELETE FROM status_report WHERE id IN (SELECT value FROM json_each(?))

-- name: old_texts
SELECT id, created_at < ?1 AND text IS NOT NULL AND state IN ('returned', 'rejected', 'cancelled', 'done')
  AND NOT EXISTS (SELECT 1 FROM message WHERE batch_id = batch.id), created_at < ?1
FROM batch WHERE id > ?2 ORDER BY id LIMIT ?3

-- name: forget_texts
UPDATE batch SET text = NULL WHERE id IN (SELECT value FROM json_each(?))

-- name: forget_corrections
UPDATE recall SET correction = NULL WHERE batch_id IN (SELECT value FROM json_each(?))

-- name: old_answers
DELETE FROM idempotency WHERE created_at < ?

-- name: unneeded
-- A slice of subjects, and whether nothing ties each to the estate any more; a newer opt-out is a tie.
SELECT id, state = 'active' AND created_at < ?1
  AND NOT EXISTS (SELECT 1 FROM message WHERE subject_id = s.id)
  AND NOT EXISTS (SELECT 1 FROM inbox WHERE subject_id = s.id)
  AND NOT EXISTS (SELECT 1 FROM inbox_part WHERE subject_id = s.id)
  AND NOT EXISTS (SELECT 1 FROM status_report WHERE attempt_id IS NULL AND subject_id = s.id AND received_at >= ?1)
  AND NOT EXISTS (SELECT 1 FROM replace_slot WHERE subject_id = s.id)
  AND NOT EXISTS (SELECT 1 FROM resident WHERE subject_id = s.id)
  AND NOT EXISTS (SELECT 1 FROM opt_out WHERE subject_id = s.id AND at >= ?4), created_at < ?1
FROM subject s WHERE id > ?2 ORDER BY id LIMIT ?3

-- name: forget_opt_outs
DELETE FROM opt_out WHERE subject_id = ?

-- name: old_events
-- The newest stays, whatever its age: no number is used twice.
SELECT sequence, at < ?1 AND sequence < (SELECT max(sequence) FROM feed), at < ?1 FROM feed
WHERE sequence > ?2 ORDER BY sequence LIMIT ?3

-- name: delete_events
DELETE FROM feed WHERE sequence IN (SELECT value FROM json_each(?))
