-- name: usage
SELECT intent_at FROM attempt WHERE imsi = ? AND intent_at > ? AND outcome <> 'unsent'

-- name: met
SELECT m.subject_id, max(a.intent_at)
FROM attempt a CROSS JOIN part p ON p.id = a.part_id CROSS JOIN message m ON m.id = p.message_id
WHERE a.imsi = ? AND a.intent_at > ? AND a.outcome <> 'unsent' GROUP BY m.subject_id

-- name: answers
-- The last ones of the SIM, of those that the whole bank got lately.
SELECT id, CASE WHEN outcome IN ('refused', 'unknown') THEN outcome ELSE 'accepted' END, coalesce(cause, ''),
       coalesce(answered_at, intent_at)
FROM attempt
WHERE id > (SELECT max(id) FROM attempt) - 20000 AND imsi = ? AND outcome NOT IN ('open', 'unsent')
ORDER BY id DESC LIMIT 64
