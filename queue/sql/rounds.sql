-- name: enter
-- The round after the one that is being sent, or the one that newcomers begin in now; :most begin in one round.
INSERT INTO round (priority, rank, entrants)
VALUES (:priority, coalesce((SELECT min(rank) FROM (
    SELECT * FROM (SELECT rank FROM message WHERE state = 'queued' AND imsi IS NULL AND waits_for IS NULL
      AND prefer IS NULL AND priority = :priority ORDER BY rank LIMIT 1)
    UNION ALL
    SELECT * FROM (SELECT rank FROM message WHERE state = 'queued' AND imsi IS NULL AND waits_for IS NULL
      AND prefer IS NOT NULL AND priority = :priority ORDER BY rank LIMIT 1))) + 1, 0), 1)
ON CONFLICT DO UPDATE SET
  rank = max(excluded.rank, round.rank + (round.entrants >= :most)),
  entrants = CASE WHEN excluded.rank > round.rank OR round.entrants >= :most THEN 1 ELSE round.entrants + 1 END
RETURNING rank

-- name: last_of_batch
SELECT rank, priority FROM message WHERE state = 'queued' AND batch_id = ? ORDER BY id DESC LIMIT 1

-- name: class
SELECT priority FROM batch WHERE id = ?

-- name: place
-- One round after the other, in the given order. What was tried before keeps its place.
UPDATE message SET rank = :first + turn.key FROM json_each(:ids) AS turn
WHERE message.id = turn.value AND tries = 0
