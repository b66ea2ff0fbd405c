-- name: insert
INSERT INTO audit_anchor (kind, size, root, by, proof, at, batch) VALUES (?, ?, ?, ?, ?, ?, ?)

-- name: last
SELECT size, at FROM audit_anchor WHERE kind = ? ORDER BY id DESC LIMIT 1

-- name: newest
SELECT kind, size, root, at, by, batch FROM audit_anchor ORDER BY id DESC LIMIT ?

-- name: upto
SELECT kind, size, root, at, by, proof FROM audit_anchor WHERE size <= ? ORDER BY id

-- name: head
SELECT size, epoch, note FROM audit_checkpoint ORDER BY size DESC LIMIT 1

-- name: nodes
SELECT nodes FROM audit_checkpoint WHERE size = ?

-- name: leaves
SELECT leaf FROM audit_record WHERE seq >= ? AND seq < ? ORDER BY seq
