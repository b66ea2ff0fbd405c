-- name: find
SELECT id FROM household WHERE building = ? AND unit = ? AND room = ?

-- name: insert
INSERT INTO household (public_id, building, unit, room, sample) VALUES (?, ?, ?, ?, 1)

-- name: insert_resident
INSERT INTO resident (household_id, subject_id, role) VALUES (?, ?, ?) ON CONFLICT DO NOTHING

-- name: subjects
SELECT r.subject_id FROM resident r JOIN household h ON h.id = r.household_id ORDER BY h.id, r.id
