-- What the author of a post of another node lets others do with it (JSON; NULL
-- for everything), and where it can be read that they take an answer.
ALTER TABLE posts ADD COLUMN consent TEXT;
ALTER TABLE posts ADD COLUMN approval TEXT NOT NULL DEFAULT '';
UPDATE posts SET consent = '{"reply":{"leave":"' || answering || '"}}' WHERE answering <> '';
ALTER TABLE posts DROP COLUMN answering;

-- A like that waits for the author of the post is not counted.
ALTER TABLE likes ADD COLUMN waits BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE likes ADD COLUMN approval TEXT NOT NULL DEFAULT '';
