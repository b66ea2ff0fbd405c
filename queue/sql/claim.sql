-- name: heads
-- Of each class: the first that any SIM may take, the first of those pinned to this one, of those that prefer this one
-- and of those that prefer any, and the one whose time runs out first. One that should go elsewhere is passed over, for a while.
SELECT * FROM (SELECT priority, rank, id, not_before, valid_until, prefer FROM message
  WHERE state = 'queued' AND imsi IS NULL AND waits_for IS NULL AND prefer IS NULL AND (avoid IS NULL OR avoid NOT IN (:avoiding, :plmn) OR not_before < :patient) AND priority = 0 ORDER BY rank, id LIMIT 1)
UNION ALL SELECT * FROM (SELECT priority, rank, id, not_before, valid_until, prefer FROM message
  WHERE state = 'queued' AND imsi IS NULL AND waits_for IS NULL AND prefer IS NULL AND (avoid IS NULL OR avoid NOT IN (:avoiding, :plmn) OR not_before < :patient) AND priority = 1 ORDER BY rank, id LIMIT 1)
UNION ALL SELECT * FROM (SELECT priority, rank, id, not_before, valid_until, prefer FROM message
  WHERE state = 'queued' AND imsi IS NULL AND waits_for IS NULL AND prefer IS NULL AND (avoid IS NULL OR avoid NOT IN (:avoiding, :plmn) OR not_before < :patient) AND priority = 2 ORDER BY rank, id LIMIT 1)
UNION ALL SELECT * FROM (SELECT priority, rank, id, not_before, valid_until, prefer FROM message
  WHERE state = 'queued' AND imsi IS NULL AND waits_for IS NULL AND prefer IS NULL AND (avoid IS NULL OR avoid NOT IN (:avoiding, :plmn) OR not_before < :patient) AND priority = 3 ORDER BY rank, id LIMIT 1)
UNION ALL SELECT * FROM (SELECT priority, rank, id, not_before, valid_until, imsi FROM message
  WHERE state = 'queued' AND imsi = :imsi AND waits_for IS NULL AND priority = 0 ORDER BY rank, id LIMIT 1)
UNION ALL SELECT * FROM (SELECT priority, rank, id, not_before, valid_until, imsi FROM message
  WHERE state = 'queued' AND imsi = :imsi AND waits_for IS NULL AND priority = 1 ORDER BY rank, id LIMIT 1)
UNION ALL SELECT * FROM (SELECT priority, rank, id, not_before, valid_until, imsi FROM message
  WHERE state = 'queued' AND imsi = :imsi AND waits_for IS NULL AND priority = 2 ORDER BY rank, id LIMIT 1)
UNION ALL SELECT * FROM (SELECT priority, rank, id, not_before, valid_until, imsi FROM message
  WHERE state = 'queued' AND imsi = :imsi AND waits_for IS NULL AND priority = 3 ORDER BY rank, id LIMIT 1)
UNION ALL SELECT * FROM (SELECT priority, rank, id, not_before, valid_until, prefer FROM message
  WHERE state = 'queued' AND imsi IS NULL AND waits_for IS NULL AND (avoid IS NULL OR avoid NOT IN (:avoiding, :plmn) OR not_before < :patient) AND valid_until IS NOT NULL AND priority = 0 ORDER BY valid_until, id LIMIT 1)
UNION ALL SELECT * FROM (SELECT priority, rank, id, not_before, valid_until, prefer FROM message
  WHERE state = 'queued' AND imsi IS NULL AND waits_for IS NULL AND (avoid IS NULL OR avoid NOT IN (:avoiding, :plmn) OR not_before < :patient) AND valid_until IS NOT NULL AND priority = 1 ORDER BY valid_until, id LIMIT 1)
UNION ALL SELECT * FROM (SELECT priority, rank, id, not_before, valid_until, prefer FROM message
  WHERE state = 'queued' AND imsi IS NULL AND waits_for IS NULL AND (avoid IS NULL OR avoid NOT IN (:avoiding, :plmn) OR not_before < :patient) AND valid_until IS NOT NULL AND priority = 2 ORDER BY valid_until, id LIMIT 1)
UNION ALL SELECT * FROM (SELECT priority, rank, id, not_before, valid_until, prefer FROM message
  WHERE state = 'queued' AND imsi IS NULL AND waits_for IS NULL AND (avoid IS NULL OR avoid NOT IN (:avoiding, :plmn) OR not_before < :patient) AND valid_until IS NOT NULL AND priority = 3 ORDER BY valid_until, id LIMIT 1)
UNION ALL SELECT * FROM (SELECT priority, rank, id, not_before, valid_until, prefer FROM message
  WHERE state = 'queued' AND imsi IS NULL AND waits_for IS NULL AND prefer = :imsi AND priority = 2 ORDER BY rank, id LIMIT 1)
