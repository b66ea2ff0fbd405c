-- name: message
SELECT m.id, m.state, m.batch_id, b.public_id FROM message m JOIN batch b ON b.id = m.batch_id
WHERE m.public_id = ?

-- name: pin
-- To the SIM that part of it was accepted from: the handset joins segments of one sender only.
UPDATE message SET imsi = coalesce(message.imsi, f.imsi)
FROM (SELECT a.imsi FROM part p JOIN attempt a ON a.part_id = p.id
      WHERE p.message_id = ?1 AND p.state IN ('submitted', 'delivered', 'undeliverable')
        AND a.outcome IN ('accepted', 'delivered', 'undeliverable', 'superseded')
      ORDER BY a.id DESC LIMIT 1) AS f
WHERE message.id = ?1

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
  -- After a restore a person decides.
  AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.batch_id = m.batch_id AND h.closed_at IS NULL)
  AND (SELECT count(*) FROM attempt a WHERE a.part_id = p.id AND a.outcome = 'unknown') < :most
GROUP BY m.id
ORDER BY m.id
