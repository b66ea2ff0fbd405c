-- name: person
SELECT name FROM person WHERE id = ?

-- name: scopes
-- What the active keys of a person hold together.
SELECT DISTINCT s.value FROM api_key k, json_each(k.scopes) s
WHERE k.person_id = ?1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > ?2)
  AND EXISTS (SELECT 1 FROM person p WHERE p.id = ?1 AND p.disabled_at IS NULL)

-- name: approver_since
-- Since when a person is an approver; a key that was replaced counts.
SELECT min(k.created_at) FROM api_key k, json_each(k.scopes) s
WHERE k.person_id = ? AND s.value = 'approve'

-- name: approved
-- Who gave leave for a batch as it is.
SELECT DISTINCT d.person_id, p.public_id FROM decision d
JOIN batch b ON b.id = d.batch_id JOIN person p ON p.id = d.person_id
WHERE d.batch_id = ? AND d.kind = 'approve' AND d.digest = b.digest AND d.person_id IS NOT b.submitter_person

-- name: needs
SELECT rule, approvals, approvers FROM approval_need WHERE batch_id = ? ORDER BY rule

-- name: expired
SELECT b.public_id FROM approval_term t JOIN batch b ON b.id = t.batch_id
WHERE t.expires_at <= ?1 AND b.state = 'held'
  AND EXISTS (SELECT 1 FROM hold h WHERE h.batch_id = b.id AND h.closed_at IS NULL
              AND h.kind IN ('approval', 'review'))
ORDER BY t.expires_at LIMIT ?2

-- name: insert_break_glass
INSERT INTO break_glass (batch_id, reason, recipients, at, due_at) VALUES (?, ?, ?, ?, ?)

-- name: break_glass
SELECT signed_at FROM break_glass WHERE batch_id = ?

-- name: sign
UPDATE break_glass SET signed_at = ? WHERE batch_id = ? AND signed_at IS NULL

-- name: uncountersigned
-- Emergencies that nobody looked at yet, the longest due first.
SELECT b.public_id, b.submitter, g.reason, g.recipients, g.at, g.due_at
FROM break_glass g JOIN batch b ON b.id = g.batch_id
WHERE g.signed_at IS NULL AND g.due_at <= ?1 ORDER BY g.due_at, g.batch_id LIMIT ?2

-- name: overdue
SELECT g.batch_id, b.public_id, g.due_at FROM break_glass g JOIN batch b ON b.id = g.batch_id
WHERE g.signed_at IS NULL AND g.overdue_at IS NULL AND g.due_at <= ?1
ORDER BY g.due_at LIMIT ?2

-- name: set_overdue
UPDATE break_glass SET overdue_at = ? WHERE batch_id = ?
