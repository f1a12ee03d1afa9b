-- What an actor's picture shows, in words, and its media type.
ALTER TABLE actors ADD COLUMN icon_type TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE actors ADD COLUMN icon_alt TEXT NOT NULL DEFAULT '';
