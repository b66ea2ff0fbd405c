-- name: sent
SELECT m.id, m.public_id, b.public_id, b.purpose, m.kind, m.subject_id, m.state, m.cause, m.created_at,
       (SELECT min(a.intent_at) FROM part p JOIN attempt a ON a.part_id = p.id WHERE p.message_id = m.id),
       (SELECT max(h.at) FROM part p JOIN history h ON h.part_id = p.id
        WHERE p.message_id = m.id AND h.to_state = 'delivered'),
       (SELECT a.imsi FROM part p JOIN attempt a ON a.part_id = p.id WHERE p.message_id = m.id ORDER BY a.id DESC LIMIT 1),
       m.text_sealed, b.text
FROM message m JOIN batch b ON b.id = m.batch_id
WHERE m.id > ?1 AND m.created_at >= ?2 AND m.created_at < ?3 ORDER BY m.id LIMIT ?4

-- name: received
SELECT id, public_id, subject_id, received_at, smsc_at, imsi, text_sealed FROM inbox
WHERE id > ?1 AND received_at >= ?2 AND received_at < ?3 ORDER BY id LIMIT ?4

-- name: opt_outs
SELECT subject_id, purpose, source, at, ref FROM opt_out WHERE at >= ?1 AND at < ?2 ORDER BY at, subject_id, purpose
