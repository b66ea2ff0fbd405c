-- name: waiting
SELECT EXISTS (SELECT 1 FROM inbox WHERE id > (SELECT inbox_id FROM reply_cursor))

-- name: unread
SELECT id, public_id, subject_id, text_sealed, received_at FROM inbox
WHERE id > (SELECT inbox_id FROM reply_cursor) ORDER BY id LIMIT ?

-- name: advance
UPDATE reply_cursor SET inbox_id = ? WHERE inbox_id < ?
