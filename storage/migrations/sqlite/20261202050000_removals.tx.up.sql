-- A post that those who moderate removed is kept as what they refused is: deletion
-- is the event that told of its end, pinned says whether its community showed it first.
ALTER TABLE held_posts ADD COLUMN deletion TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE held_posts ADD COLUMN pinned BOOLEAN NOT NULL DEFAULT FALSE;
--bun:split
DROP INDEX events_moderation;
--bun:split
CREATE INDEX events_moderation ON events (seq) WHERE kind IN ('post.deleted', 'post.expelled', 'post.restored', 'post.locked', 'post.unlocked', 'post.refused', 'community.banned', 'community.unbanned', 'community.role_given');
