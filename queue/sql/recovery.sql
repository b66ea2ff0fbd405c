-- name: open_attempts
SELECT p.message_id, a.id FROM attempt a CROSS JOIN part p ON p.id = a.part_id
WHERE a.outcome = 'open' AND p.state = 'submitting' ORDER BY p.message_id, p.seq

-- name: orphans
SELECT p.id FROM message m CROSS JOIN part p ON p.message_id = m.id
WHERE m.state IN ('held', 'scheduled', 'queued', 'submitting', 'in_doubt')
  AND m.state IN ('submitting', 'in_doubt') AND p.state = 'submitting'
  AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.part_id = p.id AND a.outcome = 'open')

-- name: stale_attempts
-- An attempt still open although its part moved on: closed by its report.
UPDATE attempt SET outcome = 'superseded'
WHERE outcome = 'open' AND (SELECT state FROM part WHERE id = part_id) <> 'submitting'

-- name: open_batches
SELECT id, public_id FROM batch WHERE state IN ('scheduled', 'sending')

-- name: database_id
SELECT value FROM fact WHERE name = 'database_id'
