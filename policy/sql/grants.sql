-- name: set_up
-- Whether setting up is over: two persons were approvers, whatever became of them.
SELECT count(DISTINCT k.person_id) > 1 FROM api_key k, json_each(k.scopes) s WHERE s.value = 'approve'

-- name: deciders
-- Active approvers at a moment, beside two persons.
SELECT count(DISTINCT p.id) FROM api_key k JOIN person p ON p.id = k.person_id, json_each(k.scopes) s
WHERE s.value = 'approve' AND k.revoked_at IS NULL AND p.disabled_at IS NULL
  AND (k.expires_at IS NULL OR k.expires_at > ?1) AND p.id IS NOT ?2 AND p.id IS NOT ?3

-- name: insert
INSERT INTO key_grant (public_id, key_public_id, name, person_id, scopes, hash, expires_at, state, proposed_by,
                       proposer_person, proposed_at, reason)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: proposal
SELECT id, state, proposer_person, proposed_at FROM key_grant WHERE public_id = ?

-- name: wanted
SELECT g.key_public_id, g.name, p.public_id, g.scopes, g.hash, g.expires_at, g.proposer_person
FROM key_grant g LEFT JOIN person p ON p.id = g.person_id WHERE g.public_id = ?

-- name: decide
UPDATE key_grant SET state = ?, decided_person = ?, decided_key = ?, decided_at = ?, reason = coalesce(?, reason)
WHERE id = ?

-- name: all
SELECT g.public_id, g.state, g.proposed_by, g.proposed_at, d.public_id, g.decided_at, g.reason, g.key_public_id, g.name,
       p.public_id, g.scopes, g.expires_at
FROM key_grant g LEFT JOIN person p ON p.id = g.person_id LEFT JOIN person d ON d.id = g.decided_person
ORDER BY g.id DESC LIMIT ?
