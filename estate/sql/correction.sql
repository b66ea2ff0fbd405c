-- name: move_residents
UPDATE OR IGNORE resident SET subject_id = ? WHERE subject_id = ?

-- name: drop_residents
-- The new number lived there already.
DELETE FROM resident WHERE subject_id = ?
