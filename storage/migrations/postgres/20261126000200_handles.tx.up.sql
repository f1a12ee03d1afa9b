-- The host of an actor's handle where that is another than the host of its address; '' for others.
ALTER TABLE actors ADD COLUMN handle_host TEXT NOT NULL DEFAULT '';
--bun:split
CREATE INDEX actors_handle_host ON actors (handle_host, name) WHERE handle_host <> '';
