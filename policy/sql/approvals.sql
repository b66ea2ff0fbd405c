-- name: batch
SELECT b.id, b.public_id, b.kind, b.state, b.purpose, b.priority, b.text, b.flash, b.recallable, b.not_before,
       b.valid_until, b.submitter, b.submitter_person, b.digest, b.ruleset, b.recall_id, b.created_at, t.expires_at
FROM batch b LEFT JOIN approval_term t ON t.batch_id = b.id WHERE b.public_id = ?

-- name: recipients
SELECT m.subject_id, m.text_sealed, s.state FROM message m JOIN subject s ON s.id = m.subject_id
WHERE m.batch_id = ? ORDER BY m.id

-- name: open_holds
SELECT kind FROM hold WHERE batch_id = ? AND closed_at IS NULL

-- name: decide
INSERT INTO decision (batch_id, kind, person_id, key_id, digest, reason, at) VALUES (?, ?, ?, ?, ?, ?, ?)

-- name: close_hold
UPDATE hold SET closed_at = ?, closed_by = ? WHERE batch_id = ? AND kind = ? AND closed_at IS NULL
