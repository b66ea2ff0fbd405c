-- name: refs
SELECT id, ref FROM subject WHERE id IN (SELECT value FROM json_each(?))
