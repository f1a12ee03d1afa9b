-- What an administrator does not let pass as it is.
CREATE TABLE filters (
    id         TEXT    PRIMARY KEY,
    serial     BIGINT  NOT NULL UNIQUE,
    name       TEXT    NOT NULL UNIQUE,
    kind       TEXT    NOT NULL,
    pattern    TEXT    NOT NULL,
    most       BIGINT  NOT NULL,
    hours      BIGINT  NOT NULL,
    action     TEXT    NOT NULL,
    enabled    BOOLEAN NOT NULL,
    created_by TEXT    NOT NULL,
    created_at BIGINT  NOT NULL,
    revision   BIGINT  NOT NULL
);
--bun:split
-- How often a filter acted, by day.
CREATE TABLE filter_hits (
    filter_id TEXT   NOT NULL REFERENCES filters (id) ON DELETE CASCADE,
    day       BIGINT NOT NULL,
    hits      BIGINT NOT NULL,
    PRIMARY KEY (filter_id, day)
);
--bun:split
-- What was written lately, by the hash of its text, so that a filter counts it;
-- also what was turned down.
CREATE TABLE written (
    iri       TEXT   PRIMARY KEY,
    author_id TEXT   NOT NULL,
    host      TEXT   NOT NULL,
    print     TEXT   NOT NULL,
    at        BIGINT NOT NULL
);
--bun:split
CREATE INDEX written_author ON written (author_id, at);
--bun:split
CREATE INDEX written_host ON written (host, at);
--bun:split
CREATE INDEX written_print ON written (print, at);
--bun:split
CREATE INDEX written_at ON written (at);
