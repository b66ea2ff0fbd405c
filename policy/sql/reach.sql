-- name: unapproved
-- Distinct recipients of what a submitter sent since a moment and no second person approved.
SELECT DISTINCT m.subject_id
FROM batch b JOIN message m ON m.batch_id = b.id
WHERE b.submitter IN (SELECT ?1 UNION SELECT 'key:' || public_id FROM api_key WHERE person_id = ?2)
  AND b.created_at > ?3
  AND b.priority <> 0
  AND b.kind <> 'drill'
  AND m.kind <> 'command'
  AND (b.released_at IS NULL OR NOT EXISTS (SELECT 1 FROM decision d WHERE d.batch_id = b.id AND d.kind = 'approve'))
  AND NOT EXISTS (SELECT 1 FROM recall r WHERE r.id = b.recall_id AND r.approved_by IS NOT NULL)
  AND (?5 = '[]' OR NOT EXISTS (SELECT 1 FROM batch_template t, json_each(?5) j
                                WHERE t.batch_id = b.id AND t.template = j.value))
LIMIT ?4

-- name: last
SELECT coalesce(max(id), 0) FROM batch

-- name: added
-- At most so many recipients more since a batch: going by its number, whatever the clock did.
SELECT coalesce(sum(b.total), 0) FROM batch b
WHERE b.id > ?3 AND +b.submitter IN (SELECT ?1 UNION SELECT 'key:' || public_id FROM api_key WHERE person_id = ?2)

-- name: recalls
SELECT coalesce(sum(b.total), 0) FROM batch b
WHERE b.submitter IN (SELECT ?1 UNION SELECT 'key:' || public_id FROM api_key WHERE person_id = ?2)
  AND b.created_at > ?3
  AND b.kind = 'recall'
