-- name: last
SELECT value FROM fact WHERE name = 'config_hash'

-- name: keep
INSERT INTO fact (name, value) VALUES ('config_hash', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value
