-- name: insert
INSERT INTO api_key (public_id, name, person_id, scopes, hash, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)

-- name: by_id
SELECT k.id, k.public_id, k.name, k.person_id, p.public_id, p.disabled_at, k.scopes, k.hash, k.created_at,
       k.expires_at, k.revoked_at
FROM api_key k LEFT JOIN person p ON p.id = k.person_id WHERE k.public_id = ?

-- name: by_key
SELECT k.id, k.public_id, k.name, k.person_id, p.public_id, p.disabled_at, k.scopes, k.hash, k.created_at,
       k.expires_at, k.revoked_at
FROM api_key k LEFT JOIN person p ON p.id = k.person_id WHERE k.id = ?

-- name: all
SELECT k.id, k.public_id, k.name, k.person_id, p.public_id, p.disabled_at, k.scopes, k.hash, k.created_at,
       k.expires_at, k.revoked_at
FROM api_key k LEFT JOIN person p ON p.id = k.person_id ORDER BY k.id

-- name: revoke
UPDATE api_key SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL
