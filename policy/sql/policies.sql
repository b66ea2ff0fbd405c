-- name: in_force
SELECT text, decided_person FROM send_policy WHERE state = 'in_force'

-- name: known
SELECT EXISTS (SELECT 1 FROM send_policy WHERE hash = ?)

-- name: insert
INSERT INTO send_policy (public_id, version, hash, text, state, proposed_by, proposer_person, proposed_at, reason)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: text
SELECT text FROM send_policy WHERE public_id = ?

-- name: proposal
SELECT id, state, proposer_person, proposed_at FROM send_policy WHERE public_id = ?

-- name: supersede
UPDATE send_policy SET state = 'superseded' WHERE state = 'in_force'

-- name: decide
UPDATE send_policy SET state = ?, decided_person = ?, decided_key = ?, decided_at = ?, reason = coalesce(?, reason)
WHERE id = ?

-- name: all
SELECT s.public_id, s.state, s.proposed_by, s.proposed_at, p.public_id, s.decided_at, s.reason, s.version, s.hash, ''
FROM send_policy s LEFT JOIN person p ON p.id = s.decided_person ORDER BY s.id DESC LIMIT ?

-- name: one
SELECT s.public_id, s.state, s.proposed_by, s.proposed_at, p.public_id, s.decided_at, s.reason, s.version, s.hash,
       s.text
FROM send_policy s LEFT JOIN person p ON p.id = s.decided_person WHERE s.public_id = ?
