-- name: subject
SELECT ref, state, created_at FROM subject WHERE id = ?

-- name: households
SELECT h.building, h.unit, h.room, r.role FROM resident r JOIN household h ON h.id = r.household_id
WHERE r.subject_id = ? ORDER BY h.id

-- name: opt_outs
SELECT purpose, source, at, ref FROM opt_out WHERE subject_id = ? ORDER BY at, purpose

-- name: erasures
SELECT public_id, actor, reason, requested_at, due_at, shredded_at FROM erasure WHERE subject_id = ? ORDER BY id

-- name: messages
SELECT m.id, m.public_id, b.public_id, m.kind, b.purpose, m.state, m.cause, m.created_at, m.updated_at,
       m.text_sealed, b.text
FROM message m JOIN batch b ON b.id = m.batch_id WHERE m.subject_id = ? ORDER BY m.id

-- name: attempts
SELECT p.seq, p.state, a.modem, a.intent_at, a.answered_at, a.outcome, a.cause
FROM part p JOIN attempt a ON a.part_id = p.id WHERE p.message_id = ? ORDER BY a.id

-- name: reports
SELECT s.tp_st, s.smsc_at, s.done_at, s.received_at
FROM (SELECT s.* FROM message m JOIN part p ON p.message_id = m.id JOIN attempt a ON a.part_id = p.id
        JOIN status_report s ON s.attempt_id = a.id WHERE m.subject_id = ?1
      UNION ALL SELECT * FROM status_report WHERE attempt_id IS NULL AND subject_id = ?1) s
ORDER BY s.id

-- name: inbox
SELECT public_id, text_sealed, modem, smsc_at, received_at, complete FROM inbox WHERE subject_id = ? ORDER BY id

-- name: inbox_parts
SELECT text_sealed, total, seq, smsc_at, received_at FROM inbox_part
WHERE subject_id = ? AND inbox_id IS NULL ORDER BY id

-- name: slots
SELECT pid, at FROM replace_slot WHERE subject_id = ? ORDER BY at
