-- When an administrator brought a story of another node in an archive; NULL if it
-- came otherwise.
ALTER TABLE stories ADD COLUMN brought_at BIGINT;
