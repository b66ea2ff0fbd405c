-- name: batch
SELECT id, public_id, kind, state, purpose, priority, text, flash, recallable, not_before, valid_until,
       submitter, submitter_person, digest, ruleset, recall_id
FROM batch WHERE public_id = ?

-- name: recipients
SELECT m.subject_id, m.text_sealed, s.state FROM message m JOIN subject s ON s.id = m.subject_id
WHERE m.batch_id = ? ORDER BY m.id

-- name: open_holds
SELECT kind FROM hold WHERE batch_id = ? AND closed_at IS NULL

-- name: decide
INSERT INTO decision (batch_id, kind, person_id, key_id, digest, reason, at) VALUES (?, ?, ?, ?, ?, ?, ?)

-- name: close_hold
UPDATE hold SET closed_at = ?, closed_by = ? WHERE batch_id = ? AND kind = ? AND closed_at IS NULL
