-- name: in_force
SELECT name, content FROM word_list WHERE state = 'in_force'

-- name: insert
INSERT INTO word_list (public_id, name, hash, words, content, state, proposed_by, proposer_person, proposed_at, reason)
VALUES (?, ?, ?, ?, ?, 'proposed', ?, ?, ?, ?)

-- name: by_id
SELECT id, name, content, hash, words FROM word_list WHERE public_id = ?

-- name: proposal
SELECT id, state, proposer_person, proposed_at FROM word_list WHERE public_id = ?

-- name: supersede
UPDATE word_list SET state = 'superseded' WHERE state = 'in_force'

-- name: decide
UPDATE word_list SET state = ?, decided_person = ?, decided_key = ?, decided_at = ?, reason = coalesce(?, reason)
WHERE id = ?

-- name: all
SELECT w.public_id, w.state, w.proposed_by, w.proposed_at, p.public_id, w.decided_at, w.reason, w.name, w.hash, w.words
FROM word_list w LEFT JOIN person p ON p.id = w.decided_person ORDER BY w.id DESC LIMIT ?
