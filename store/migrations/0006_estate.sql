-- Households of the estate; deepened later (estate).
CREATE TABLE household (
  id        INTEGER PRIMARY KEY,
  public_id TEXT    NOT NULL UNIQUE,
  building  TEXT    NOT NULL,
  unit      TEXT    NOT NULL,
  room      TEXT    NOT NULL,
  sample    INTEGER NOT NULL DEFAULT 0,  -- made up, from the sample data
  UNIQUE (building, unit, room)
) STRICT;
CREATE TABLE resident (
  id           INTEGER PRIMARY KEY,
  household_id INTEGER NOT NULL REFERENCES household (id),
  subject_id   INTEGER NOT NULL REFERENCES subject (id),
  role         TEXT    NOT NULL CHECK (role IN ('owner', 'tenant', 'family')),
  UNIQUE (household_id, subject_id)
) STRICT;
