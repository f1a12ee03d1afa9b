-- How often a story has how many stars, as its owner counts them: JSON. The
-- terms of kind "rating" follow from it.
ALTER TABLE stories ADD COLUMN ratings TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE stories ADD COLUMN rated_at BIGINT;
