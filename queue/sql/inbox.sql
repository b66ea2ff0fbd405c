-- name: insert_part
INSERT OR IGNORE INTO inbox_part (subject_id, imsi, reference, total, seq, text_sealed, fingerprint, smsc_at, received_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: recent
SELECT id, subject_id, imsi, reference, total, seq, text_sealed, smsc_at, received_at FROM inbox_part
WHERE received_at >= ?

-- name: refingerprint
UPDATE OR IGNORE inbox_part SET fingerprint = ? WHERE id = ?

-- name: open_parts
-- Parts of long messages that wait for the rest: newest first.
SELECT id, seq, text_sealed, smsc_at, received_at FROM inbox_part
WHERE subject_id = ? AND imsi = ? AND reference = ? AND total = ? AND inbox_id IS NULL AND received_at >= ?
ORDER BY id DESC

-- name: insert
INSERT INTO inbox (public_id, subject_id, text_sealed, imsi, modem, segments, complete, smsc_at, received_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: join
UPDATE inbox_part SET inbox_id = ? WHERE id = ?

-- name: stale
SELECT subject_id, imsi, reference, total FROM inbox_part
WHERE inbox_id IS NULL
GROUP BY subject_id, imsi, reference, total
HAVING max(received_at) < ?
