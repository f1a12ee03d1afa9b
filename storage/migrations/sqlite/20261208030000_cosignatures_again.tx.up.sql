-- Why a partner did not sign or took its signature back, when it did, and
-- whether it wants to be asked again for the story.
ALTER TABLE story_cosignatures ADD COLUMN reason TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE story_cosignatures ADD COLUMN never BOOLEAN NOT NULL DEFAULT FALSE;
--bun:split
ALTER TABLE story_cosignatures ADD COLUMN withdrawn_at BIGINT;
