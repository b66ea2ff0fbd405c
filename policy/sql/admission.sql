-- name: unapproved
-- Distinct recipients of what a submitter sent since a moment and no second person approved.
SELECT DISTINCT m.subject_id
FROM batch b JOIN message m ON m.batch_id = b.id
WHERE b.submitter IN (SELECT ?1 UNION SELECT 'key:' || public_id FROM api_key WHERE person_id = ?2)
  AND b.created_at > ?3
  AND b.priority <> 0
  AND b.kind <> 'drill'
  AND m.kind <> 'command'
  AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.batch_id = b.id AND d.kind = 'approve')
  AND NOT EXISTS (SELECT 1 FROM recall r WHERE r.id = b.recall_id AND r.approved_by IS NOT NULL)
LIMIT ?4
