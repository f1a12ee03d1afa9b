-- Whether a clone had all of a release when it was told of it: it offered it to
-- its source itself, and is not behind.
ALTER TABLE release_tellings ADD COLUMN had BOOLEAN NOT NULL DEFAULT FALSE;
