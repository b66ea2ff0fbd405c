-- name: insert
INSERT OR IGNORE INTO status_report (imsi, tp_mr, tp_st, subject_id, smsc_at, done_at, received_at, attempt_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)

-- name: matched
UPDATE status_report SET attempt_id = ? WHERE id = ?

-- name: attempt
SELECT p.state, a.id, a.outcome, a.imsi, a.tp_mr, a.intent_at, p.id, m.id, m.kind, m.segments, m.subject_id,
       m.target_attempt
FROM attempt a JOIN part p ON p.id = a.part_id JOIN message m ON m.id = p.message_id
WHERE a.id = ?

-- name: set_attempt
UPDATE attempt SET outcome = ?, cause = coalesce(?, cause), tp_mr = coalesce(?, tp_mr) WHERE id = ?

-- name: retry
-- What decides whether a part that the network gave up is sent again.
SELECT m.tries, m.valid_until, m.priority, m.kind, b.state,
       EXISTS (SELECT 1 FROM recall_item i WHERE i.message_id = m.id)
FROM message m JOIN batch b ON b.id = m.batch_id WHERE m.id = ?

-- name: later
UPDATE message SET not_before = ?, avoid = ?, prefer = NULL WHERE id = ?

-- name: other_attempt
-- Whether the fate of the part hangs on another of its attempts too.
SELECT EXISTS (SELECT 1 FROM attempt WHERE part_id = ? AND id <> ?
               AND outcome IN ('open', 'accepted', 'delivered'))

-- name: delivered_otherwise
SELECT EXISTS (SELECT 1 FROM attempt WHERE part_id = ? AND id <> ? AND outcome = 'delivered')

-- name: pin
UPDATE message SET imsi = coalesce(imsi, ?) WHERE id = ?

-- name: replaced_by_recall
SELECT EXISTS (SELECT 1 FROM recall_item i JOIN recall_step s ON s.item_id = i.id
               WHERE i.message_id = ? AND s.step = 'replacement' AND s.message_id IS NOT NULL)

-- name: waiting
SELECT id, imsi, tp_mr, tp_st, subject_id, smsc_at, received_at FROM status_report
WHERE attempt_id IS NULL AND imsi = ? AND subject_id = ? AND received_at >= ?
ORDER BY id
