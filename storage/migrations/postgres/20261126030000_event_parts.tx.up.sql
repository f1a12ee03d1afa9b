-- The part of its subject that an event is about, such as an item of a
-- process: its history is read by it.
ALTER TABLE events ADD COLUMN part TEXT NOT NULL DEFAULT '';
--bun:split
CREATE INDEX events_part ON events (part, seq) WHERE part <> '';
