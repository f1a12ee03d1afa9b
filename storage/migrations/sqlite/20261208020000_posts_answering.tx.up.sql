-- Whom the author of a post of another node lets answer it; '' for everybody.
ALTER TABLE posts ADD COLUMN answering TEXT NOT NULL DEFAULT '';
