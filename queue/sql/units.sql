-- name: usage
SELECT intent_at FROM attempt WHERE imsi = ? AND intent_at > ? AND outcome <> 'unsent'
