-- Releases: of processes of this node, and the newest of the sources of its
-- clones.
CREATE TABLE releases (
    id          TEXT   PRIMARY KEY,
    serial      BIGINT NOT NULL UNIQUE,
    iri         TEXT   NOT NULL UNIQUE,
    process_iri TEXT   NOT NULL,
    process_id  TEXT   NOT NULL REFERENCES actors (id),
    host        TEXT   NOT NULL, -- of the process; '' for this node
    version     TEXT   NOT NULL,
    number      BIGINT NOT NULL, -- orders versions
    previous    TEXT   NOT NULL,
    title       TEXT   NOT NULL, -- JSON
    note        TEXT   NOT NULL, -- JSON
    licence     TEXT   NOT NULL,
    changes     TEXT   NOT NULL, -- JSON
    items       BIGINT NOT NULL,
    digest      TEXT   NOT NULL,
    released_at BIGINT NOT NULL,
    released_by TEXT   NOT NULL, -- '' for another node's
    state       TEXT   NOT NULL,
    revision    BIGINT NOT NULL
);
--bun:split
CREATE UNIQUE INDEX releases_version ON releases (process_iri, number);
--bun:split
CREATE INDEX releases_process ON releases (process_id);
--bun:split
CREATE INDEX releases_released_by ON releases (released_by);
--bun:split
-- The tree of a release, in its order.
CREATE TABLE release_items (
    release_id TEXT   NOT NULL REFERENCES releases (id) ON DELETE CASCADE,
    place      BIGINT NOT NULL,
    item       TEXT   NOT NULL, -- JSON
    PRIMARY KEY (release_id, place)
);
--bun:split
-- Which clones were told of which releases.
CREATE TABLE release_tellings (
    process_id TEXT NOT NULL REFERENCES processes (id) ON DELETE CASCADE,
    release_id TEXT NOT NULL REFERENCES releases (id) ON DELETE CASCADE,
    PRIMARY KEY (process_id, release_id)
);
--bun:split
CREATE INDEX release_tellings_release ON release_tellings (release_id);
--bun:split
-- What a clone knows of its source: its items as the clone last took or looked
-- at them.
CREATE TABLE source_items (
    process_id  TEXT NOT NULL REFERENCES processes (id) ON DELETE CASCADE,
    source_item TEXT NOT NULL, -- '' for the order of the phases
    base        TEXT NOT NULL, -- JSON
    PRIMARY KEY (process_id, source_item)
);
--bun:split
-- Releases that were merged into clones.
CREATE TABLE release_merges (
    id          TEXT   PRIMARY KEY,
    serial      BIGINT NOT NULL UNIQUE,
    process_id  TEXT   NOT NULL REFERENCES processes (id) ON DELETE CASCADE,
    release_id  TEXT   NOT NULL,
    release_iri TEXT   NOT NULL,
    version     TEXT   NOT NULL,
    digest      TEXT   NOT NULL,
    taken       BIGINT NOT NULL,
    kept        BIGINT NOT NULL,
    record      TEXT   NOT NULL, -- JSON
    merged_by   TEXT   NOT NULL,
    merged_at   BIGINT NOT NULL,
    undone_by   TEXT   NOT NULL,
    undone_at   BIGINT,
    revision    BIGINT NOT NULL
);
--bun:split
CREATE INDEX release_merges_process ON release_merges (process_id, serial);
--bun:split
CREATE INDEX release_merges_merged_by ON release_merges (merged_by);
--bun:split
CREATE INDEX release_merges_undone_by ON release_merges (undone_by);