UNION ALL SELECT * FROM (SELECT priority, rank, id, not_before, valid_until, prefer FROM message
  WHERE state = 'queued' AND imsi IS NULL AND waits_for IS NULL AND prefer = :imsi AND priority = 3 ORDER BY rank, id LIMIT 1)
UNION ALL SELECT * FROM (SELECT priority, rank, id, not_before, valid_until, prefer FROM message
  WHERE state = 'queued' AND imsi IS NULL AND waits_for IS NULL AND prefer IS NOT NULL AND priority = 2 ORDER BY rank, id LIMIT 1)
UNION ALL SELECT * FROM (SELECT priority, rank, id, not_before, valid_until, prefer FROM message
  WHERE state = 'queued' AND imsi IS NULL AND waits_for IS NULL AND prefer IS NOT NULL AND priority = 3 ORDER BY rank, id LIMIT 1)

-- name: emergency_heads
SELECT * FROM (SELECT priority, rank, id, not_before, valid_until, prefer FROM message
  WHERE state = 'queued' AND imsi IS NULL AND waits_for IS NULL AND prefer IS NULL AND (avoid IS NULL OR avoid NOT IN (:avoiding, :plmn) OR not_before < :patient) AND priority = 0 ORDER BY rank, id LIMIT 1)
UNION ALL SELECT * FROM (SELECT priority, rank, id, not_before, valid_until, imsi FROM message
  WHERE state = 'queued' AND imsi = :imsi AND waits_for IS NULL AND priority = 0 ORDER BY rank, id LIMIT 1)
UNION ALL SELECT * FROM (SELECT priority, rank, id, not_before, valid_until, prefer FROM message
  WHERE state = 'queued' AND imsi IS NULL AND waits_for IS NULL AND (avoid IS NULL OR avoid NOT IN (:avoiding, :plmn) OR not_before < :patient) AND valid_until IS NOT NULL AND priority = 0 ORDER BY valid_until, id LIMIT 1)

-- name: routed_heads
-- Of those whose numbers are routed to this SIM's operator.
SELECT * FROM (SELECT priority, rank, id, not_before, valid_until, prefer FROM message
  WHERE state = 'queued' AND imsi IS NULL AND waits_for IS NULL AND prefer = ?1 AND priority = 2 ORDER BY rank, id LIMIT 1)
UNION ALL SELECT * FROM (SELECT priority, rank, id, not_before, valid_until, prefer FROM message
  WHERE state = 'queued' AND imsi IS NULL AND waits_for IS NULL AND prefer = ?1 AND priority = 3 ORDER BY rank, id LIMIT 1)

-- name: message
SELECT m.public_id, m.kind, m.subject_id, m.text_sealed, m.priority, m.valid_until, m.segments,
       m.concat_ref, m.replace_pid, m.target_attempt, b.text, b.flash, b.recallable, b.purpose, b.state,
       b.public_id, m.batch_id, (SELECT id FROM part WHERE message_id = m.id ORDER BY seq LIMIT 1), s.state,
       -- The newest before it to the same number, of its class, that was begun and is not through. An emergency
       -- waits for what is on the air only.
       (SELECT max(e.id) FROM message e WHERE e.subject_id = m.subject_id AND e.tries > 0
          AND e.state IN ('queued', 'scheduled', 'submitting') AND e.id < m.id AND e.priority = m.priority
          AND (m.priority > 0 OR e.state = 'submitting'))
FROM message m JOIN batch b ON b.id = m.batch_id JOIN subject s ON s.id = m.subject_id WHERE m.id = ?

-- name: last_reference
SELECT concat_ref FROM message WHERE subject_id = ? AND concat_ref IS NOT NULL ORDER BY id DESC LIMIT 1

-- name: wait_for
UPDATE message SET waits_for = ? WHERE id = ?

-- name: defer
UPDATE message SET not_before = ? WHERE id = ?

-- name: insert_attempts
-- One for each part that is missing.
INSERT INTO attempt (part_id, modem, imsi, concat_ref, intent_at, resend_of)
SELECT p.id, ?2, ?3, ?4, ?5,
  (SELECT max(id) FROM attempt WHERE part_id = p.id AND outcome NOT IN ('open', 'unsent', 'refused'))
FROM part p WHERE p.message_id = ?1 AND p.state = 'queued' ORDER BY p.seq
RETURNING id, (SELECT seq FROM part WHERE part.id = part_id)

-- name: insert_attempt
INSERT INTO attempt (part_id, modem, imsi, concat_ref, intent_at, resend_of)
VALUES (?1, ?2, ?3, ?4, ?5,
  (SELECT max(id) FROM attempt WHERE part_id = ?1 AND outcome NOT IN ('open', 'unsent', 'refused')))

-- name: target
SELECT tp_mr FROM attempt WHERE id = ?

-- name: slots
SELECT pid FROM replace_slot WHERE imsi = ? AND subject_id = ? ORDER BY at

-- name: take_slot
INSERT INTO replace_slot (imsi, subject_id, pid, message_id, at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET message_id = excluded.message_id, at = excluded.at
