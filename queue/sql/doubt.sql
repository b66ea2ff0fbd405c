-- name: message
SELECT m.id, m.state, m.batch_id, b.public_id FROM message m JOIN batch b ON b.id = m.batch_id
WHERE m.public_id = ?

-- name: accepted_part
SELECT EXISTS (SELECT 1 FROM part WHERE message_id = ? AND state IN ('submitted', 'delivered', 'undeliverable'))

-- name: unpin
UPDATE message SET imsi = NULL, concat_ref = NULL WHERE id = ? AND kind IN ('notice', 'correction')

-- name: recalled
SELECT EXISTS (SELECT 1 FROM recall_item WHERE message_id = ?)

-- name: emergencies
-- In doubt since before :older_than, not stopped by a recall, and not handed over :most times yet.
SELECT m.id
FROM message m JOIN part p ON p.message_id = m.id
WHERE m.state = 'in_doubt' AND m.priority = 0 AND m.kind IN ('notice', 'correction')
  AND p.state = 'in_doubt' AND p.updated_at <= :older_than
  AND (m.valid_until IS NULL OR m.valid_until > :now)
  AND NOT EXISTS (SELECT 1 FROM recall_item i WHERE i.message_id = m.id)
  AND (SELECT count(*) FROM attempt a WHERE a.part_id = p.id AND a.outcome = 'unknown') < :most
GROUP BY m.id
ORDER BY m.id
