-- name: batch
SELECT b.id, b.public_id, b.state, b.purpose, b.priority, b.not_before, b.created_at, b.released_at, b.ruleset,
       g.due_at, g.signed_at
FROM batch b LEFT JOIN break_glass g ON g.batch_id = b.id WHERE b.public_id = ?

-- name: holds
SELECT kind, detail FROM hold WHERE batch_id = ? ORDER BY id

-- name: templates
SELECT template, spared FROM batch_template WHERE batch_id = ? ORDER BY template

-- name: used
-- The policy of some hash, on the floor it had at a moment.
SELECT hash, text, floor FROM policy_used WHERE hash = ? AND since <= ? ORDER BY since DESC, id DESC LIMIT 1

-- name: used_at
-- The policy that was in force at a moment.
SELECT hash, text, floor FROM policy_used WHERE since <= ? ORDER BY since DESC, id DESC LIMIT 1

-- name: newest
SELECT hash, floor FROM policy_used ORDER BY id DESC LIMIT 1

-- name: insert_used
INSERT INTO policy_used (hash, text, floor, since) VALUES (?, ?, ?, ?)
