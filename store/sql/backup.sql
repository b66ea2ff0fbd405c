-- name: copy
VACUUM INTO ?

-- name: facts
SELECT (SELECT value FROM fact WHERE name = 'database_id'),
       (SELECT count(*) FROM message), (SELECT count(*) FROM audit_record)
