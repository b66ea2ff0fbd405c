-- Fewer pages for each commit to write: every table and index that a message touches costs one.

-- Without AUTOINCREMENT, whose counter is a page of its own: numbers are never used twice because the newest row stays.
CREATE TABLE feed_next (
  sequence INTEGER PRIMARY KEY,
  at       INTEGER NOT NULL,
  topic    TEXT    NOT NULL,
  kind     TEXT    NOT NULL,
  ref      TEXT    NOT NULL,
  body     TEXT    NOT NULL CHECK (json_valid(body))
) STRICT;
INSERT INTO feed_next SELECT sequence, at, topic, kind, ref, body FROM feed ORDER BY sequence;
INSERT INTO feed_next
SELECT seq, CAST(unixepoch() AS INTEGER) * 1000000, 'store', 'advanced', '', '{}' FROM sqlite_sequence
WHERE name = 'feed' AND seq > (SELECT coalesce(max(sequence), 0) FROM feed_next);
DROP TABLE feed;
ALTER TABLE feed_next RENAME TO feed;
CREATE TRIGGER feed_newest_stays BEFORE DELETE ON feed
WHEN NOT EXISTS (SELECT 1 FROM feed WHERE sequence > OLD.sequence)
BEGIN
  SELECT RAISE(ABORT, 'the newest row of the feed stays: its number must not be used twice');
END;
-- As they were.
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

-- The history of a part lies together, under the part's id: no index beside the table.
DROP TRIGGER part_history;
CREATE TABLE history_next (
  part_id    INTEGER NOT NULL REFERENCES part (id),
  step       INTEGER NOT NULL,          -- 1, 2, … of this part
  from_state TEXT    NOT NULL,
  to_state   TEXT    NOT NULL,
  cause      TEXT,
  at         INTEGER NOT NULL,
  PRIMARY KEY (part_id, step)
) STRICT, WITHOUT ROWID;
INSERT INTO history_next
SELECT part_id, row_number() OVER (PARTITION BY part_id ORDER BY id), from_state, to_state, cause, at FROM history
ORDER BY part_id, id;
DROP TABLE history;
ALTER TABLE history_next RENAME TO history;
CREATE TRIGGER part_history AFTER UPDATE OF state ON part
WHEN OLD.state <> NEW.state
BEGIN
  INSERT INTO history (part_id, step, from_state, to_state, cause, at)
  VALUES (NEW.id, 1 + coalesce((SELECT max(step) FROM history WHERE part_id = NEW.id), 0),
          OLD.state, NEW.state, NEW.cause, NEW.updated_at);
END;

-- What is on the air is found by its open attempt.
DROP INDEX part_live;
CREATE INDEX part_in_doubt ON part (updated_at) WHERE state = 'in_doubt';

-- Reports that matched are found by their attempt; an index for each subject is needed for the others alone.
DROP INDEX status_report_subject;
DROP INDEX status_report_waiting;
CREATE INDEX status_report_waiting ON status_report (subject_id, imsi) WHERE attempt_id IS NULL;

-- One trigger for both, which writes only where somebody waits: it runs with every move of every message.
DROP TRIGGER message_lets_go;
DROP TRIGGER message_lets_emergencies_go;
CREATE TRIGGER message_lets_go AFTER UPDATE OF state ON message
WHEN OLD.state IN ('queued', 'scheduled', 'submitting')
 AND (NEW.state NOT IN ('queued', 'scheduled', 'submitting')
      -- An emergency waits only for what is on the air: one that was put back holds up no other.
      OR (NEW.priority = 0 AND OLD.state = 'submitting' AND NEW.state <> 'submitting'))
 AND EXISTS (SELECT 1 FROM message WHERE waits_for = NEW.id)
BEGIN
  UPDATE message SET waits_for = NULL WHERE waits_for = NEW.id;
END;
