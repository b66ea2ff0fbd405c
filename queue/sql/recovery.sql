-- name: open_attempts
SELECT p.message_id, a.id FROM part p JOIN attempt a ON a.part_id = p.id AND a.outcome = 'open'
WHERE p.state = 'submitting' ORDER BY p.message_id, p.seq

-- name: orphans
SELECT p.id FROM part p WHERE p.state = 'submitting'
  AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.part_id = p.id AND a.outcome = 'open')

-- name: stale_attempts
-- An attempt still open although its part moved on: closed by its report.
UPDATE attempt SET outcome = 'superseded'
WHERE outcome = 'open' AND part_id NOT IN (SELECT id FROM part WHERE state = 'submitting')

-- name: open_batches
SELECT id, public_id FROM batch WHERE state IN ('scheduled', 'sending')

-- name: database_id
SELECT value FROM fact WHERE name = 'database_id'
