-- name: database_id
SELECT value FROM fact WHERE name = 'database_id'

-- name: feed_head
SELECT coalesce(max(sequence), 0) FROM feed

-- name: shredded
SELECT ref FROM subject WHERE state = 'shredded'

-- name: revoked
SELECT revoked_at, public_id FROM api_key WHERE revoked_at IS NOT NULL

-- name: disabled
SELECT disabled_at, public_id FROM person WHERE disabled_at IS NOT NULL

-- name: opted_out
SELECT s.id, s.ref, s.state, s.blind, s.wrapped_key, s.key_generation, s.number_sealed, s.created_at,
       o.purpose, o.source, o.at, o.ref
FROM opt_out o JOIN subject s ON s.id = o.subject_id WHERE s.state <> 'shredded'

-- name: erasures
SELECT id, public_id, subject_id, actor, reason, requested_at, due_at, shredded_at, certificate FROM erasure

-- name: not_shredded
SELECT id FROM subject WHERE ref = ? AND state <> 'shredded'

-- name: revoke
UPDATE api_key SET revoked_at = ? WHERE public_id = ? AND revoked_at IS NULL

-- name: disable
UPDATE person SET disabled_at = ? WHERE public_id = ? AND disabled_at IS NULL

-- name: add_subject
INSERT INTO subject (id, ref, state, blind, wrapped_key, key_generation, number_sealed, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING

-- name: opt_out
INSERT INTO opt_out (subject_id, purpose, source, at, ref)
SELECT id, ?, ?, ?, ? FROM subject WHERE ref = ? ON CONFLICT DO NOTHING

-- name: restrict
UPDATE subject SET state = 'restricted' WHERE id = ? AND state = 'active'

-- name: add_erasure
INSERT OR REPLACE INTO erasure
  (id, public_id, subject_id, actor, reason, requested_at, due_at, shredded_at, certificate)
SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 WHERE EXISTS (SELECT 1 FROM subject WHERE id = ?3)

-- name: advance_feed
INSERT INTO feed (sequence, at, topic, kind, ref, body)
SELECT ?1, ?2, 'store', 'advanced', '', '{}' WHERE ?1 > (SELECT coalesce(max(sequence), 0) FROM feed)
