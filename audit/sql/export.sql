-- name: last_checkpoint
SELECT size, epoch FROM audit_checkpoint ORDER BY size DESC LIMIT 1

-- name: period
SELECT min(seq), max(seq) FROM audit_record
WHERE seq < :size
  AND json_extract(CAST(header AS TEXT), '$.ts') >= :from
  AND (:to = '' OR json_extract(CAST(header AS TEXT), '$.ts') < :to)

-- name: last_before
SELECT max(seq) FROM audit_record
WHERE seq < :size AND json_extract(CAST(header AS TEXT), '$.ts') < :from

-- name: records
SELECT seq, header, body, leaf FROM audit_record WHERE seq < ? ORDER BY seq

-- name: epochs
SELECT epoch, first_seq, close_seq, public_key FROM audit_epoch WHERE first_seq < ? ORDER BY epoch

-- name: checkpoints
SELECT note FROM audit_checkpoint WHERE size <= ? ORDER BY size

-- name: has_signer
SELECT 1 FROM audit_epoch WHERE epoch = ? AND signer IS NOT NULL
