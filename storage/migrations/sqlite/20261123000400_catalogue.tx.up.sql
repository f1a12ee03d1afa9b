-- Entries of this node's catalogue (host = '') and copies of other nodes'.
CREATE TABLE catalogue_entries (
    id           TEXT   PRIMARY KEY,
    serial       BIGINT NOT NULL UNIQUE,
    kind         TEXT   NOT NULL,
    iri          TEXT   NOT NULL UNIQUE,
    owner_id     TEXT   NOT NULL REFERENCES actors (id),
    host         TEXT   NOT NULL,
    slug         TEXT   NOT NULL,
    slug_folded  TEXT   NOT NULL,
    import_key   TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    summary      TEXT   NOT NULL,
    nature       TEXT   NOT NULL,
    difficulty   TEXT   NOT NULL,
    licence      TEXT   NOT NULL,
    content      TEXT   NOT NULL,
    sort         TEXT   NOT NULL,
    search       TEXT   NOT NULL,
    status       TEXT   NOT NULL,
    replacement  TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    hash         TEXT   NOT NULL,
    published_at BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    revision     BIGINT NOT NULL
);
--bun:split
CREATE UNIQUE INDEX catalogue_entries_address ON catalogue_entries (kind, slug_folded, host);
--bun:split
CREATE INDEX catalogue_entries_sort ON catalogue_entries (kind, sort, id);
--bun:split
CREATE INDEX catalogue_entries_feed ON catalogue_entries (host, status, serial);
--bun:split
-- Whether anything changed is asked often.
CREATE INDEX catalogue_entries_revision ON catalogue_entries (revision);
--bun:split
-- What entries are filtered by, where they have several values.
CREATE TABLE catalogue_values (
    entry_id TEXT NOT NULL REFERENCES catalogue_entries (id),
    facet    TEXT NOT NULL,
    value    TEXT NOT NULL,
    PRIMARY KEY (entry_id, facet, value)
);
--bun:split
CREATE INDEX catalogue_values_value ON catalogue_values (facet, value, entry_id);
