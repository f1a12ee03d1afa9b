-- How partners were called when they were asked to sign a story, for when they
-- are no more.
ALTER TABLE story_cosignatures ADD COLUMN partner_name TEXT NOT NULL DEFAULT '{}'; -- JSON
