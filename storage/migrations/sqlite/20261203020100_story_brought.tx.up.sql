-- When an administrator brought a story of another node in an archive; 0 if it
-- came otherwise.
ALTER TABLE stories ADD COLUMN brought_at BIGINT NOT NULL DEFAULT 0;
