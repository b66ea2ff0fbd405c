-- name: insert_batch
INSERT INTO batch (public_id, kind, state, purpose, priority, text, flash, recallable, not_before, valid_until,
                   total, segments, submitter, submitter_person, client_ref, digest, ruleset, recall_id,
                   created_at, released_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: last_message
SELECT coalesce(max(id), 0) FROM message

-- name: insert_message
INSERT INTO message (id, public_id, batch_id, kind, subject_id, text_sealed, state, priority, rank, not_before,
                     valid_until, segments, imsi, replace_pid, target_attempt, created_at, updated_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: insert_part
INSERT INTO part (message_id, seq, state, updated_at) VALUES (?, ?, ?, ?)

-- name: insert_hold
INSERT INTO hold (batch_id, kind, detail, opened_at) VALUES (?, ?, ?, ?)

-- name: refs
SELECT id, ref FROM subject WHERE id IN (SELECT value FROM json_each(?))
