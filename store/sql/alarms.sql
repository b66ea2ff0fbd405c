-- name: stands
SELECT EXISTS (SELECT 1 FROM alarm WHERE code = ? AND ref = ? AND cleared_at IS NULL)
