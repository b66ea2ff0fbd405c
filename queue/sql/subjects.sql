-- name: waiting
-- What waits for a recipient; the numbers of priorities: 0 is an emergency.
SELECT m.id FROM message m JOIN batch b ON b.id = m.batch_id
WHERE m.subject_id = ?1 AND m.state IN ('held', 'scheduled', 'queued')
  AND (?2 OR m.priority <> 0)
  AND (?3 IS NULL OR b.purpose IN (SELECT value FROM json_each(?3)))
ORDER BY m.id

-- name: last_contact
-- When a recipient was last sent anything, or last wrote: what the ledger's time runs from.
SELECT max(at) FROM (
  SELECT max(a.intent_at, coalesce(a.answered_at, 0)) AS at FROM message m
  JOIN part p ON p.message_id = m.id JOIN attempt a ON a.part_id = p.id WHERE m.subject_id = ?1
  UNION ALL SELECT received_at FROM inbox WHERE subject_id = ?1
  UNION ALL SELECT received_at FROM inbox_part WHERE subject_id = ?1
)

-- name: on_air
SELECT EXISTS (SELECT 1 FROM message WHERE subject_id = ? AND state IN ('held', 'scheduled', 'queued',
                                                                     'submitting', 'in_doubt'))

-- name: forget_parts
DELETE FROM inbox_part WHERE subject_id = ?

-- name: forget_inbox
DELETE FROM inbox WHERE subject_id = ?

-- name: forget_slots
DELETE FROM replace_slot WHERE subject_id = ?
