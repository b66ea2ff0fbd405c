-- Alarms: what a person should know of, open until it is over. They follow the feed: whatever tells
-- `alarm/<code>` there stands here too, raised once and cleared once (by whoever told it).
CREATE TABLE alarm (
  id         INTEGER PRIMARY KEY,
  code       TEXT    NOT NULL,
  ref        TEXT    NOT NULL,          -- modem label, public id … ; '' = the gateway itself
  body       TEXT    NOT NULL,          -- as in the feed: nothing personal
  raised_at  INTEGER NOT NULL,
  cleared_at INTEGER,                   -- a mere happening is over as it is told
  told_at    INTEGER,                   -- when the duty phones were told that it was raised
  over_at    INTEGER,                   -- … that it is over
  notice     TEXT                       -- the batch that told them last (public id)
) STRICT;
CREATE UNIQUE INDEX alarm_open ON alarm (code, ref) WHERE cleared_at IS NULL;
CREATE INDEX alarm_told ON alarm (told_at) WHERE told_at IS NOT NULL;

CREATE TRIGGER feed_alarm_raised AFTER INSERT ON feed
WHEN NEW.topic = 'alarm' AND coalesce(json_extract(NEW.body, '$.raised'), 1) = 1
BEGIN
  INSERT OR IGNORE INTO alarm (code, ref, body, raised_at, cleared_at)
  VALUES (NEW.kind, NEW.ref, NEW.body, NEW.at,
          CASE WHEN json_extract(NEW.body, '$.raised') IS NULL THEN NEW.at END);
END;
CREATE TRIGGER feed_alarm_cleared AFTER INSERT ON feed
WHEN NEW.topic = 'alarm' AND json_extract(NEW.body, '$.raised') = 0
BEGIN
  UPDATE alarm SET cleared_at = NEW.at WHERE code = NEW.kind AND ref = NEW.ref AND cleared_at IS NULL;
END;
