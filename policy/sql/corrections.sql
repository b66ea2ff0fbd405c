-- name: message
SELECT m.kind, m.text_sealed, m.segments, m.batch_id, b.public_id, b.text, b.purpose, b.priority, b.flash,
       b.recallable, m.not_before, b.valid_until, b.submitter, b.submitter_person, b.client_ref, b.ruleset
FROM message m JOIN batch b ON b.id = m.batch_id WHERE m.id = ?

-- name: holds
SELECT kind, detail FROM hold WHERE batch_id = ? AND closed_at IS NULL

-- name: term
SELECT expires_at FROM approval_term WHERE batch_id = ?

-- name: copy_needs
INSERT INTO approval_need (batch_id, rule, approvals, approvers)
SELECT ?1, rule, approvals, approvers FROM approval_need WHERE batch_id = ?2

-- name: copy_term
INSERT INTO approval_term (batch_id, expires_at) SELECT ?1, expires_at FROM approval_term WHERE batch_id = ?2

-- name: reached
SELECT EXISTS (SELECT 1 FROM message WHERE batch_id = ? AND subject_id = ? AND state NOT IN ('cancelled', 'rejected'))

-- name: copy_opt_outs
INSERT INTO opt_out (subject_id, purpose, source, at, ref)
SELECT ?1, purpose, source, at, ref FROM opt_out WHERE subject_id = ?2 ON CONFLICT DO NOTHING

-- name: state
SELECT state FROM subject WHERE id = ?
