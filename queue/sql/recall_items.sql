-- name: item
SELECT i.id, i.outcome, i.message_id, r.id, r.public_id, r.state, r.correction, i.correction_sealed, r.actor,
       r.actor_person, m.public_id, m.subject_id, m.replace_pid, b.purpose, b.priority
FROM recall_item i JOIN recall r ON r.id = i.recall_id JOIN message m ON m.id = i.message_id
JOIN batch b ON b.id = m.batch_id
WHERE i.id = ?

-- name: parts
-- With the newest attempt of each that the SMSC took, or may have taken.
SELECT p.seq, p.state, p.cause, a.id, a.imsi, a.tp_mr, a.outcome
FROM part p LEFT JOIN attempt a
  ON a.id = (SELECT max(id) FROM attempt WHERE part_id = p.id AND outcome IN ('accepted', 'delivered', 'unknown'))
WHERE p.message_id = ?
ORDER BY p.seq

-- name: steps
SELECT s.id, s.step, s.outcome, s.message_id, c.state, c.cause
FROM recall_step s LEFT JOIN message c ON c.id = s.message_id
WHERE s.item_id = ?
ORDER BY s.id

-- name: owns_slot
SELECT EXISTS (SELECT 1 FROM replace_slot WHERE imsi = ? AND subject_id = ? AND pid = ? AND message_id = ?)

-- name: insert_step
INSERT INTO recall_step (item_id, step, outcome, evidence, message_id, at, ended_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, CASE WHEN ?3 <> 'open' THEN ?6 END)

-- name: close_step
UPDATE recall_step SET outcome = ?, evidence = json_patch(evidence, ?), ended_at = ? WHERE id = ?

-- name: set_outcome
UPDATE recall_item SET outcome = ?, updated_at = ? WHERE id = ?

-- name: step_batch
SELECT id, public_id, state FROM batch WHERE recall_id = ? AND text IS ? ORDER BY id LIMIT 1

-- name: insert_batch
INSERT INTO batch (public_id, kind, state, purpose, priority, text, total, segments, submitter, submitter_person,
                   digest, recall_id, created_at, released_at)
VALUES (?1, 'recall', 'sending', ?2, ?3, ?4, (SELECT count(*) FROM recall_item WHERE recall_id = ?5), ?6, ?7, ?8,
        ?9, ?5, ?10, ?10)

-- name: reopen_batch
UPDATE batch SET state = 'sending', finished_at = NULL WHERE id = ? AND state = 'done'

-- name: insert_message
INSERT INTO message (public_id, batch_id, kind, subject_id, state, priority, rank, not_before, valid_until, segments,
                     imsi, replace_pid, target_attempt, text_sealed, created_at, updated_at)
VALUES (?1, ?2, ?3, ?4, 'queued', ?5,
        coalesce((SELECT rank + 1 FROM message WHERE batch_id = ?2 ORDER BY id DESC LIMIT 1),
                 (SELECT rank FROM round WHERE priority = ?5), 0),
        ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?6, ?6)

-- name: insert_part
INSERT INTO part (message_id, seq, state, updated_at) VALUES (?, ?, 'queued', ?)
