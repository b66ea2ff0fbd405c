-- The SIM that a message would rather go by, and the order of those that have none (queue).

-- IMSI of the SIM that its recipient knows, or PLMNs (comma-separated) of the operators that its number is routed
-- to; only for normal and bulk. Every IMSI that begins so fits.
ALTER TABLE message ADD COLUMN prefer TEXT CHECK (prefer IS NULL OR priority >= 2);

-- A message is in one of two orders: of those that any SIM may take, or of those that would rather have one.
DROP INDEX message_ready;
CREATE INDEX message_ready    ON message (priority, rank)
  WHERE state = 'queued' AND imsi IS NULL AND waits_for IS NULL AND prefer IS NULL;
CREATE INDEX message_choosy   ON message (priority, rank)
  WHERE state = 'queued' AND imsi IS NULL AND waits_for IS NULL AND prefer IS NOT NULL;
CREATE INDEX message_prefers  ON message (prefer, priority, rank)
  WHERE state = 'queued' AND imsi IS NULL AND waits_for IS NULL AND prefer IS NOT NULL;
