-- name: message
SELECT m.id, m.public_id, b.public_id, m.kind, m.subject_id, m.state, m.cause, m.priority, m.segments,
       m.created_at, m.updated_at, m.text_sealed, b.text, b.purpose, m.tries, m.not_before, m.valid_until
FROM message m JOIN batch b ON b.id = m.batch_id WHERE m.public_id = ?

-- name: parts
SELECT id, seq, state, cause, tp_mr, updated_at FROM part WHERE message_id = ? ORDER BY seq

-- name: attempts
SELECT id, modem, outcome, cause, tp_mr, intent_at, handed_at, answered_at, resend_of IS NOT NULL
FROM attempt WHERE part_id = ? ORDER BY id

-- name: reports
SELECT tp_st, smsc_at, done_at, received_at FROM status_report WHERE attempt_id = ? ORDER BY id

-- name: history
SELECT p.seq, h.from_state, h.to_state, h.cause, h.at
FROM history h JOIN part p ON p.id = h.part_id WHERE p.message_id = ? ORDER BY h.at, h.step, p.seq

-- name: messages
SELECT m.id, m.public_id, b.public_id, m.kind, m.subject_id, m.state, m.cause, m.priority, m.segments,
       m.created_at, m.updated_at
FROM message m JOIN batch b ON b.id = m.batch_id
WHERE m.id > :after AND (:state IS NULL OR m.state = :state) AND (:since IS NULL OR m.created_at >= :since)
ORDER BY m.id LIMIT :limit

-- name: messages_of_batch
SELECT m.id, m.public_id, b.public_id, m.kind, m.subject_id, m.state, m.cause, m.priority, m.segments,
       m.created_at, m.updated_at
FROM batch b JOIN message m ON m.batch_id = b.id
WHERE b.public_id = :batch AND m.id > :after
  AND (:state IS NULL OR m.state = :state) AND (:since IS NULL OR m.created_at >= :since)
ORDER BY m.id LIMIT :limit

-- name: batch
SELECT b.id, b.public_id, b.kind, b.state, b.purpose, b.priority, b.text, b.flash, b.recallable, b.segments, b.total,
       b.not_before, b.valid_until, b.submitter, p.public_id, b.client_ref, b.digest, b.ruleset, r.public_id,
       b.created_at, b.released_at, b.finished_at
FROM batch b LEFT JOIN person p ON p.id = b.submitter_person LEFT JOIN recall r ON r.id = b.recall_id
WHERE b.public_id = ?

-- name: own_text
SELECT subject_id, text_sealed FROM message WHERE batch_id = ? AND text_sealed IS NOT NULL ORDER BY id LIMIT 1

-- name: sample
SELECT subject_id FROM message WHERE batch_id = ? ORDER BY id LIMIT ?

-- name: holds
SELECT kind, detail, opened_at, closed_at, closed_by FROM hold WHERE batch_id = ? ORDER BY id

-- name: decisions
SELECT d.kind, p.public_id, p.name, d.reason, d.at
FROM decision d JOIN person p ON p.id = d.person_id WHERE d.batch_id = ? ORDER BY d.id

-- name: recall
SELECT r.id, r.public_id, b.public_id, m.public_id, r.state, r.reason, r.correction, r.actor, p.public_id,
       r.created_at, r.decided_at, r.finished_at, r.batch_id
FROM recall r JOIN batch b ON b.id = r.batch_id LEFT JOIN message m ON m.id = r.message_id
LEFT JOIN person p ON p.id = r.approved_by
WHERE r.public_id = ?

-- name: recall_correction
-- One of the sealed copies of a recall's correction: they say the same.
SELECT m.subject_id, i.correction_sealed FROM recall_item i JOIN message m ON m.id = i.message_id
WHERE i.recall_id = ? AND i.correction_sealed IS NOT NULL LIMIT 1

-- name: recall_counts
SELECT outcome, count(*) FROM recall_item WHERE recall_id = ? GROUP BY outcome

-- name: recall_items
SELECT i.id, m.public_id, m.subject_id, i.outcome, m.state, i.updated_at
FROM recall_item i JOIN message m ON m.id = i.message_id
WHERE i.recall_id = ? AND i.id > ? ORDER BY i.id LIMIT ?

-- name: recall_steps
SELECT s.step, s.outcome, s.evidence, m.public_id, s.at, s.ended_at
FROM recall_step s LEFT JOIN message m ON m.id = s.message_id WHERE s.item_id = ? ORDER BY s.id

-- name: not_reached
SELECT count(*) FROM message m
WHERE m.batch_id = ?1 AND NOT EXISTS (SELECT 1 FROM recall_item i WHERE i.recall_id = ?2 AND i.message_id = m.id)

-- name: inbox
SELECT id, public_id, subject_id, text_sealed, modem, segments, complete, smsc_at, received_at
FROM inbox WHERE id < ? ORDER BY id DESC LIMIT ?

-- name: received
SELECT id, public_id, subject_id, text_sealed, modem, segments, complete, smsc_at, received_at
FROM inbox WHERE public_id = ?

-- name: number_states
SELECT state, count(*) FROM message WHERE subject_id = ? AND kind <> 'command' GROUP BY state

-- name: number_reports
SELECT s.tp_st, count(*), max(s.received_at)
FROM message m JOIN part p ON p.message_id = m.id JOIN attempt a ON a.part_id = p.id
JOIN status_report s ON s.attempt_id = a.id
WHERE m.subject_id = ? AND m.kind <> 'command'
GROUP BY s.tp_st ORDER BY max(s.id)

-- name: number_refusals
-- Each with whether the SIM sent to others shortly before and after, and whether others were refused so.
SELECT a.intent_at, a.imsi, a.cause,
  EXISTS (SELECT 1 FROM attempt o JOIN part q ON q.id = o.part_id JOIN message n ON n.id = q.message_id
          WHERE o.intent_at BETWEEN a.intent_at - 600000000 AND a.intent_at AND o.imsi = a.imsi
            AND o.outcome IN ('accepted', 'delivered') AND n.subject_id <> m.subject_id)
  AND EXISTS (SELECT 1 FROM attempt o JOIN part q ON q.id = o.part_id JOIN message n ON n.id = q.message_id
          WHERE o.intent_at BETWEEN a.intent_at AND a.intent_at + 600000000 AND o.imsi = a.imsi
            AND o.outcome IN ('accepted', 'delivered') AND n.subject_id <> m.subject_id),
  EXISTS (SELECT 1 FROM attempt o JOIN part q ON q.id = o.part_id JOIN message n ON n.id = q.message_id
          WHERE o.intent_at BETWEEN a.intent_at - 600000000 AND a.intent_at + 600000000 AND o.imsi = a.imsi
            AND o.outcome = 'refused' AND o.cause IN ('cms:1', 'cms:8', 'cms:10', 'cms:21', 'cms:28', 'cms:30', 'cms:50')
            AND n.subject_id <> m.subject_id)
FROM message m JOIN part p ON p.message_id = m.id JOIN attempt a ON a.part_id = p.id
WHERE m.subject_id = ? AND m.kind <> 'command' AND a.outcome = 'refused'

-- name: number_observed
SELECT s.received_at, a.imsi, s.tp_st
FROM message m JOIN part p ON p.message_id = m.id JOIN attempt a ON a.part_id = p.id
JOIN status_report s ON s.attempt_id = a.id
WHERE m.subject_id = ? AND m.kind <> 'command'

-- name: last_delivered
SELECT max(p.updated_at) FROM message m JOIN part p ON p.message_id = m.id
WHERE m.subject_id = ? AND m.kind <> 'command' AND p.state = 'delivered'
