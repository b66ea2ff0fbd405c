-- name: batch_is_live
SELECT EXISTS (SELECT 1 FROM message WHERE batch_id = ?
               AND state IN ('held', 'scheduled', 'queued', 'submitting', 'in_doubt'))

-- name: batch_sending
UPDATE batch SET state = 'sending', finished_at = NULL
WHERE id = ? AND state IN ('scheduled', 'done')

-- name: batch_done
UPDATE batch SET state = 'done', finished_at = ? WHERE id = ? AND state IN ('scheduled', 'sending')

-- name: batch_state
SELECT public_id, state, priority, total FROM batch WHERE id = ?

-- name: set_batch
UPDATE batch SET state = :state,
  released_at = CASE WHEN :state IN ('scheduled', 'sending') THEN coalesce(released_at, :now) ELSE released_at END,
  finished_at = CASE WHEN :state IN ('returned', 'rejected', 'cancelled', 'done') THEN :now END
WHERE id = :id
