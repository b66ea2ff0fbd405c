-- name: sent
-- Messages that a submitter submitted since a moment, of some purposes (an empty list: of all).
SELECT coalesce(sum(b.total), 0) FROM batch b
WHERE b.submitter IN (SELECT ?1 UNION SELECT 'key:' || public_id FROM api_key WHERE person_id = ?2)
  AND b.created_at > ?3
  AND b.priority <> 0
  AND b.kind = 'notice'
  AND (?4 = '[]' OR b.purpose IN (SELECT value FROM json_each(?4)))

-- name: first_since
SELECT m.id FROM message m
WHERE m.batch_id >= (SELECT min(id) FROM batch WHERE created_at > ?) ORDER BY m.batch_id, m.id LIMIT 1

-- name: residents
-- How many messages each of some numbers was sent, or waits for, from a message on.
SELECT m.subject_id, count(*) FROM json_each(?1) j
JOIN message m ON m.subject_id = j.value AND m.id >= ?2
JOIN batch b ON b.id = m.batch_id
WHERE b.created_at > ?3
  AND b.kind = 'notice'
  AND b.priority <> 0
  AND b.purpose NOT IN ('emergency', 'statutory')
  AND m.state NOT IN ('cancelled', 'rejected')
  AND (?4 = '[]' OR b.purpose IN (SELECT value FROM json_each(?4)))
GROUP BY m.subject_id

-- name: emergencies
SELECT coalesce(sum(g.recipients), 0) FROM break_glass g JOIN batch b ON b.id = g.batch_id
WHERE b.submitter IN (SELECT ?1 UNION SELECT 'key:' || public_id FROM api_key WHERE person_id = ?2)
  AND g.at > ?3

-- name: from_template
-- Messages sent from a template since a moment.
SELECT coalesce(sum(b.total), 0) FROM batch_template t JOIN batch b ON b.id = t.batch_id
WHERE t.template = ?1 AND b.created_at > ?2

-- name: insert_template
INSERT INTO batch_template (batch_id, template, spared) VALUES (?, ?, ?)

-- name: insert_need
INSERT INTO approval_need (batch_id, rule, approvals, approvers) VALUES (?, ?, ?, ?)

-- name: insert_term
INSERT INTO approval_term (batch_id, expires_at) VALUES (?, ?)
