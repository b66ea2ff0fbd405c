-- name: batches
SELECT b.id, b.public_id, b.kind, b.state, b.purpose, b.priority, b.total, b.submitter, p.public_id, b.client_ref,
       b.created_at, b.released_at, b.finished_at
FROM batch b LEFT JOIN person p ON p.id = b.submitter_person
WHERE b.id < :before AND (:state IS NULL OR b.state = :state)
ORDER BY b.id DESC LIMIT :limit
