-- name: append
INSERT INTO feed (at, topic, kind, ref, body) VALUES (?, ?, ?, ?, ?)

-- name: read
SELECT sequence, at, topic, kind, ref, body FROM feed WHERE sequence > ? ORDER BY sequence LIMIT ?

-- name: head
SELECT coalesce(max(sequence), 0) FROM feed

-- name: newest
SELECT at FROM feed ORDER BY sequence DESC LIMIT 1
