-- A like that the author of the post does not take is kept for a while, so that
-- who gave it reads so; waits is true of it, and it is not counted.
ALTER TABLE likes ADD COLUMN declined_at BIGINT;

-- A share of a third server, too, may have the approval of the author of the post.
ALTER TABLE feed ADD COLUMN approval TEXT NOT NULL DEFAULT '';

-- What was approved is found when the approval is taken back.
CREATE INDEX likes_approval ON likes (approval) WHERE approval <> '';
CREATE INDEX feed_approval ON feed (approval) WHERE approval <> '';
CREATE INDEX likes_declined ON likes (declined_at) WHERE declined_at IS NOT NULL;
CREATE INDEX posts_approval ON posts (approval) WHERE approval <> '';
