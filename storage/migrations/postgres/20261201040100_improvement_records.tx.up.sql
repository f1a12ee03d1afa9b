-- What taking an improvement changed of the source, which can take it back.
ALTER TABLE improvements ADD COLUMN record TEXT NOT NULL DEFAULT '{}'; -- JSON
