-- name: attempt
SELECT a.part_id, a.imsi, p.message_id, p.state FROM attempt a JOIN part p ON p.id = a.part_id
WHERE a.id = ? AND a.outcome = 'open'

-- name: message
SELECT tries, priority, valid_until FROM message WHERE id = ?

-- name: close_attempt
UPDATE attempt SET outcome = ?, tp_mr = ?, cause = ?, handed_at = ?, answered_at = ? WHERE id = ?

-- name: begun_parts
SELECT EXISTS (SELECT 1 FROM part WHERE message_id = ? AND state IN ('submitted', 'in_doubt', 'delivered', 'undeliverable'))

-- name: pin
UPDATE message SET imsi = ? WHERE id = ?

-- name: give_back_try
UPDATE message SET tries = max(tries - 1, 0) WHERE id = ?

-- name: defer
UPDATE message SET not_before = ? WHERE id = ?
