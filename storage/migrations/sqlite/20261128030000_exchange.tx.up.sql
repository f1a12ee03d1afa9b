-- Addresses from which the node imports into its catalogue by itself, with what
-- came of it last.
CREATE TABLE catalogue_sources (
    id         TEXT   PRIMARY KEY,
    address    TEXT   NOT NULL UNIQUE,
    format     TEXT   NOT NULL,
    every      TEXT   NOT NULL,
    next_at    BIGINT NOT NULL,
    last_at    BIGINT,
    outcome    TEXT   NOT NULL,
    report     TEXT   NOT NULL,
    etag       TEXT   NOT NULL,
    modified   TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    revision   BIGINT NOT NULL
);
--bun:split
CREATE INDEX catalogue_sources_next ON catalogue_sources (next_at);
--bun:split
-- Problem profiles of other nodes and vocabularies that are the same as one of
-- this node (skos:exactMatch).
CREATE TABLE catalogue_matches (
    profile_iri TEXT NOT NULL,
    other_iri   TEXT NOT NULL,
    PRIMARY KEY (profile_iri, other_iri)
);
