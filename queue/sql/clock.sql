-- name: newest_attempt
SELECT coalesce(max(id), 0) FROM attempt

-- name: attempts
UPDATE attempt SET intent_at = intent_at + :by
WHERE id > :attempt AND outcome IN ('open', 'accepted', 'unknown')

-- name: doubts
UPDATE part SET updated_at = updated_at + :by WHERE state = 'in_doubt' AND updated_at >= :since

-- name: retries
-- Only a retry is put off by the queue itself once a message was tried; sending hours are asked again anyway.
UPDATE message SET not_before = not_before + :by WHERE state = 'scheduled' AND tries > 0 AND updated_at >= :since
