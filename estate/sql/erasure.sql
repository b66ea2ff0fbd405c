-- name: open
SELECT id FROM erasure WHERE subject_id = ? AND shredded_at IS NULL

-- name: insert
INSERT INTO erasure (public_id, subject_id, actor, reason, requested_at, due_at) VALUES (?, ?, ?, ?, ?, ?)

-- name: get
SELECT e.id, e.public_id, e.subject_id, s.ref, s.state, e.actor, e.reason, e.requested_at, e.due_at,
       e.shredded_at, e.certificate
FROM erasure e JOIN subject s ON s.id = e.subject_id WHERE e.id = ?

-- name: by_public_id
SELECT id FROM erasure WHERE public_id = ?

-- name: all
SELECT id FROM erasure ORDER BY id DESC LIMIT ?

-- name: due
SELECT id, subject_id FROM erasure WHERE shredded_at IS NULL AND due_at <= ? ORDER BY due_at LIMIT ?

-- name: uncertified
SELECT id FROM erasure WHERE shredded_at IS NOT NULL AND certificate IS NULL ORDER BY id LIMIT ?

-- name: postpone
UPDATE erasure SET due_at = ? WHERE id = ?

-- name: shredded
UPDATE erasure SET shredded_at = ? WHERE id = ?

-- name: certify
UPDATE erasure SET certificate = ? WHERE id = ? AND certificate IS NULL

-- name: forget_resident
DELETE FROM resident WHERE subject_id = ?

-- name: forget_opt_outs
DELETE FROM opt_out WHERE subject_id = ?
