ALTER TABLE actors ADD COLUMN also_known_as TEXT NOT NULL DEFAULT '[]';
--bun:split
ALTER TABLE actors ADD COLUMN moved_to TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE actors ADD COLUMN moved_at BIGINT;
--bun:split
ALTER TABLE actors ADD COLUMN sites TEXT NOT NULL DEFAULT '[]';
--bun:split
ALTER TABLE follows ADD COLUMN replaces_id TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE follows ADD COLUMN replaced_at BIGINT;
--bun:split
CREATE INDEX follows_replaced ON follows (follower_id, replaced_at) WHERE replaced_at IS NOT NULL;
