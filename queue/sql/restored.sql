-- name: open_batches
SELECT b.id, b.state FROM batch b
WHERE b.state IN ('held', 'scheduled', 'sending', 'paused')
  AND EXISTS (SELECT 1 FROM message m WHERE m.batch_id = b.id
              AND m.state IN ('held', 'scheduled', 'queued', 'submitting', 'in_doubt'))
ORDER BY b.id

-- name: open_hold
INSERT INTO hold (batch_id, kind, opened_at) VALUES (?, 'restore', ?)
