-- name: accepted
-- Parts the SMSC took whose fate is open, by the TP-MR it gave them: newest first.
SELECT a.id, a.intent_at, m.valid_until
FROM attempt a JOIN part p ON p.id = a.part_id JOIN message m ON m.id = p.message_id
WHERE a.imsi = ? AND a.tp_mr = ? AND a.outcome = 'accepted' AND m.subject_id = ?
ORDER BY a.id DESC

-- name: same_message
-- TP-SCTS is when the SMSC took the message, the same in each report of it.
SELECT attempt_id FROM status_report
WHERE imsi = ? AND tp_mr = ? AND subject_id = ? AND smsc_at = ? AND attempt_id IS NOT NULL
ORDER BY id DESC LIMIT 1

-- name: unanswered
-- Attempts at this number of which no TP-MR is known.
SELECT a.id, a.part_id, a.outcome, a.intent_at
FROM message m JOIN part p ON p.message_id = m.id JOIN attempt a ON a.part_id = p.id
WHERE m.subject_id = ? AND a.imsi = ? AND a.outcome IN ('open', 'unknown')
  AND p.state NOT IN ('delivered', 'cancelled', 'rejected', 'recalled')
ORDER BY a.id DESC

-- name: subjects_by_reference
SELECT DISTINCT m.subject_id
FROM attempt a JOIN part p ON p.id = a.part_id JOIN message m ON m.id = p.message_id
WHERE a.imsi = ? AND a.tp_mr = ? AND a.outcome = 'accepted'

-- name: subjects_unanswered
SELECT m.subject_id
FROM attempt a CROSS JOIN part p ON p.id = a.part_id JOIN message m ON m.id = p.message_id
WHERE a.outcome = 'open' AND a.imsi = ?1 AND p.state = 'submitting'
UNION
SELECT m.subject_id
FROM part p CROSS JOIN attempt a ON a.part_id = p.id JOIN message m ON m.id = p.message_id
WHERE p.state = 'in_doubt' AND a.imsi = ?1 AND a.outcome IN ('open', 'unknown')
