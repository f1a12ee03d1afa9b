-- Archives that people brought, and what was made of each: body is the whole
-- of it, as JSON, with what the process carries along from where it was.
CREATE TABLE bringings (
    id         TEXT   PRIMARY KEY,
    serial     BIGINT NOT NULL UNIQUE,
    bringer_id TEXT   NOT NULL,
    iri        TEXT   NOT NULL,
    sha256     TEXT   NOT NULL,
    process_id TEXT   NOT NULL,
    body       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    revision   BIGINT NOT NULL
);
--bun:split
CREATE INDEX bringings_bringer ON bringings (bringer_id, iri, sha256);
--bun:split
CREATE UNIQUE INDEX bringings_process ON bringings (process_id) WHERE process_id <> '';
