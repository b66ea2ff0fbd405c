-- name: insert_batch
INSERT INTO batch (public_id, kind, state, purpose, priority, text, flash, recallable, not_before, valid_until,
                   total, segments, submitter, submitter_person, client_ref, digest, ruleset, recall_id,
                   created_at, released_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: last_message
SELECT coalesce(max(id), 0) FROM message

-- name: insert_message
-- ?18: 1 when it may have a preference; ?19: the key of its number's route. It prefers the SIM through which its
-- recipient last got a message or wrote one, where that SIM fits the route, else the route.
INSERT INTO message (id, public_id, batch_id, kind, subject_id, text_sealed, state, priority, rank, not_before,
                     valid_until, segments, imsi, replace_pid, target_attempt, created_at, updated_at, prefer)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, CASE WHEN ?18 THEN coalesce(
  (SELECT imsi FROM (SELECT imsi FROM (
       SELECT * FROM (SELECT a.imsi, a.intent_at AS at
         FROM message m CROSS JOIN part p ON p.message_id = m.id CROSS JOIN attempt a ON a.part_id = p.id
         WHERE m.subject_id = ?5 AND a.outcome IN ('accepted', 'delivered') ORDER BY m.id DESC LIMIT 1)
       UNION ALL
       SELECT * FROM (SELECT imsi, received_at AS at FROM inbox WHERE subject_id = ?5 ORDER BY id DESC LIMIT 1))
     ORDER BY at DESC LIMIT 1)
   WHERE ?19 IS NULL OR instr(',' || ?19 || ',', ',' || substr(imsi, 1, 5) || ',')
      OR instr(',' || ?19 || ',', ',' || substr(imsi, 1, 6) || ',')), ?19) END)

-- name: insert_part
INSERT INTO part (message_id, seq, state, updated_at) VALUES (?, ?, ?, ?)

-- name: insert_hold
INSERT INTO hold (batch_id, kind, detail, opened_at) VALUES (?, ?, ?, ?)
