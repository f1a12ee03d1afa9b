-- What one person did, for the log and for their own data.
CREATE INDEX events_actor ON events (actor, seq) WHERE actor <> '';
