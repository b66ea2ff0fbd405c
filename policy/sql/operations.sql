-- name: message
SELECT b.public_id, b.state, b.purpose, m.subject_id, m.valid_until,
       EXISTS (SELECT 1 FROM hold h WHERE h.batch_id = b.id AND h.closed_at IS NULL)
FROM message m JOIN batch b ON b.id = m.batch_id WHERE m.public_id = ?

-- name: state
SELECT m.state, m.cause, b.public_id FROM message m JOIN batch b ON b.id = m.batch_id WHERE m.public_id = ?

-- name: paused
SELECT label FROM modem_pause

-- name: pause
INSERT INTO modem_pause (label, at, actor, reason) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING

-- name: resume
DELETE FROM modem_pause WHERE label = ?
