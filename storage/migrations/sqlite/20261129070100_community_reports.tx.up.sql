-- The community of this node in which stands what was reported; '' for none.
ALTER TABLE reports ADD COLUMN community_id TEXT NOT NULL DEFAULT '';
--bun:split
CREATE INDEX reports_community ON reports (community_id, state, serial) WHERE community_id <> '';
