-- What a process was as it was brought last: what changed since on either side
-- is measured by it when a later export comes. It names nobody.
CREATE TABLE brought_bases (
    process_id TEXT PRIMARY KEY,
    body       TEXT NOT NULL
);
--bun:split
CREATE INDEX bringings_from ON bringings (iri) WHERE process_id <> '';
