-- The reading of the lineage of a process across nodes: how far it is.
CREATE TABLE lineage_walks (
    process_id TEXT   PRIMARY KEY REFERENCES processes (id) ON DELETE CASCADE,
    state      TEXT   NOT NULL,
    ended_at   BIGINT,
    body       TEXT   NOT NULL, -- JSON
    revision   BIGINT NOT NULL
);
--bun:split
CREATE INDEX lineage_walks_ended ON lineage_walks (state, ended_at);
--bun:split
-- The processes of it, as they were read last.
CREATE TABLE lineage_kin (
    process_id TEXT   NOT NULL REFERENCES processes (id) ON DELETE CASCADE,
    iri        TEXT   NOT NULL,
    via        TEXT   NOT NULL, -- process that lists it among its clones; '' for none
    distance   BIGINT NOT NULL,
    walk       BIGINT NOT NULL, -- number of the last walk that looked for it
    tried_at   BIGINT,
    body       TEXT   NOT NULL, -- JSON
    place      BIGINT NOT NULL, -- in the tree, from 0; -1 while it has none
    placed     TEXT   NOT NULL, -- JSON
    PRIMARY KEY (process_id, iri)
);
--bun:split
CREATE INDEX lineage_kin_next ON lineage_kin (process_id, distance, tried_at);
--bun:split
CREATE INDEX lineage_kin_place ON lineage_kin (process_id, place);
