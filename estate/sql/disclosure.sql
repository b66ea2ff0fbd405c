-- name: insert
INSERT INTO disclosure (public_id, since, until, purpose, state, proposed_by, proposer_person, proposed_at, expires_at)
VALUES (?, ?, ?, ?, 'proposed', ?, ?, ?, ?)

-- name: proposal
SELECT id, state, proposer_person, proposed_at FROM disclosure WHERE public_id = ?

-- name: decide
UPDATE disclosure SET state = ?, decided_person = ?, decided_key = ?, decided_at = ?, reason = ? WHERE id = ?

-- name: allowed
SELECT id, since, until FROM disclosure
WHERE public_id = ?1 AND (proposed_by = ?2 OR proposer_person = ?3) AND state = 'allowed' AND expires_at > ?4

-- name: use
UPDATE disclosure SET state = 'used', used_at = ? WHERE id = ?

-- name: all
SELECT d.public_id, d.state, d.proposed_by, d.proposed_at, p.public_id, d.decided_at, d.reason, d.purpose, d.since,
       d.until, d.expires_at, d.used_at
FROM disclosure d LEFT JOIN person p ON p.id = d.decided_person ORDER BY d.id DESC LIMIT ?
