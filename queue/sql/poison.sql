-- name: names
SELECT m.public_id, b.public_id FROM message m JOIN batch b ON b.id = m.batch_id WHERE m.id = ?

-- name: strikes
-- Its parts fail together, so its first missing one is asked.
SELECT count(*), count(DISTINCT a.imsi) FROM attempt a
WHERE a.part_id = (SELECT min(id) FROM part WHERE message_id = ? AND state = 'submitting') AND a.outcome = 'unsent'
  AND a.cause NOT IN ('lost', 'stopped', 'displaced', 'recalled', 'crash')
