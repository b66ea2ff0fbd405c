-- name: attempt
-- An open one; whether something that came in before its acceptance speaks of it; whether a message waits for it.
SELECT a.part_id, a.imsi, p.message_id, p.state,
       EXISTS (SELECT 1 FROM status_report s WHERE s.attempt_id IS NULL AND s.imsi = a.imsi AND s.subject_id = m.subject_id)
       OR EXISTS (SELECT 1 FROM attempt o WHERE o.part_id = a.part_id AND o.outcome = 'delivered'),
       EXISTS (SELECT 1 FROM message w WHERE w.waits_for = m.id)
FROM attempt a CROSS JOIN part p ON p.id = a.part_id CROSS JOIN message m ON m.id = p.message_id
WHERE a.id = ? AND a.outcome = 'open'

-- name: usual
-- Of these attempts the open ones of messages of one part, of which nothing came in yet.
SELECT a.id, p.id, m.id, EXISTS (SELECT 1 FROM message w WHERE w.waits_for = m.id)
FROM json_each(?) j CROSS JOIN attempt a ON a.id = j.value CROSS JOIN part p ON p.id = a.part_id
CROSS JOIN message m ON m.id = p.message_id
WHERE a.outcome = 'open' AND p.state = 'submitting' AND m.segments = 1
  AND NOT EXISTS (SELECT 1 FROM status_report s WHERE s.attempt_id IS NULL AND s.imsi = a.imsi AND s.subject_id = m.subject_id)
  AND NOT EXISTS (SELECT 1 FROM attempt o WHERE o.part_id = p.id AND o.outcome = 'delivered')

-- name: message
SELECT tries, priority, valid_until FROM message WHERE id = ?

-- name: sim_at_fault
-- Whether two recipients were refused by this SIM within ten minutes for causes that may be the SIM's own.
SELECT count(DISTINCT m.subject_id) > 1
FROM attempt a JOIN part p ON p.id = a.part_id JOIN message m ON m.id = p.message_id
WHERE a.intent_at > ? AND a.imsi = ? AND a.outcome = 'refused'
  AND a.cause IN ('cms:1', 'cms:8', 'cms:10', 'cms:21', 'cms:28', 'cms:30', 'cms:50')

-- name: refusals
SELECT count(*) FROM attempt
WHERE part_id = (SELECT min(id) FROM part WHERE message_id = ? AND state = 'submitting') AND outcome = 'refused'

-- name: close_attempt
UPDATE attempt SET outcome = ?, tp_mr = ?, cause = ?, handed_at = ?, answered_at = ? WHERE id = ?

-- name: begun_parts
SELECT EXISTS (SELECT 1 FROM part WHERE message_id = ? AND state IN ('submitted', 'in_doubt', 'delivered', 'undeliverable'))

-- name: pin
UPDATE message SET imsi = ? WHERE id = ?

-- name: give_back_try
UPDATE message SET tries = max(tries - 1, 0) WHERE id = ?

-- name: defer
UPDATE message SET not_before = max(not_before, ?), avoid = ?, prefer = NULL WHERE id = ?
