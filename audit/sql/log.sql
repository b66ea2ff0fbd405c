-- name: database_id
SELECT value FROM fact WHERE name = 'database_id'

-- name: insert_record
INSERT INTO audit_record (seq, header, body, leaf) VALUES (?, ?, ?, ?)

-- name: records_from
SELECT seq, header, body, leaf FROM audit_record WHERE seq >= ? ORDER BY seq

-- name: leaf
SELECT leaf FROM audit_record WHERE seq = ?

-- name: header
SELECT header FROM audit_record WHERE seq = ?

-- name: last_checkpoint
SELECT c.size, c.epoch, c.note, c.nodes, e.public_key
FROM audit_checkpoint c JOIN audit_epoch e ON e.epoch = c.epoch
ORDER BY c.size DESC LIMIT 1

-- name: insert_checkpoint
INSERT INTO audit_checkpoint (size, epoch, note, nodes, at) VALUES (?, ?, ?, ?, ?)

-- name: last_epoch
SELECT epoch, first_seq, close_seq FROM audit_epoch WHERE first_seq IS NOT NULL ORDER BY epoch DESC LIMIT 1

-- name: unsigned_closings
SELECT epoch, close_seq FROM audit_epoch WHERE close_seq IS NOT NULL AND signer IS NOT NULL ORDER BY epoch

-- name: announce_epoch
INSERT INTO audit_epoch (epoch, public_key, signer, generation) VALUES (?, ?, ?, ?)

-- name: open_epoch
UPDATE audit_epoch SET first_seq = ?, signer = ?, hot = ?, generation = ?, opened_at = ? WHERE epoch = ?

-- name: close_epoch
UPDATE audit_epoch SET close_seq = ? WHERE epoch = ?

-- name: destroy_signer
UPDATE audit_epoch SET signer = NULL WHERE epoch = ?

-- name: expire_hot
UPDATE audit_epoch SET hot = NULL WHERE hot IS NOT NULL AND opened_at < ?

-- name: signer
SELECT signer, generation, public_key FROM audit_epoch WHERE epoch = ?

-- name: hot
SELECT hot, generation FROM audit_epoch WHERE epoch = ?

-- name: newest
SELECT seq, header, body FROM audit_record WHERE seq < ? ORDER BY seq DESC LIMIT ?

-- name: newest_signed
SELECT at FROM audit_checkpoint ORDER BY size DESC LIMIT 1
