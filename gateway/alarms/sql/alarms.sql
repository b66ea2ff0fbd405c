-- name: open
SELECT code, ref FROM alarm WHERE cleared_at IS NULL

-- name: standing
SELECT id, code, ref, body, raised_at, cleared_at, told_at, over_at FROM alarm WHERE cleared_at IS NULL ORDER BY id

-- name: recent
SELECT id, code, ref, body, raised_at, cleared_at, told_at, over_at FROM alarm
WHERE cleared_at IS NOT NULL ORDER BY id DESC LIMIT ?

-- name: untold
-- Open and not told; or over, and told that it was raised but not that it is over; or over as it was told of.
SELECT id, code, ref, body, raised_at, cleared_at, told_at, over_at FROM (
  SELECT * FROM alarm WHERE cleared_at IS NULL AND told_at IS NULL
  UNION ALL SELECT * FROM alarm WHERE told_at IS NOT NULL AND over_at IS NULL AND cleared_at > raised_at
  UNION ALL SELECT * FROM alarm WHERE id > (SELECT coalesce(max(id), 0) FROM alarm) - 500
    AND cleared_at = raised_at AND told_at IS NULL AND raised_at > :since)
WHERE code IN (SELECT value FROM json_each(:codes)) ORDER BY id LIMIT 20

-- name: told_since
SELECT count(DISTINCT notice) FROM alarm WHERE told_at IS NOT NULL AND (told_at > ?1 OR over_at > ?1)

-- name: told
UPDATE alarm SET told_at = coalesce(told_at, ?1), notice = ?2,
  over_at = CASE WHEN cleared_at IS NOT NULL THEN ?1 END
WHERE id IN (SELECT value FROM json_each(?3))

-- name: notices
-- What told of alarms that still stand, and has ended: whether it reached anyone.
SELECT b.public_id, max(m.state IN ('submitted', 'delivered')) FROM alarm a
JOIN batch b ON b.public_id = a.notice JOIN message m ON m.batch_id = b.id
WHERE a.cleared_at IS NULL AND a.told_at > ?
GROUP BY b.id HAVING min(m.state NOT IN ('held', 'scheduled', 'queued', 'submitting', 'in_doubt'))

-- name: untell
UPDATE alarm SET told_at = NULL WHERE notice = ? AND cleared_at IS NULL

-- name: forget
DELETE FROM alarm WHERE cleared_at < ?

-- name: waiting
-- By class: since when the first in line may go, and the oldest of those that wait for one SIM.
SELECT priority, min(since) FROM (
  SELECT 0 AS priority, (SELECT not_before FROM message WHERE state = 'queued' AND imsi IS NULL AND waits_for IS NULL AND priority = 0 ORDER BY rank LIMIT 1) AS since
  UNION ALL SELECT 1, (SELECT not_before FROM message WHERE state = 'queued' AND imsi IS NULL AND waits_for IS NULL AND priority = 1 ORDER BY rank LIMIT 1)
  UNION ALL SELECT 2, (SELECT not_before FROM message WHERE state = 'queued' AND imsi IS NULL AND waits_for IS NULL AND priority = 2 ORDER BY rank LIMIT 1)
  UNION ALL SELECT 3, (SELECT not_before FROM message WHERE state = 'queued' AND imsi IS NULL AND waits_for IS NULL AND priority = 3 ORDER BY rank LIMIT 1)
  UNION ALL SELECT priority, not_before FROM message WHERE state = 'queued' AND imsi IS NOT NULL AND waits_for IS NULL)
WHERE since IS NOT NULL GROUP BY priority

-- name: doubt
SELECT min(updated_at) FROM part WHERE state = 'in_doubt'
