-- Archives of nodes that administrators brought, and their parts: body is the
-- whole of what else there is to say, as JSON. What waits or failed has its
-- bytes among the files.
CREATE TABLE node_imports (
    id          TEXT   PRIMARY KEY,
    serial      BIGINT NOT NULL UNIQUE,
    importer_id TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    body        TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    revision    BIGINT NOT NULL
);
--bun:split
CREATE TABLE node_import_parts (
    import_id TEXT   NOT NULL REFERENCES node_imports (id) ON DELETE CASCADE,
    serial    BIGINT NOT NULL, -- its place, from 1
    iri       TEXT   NOT NULL,
    sha256    TEXT   NOT NULL,
    outcome   TEXT   NOT NULL,
    made      TEXT   NOT NULL,
    body      TEXT   NOT NULL,
    PRIMARY KEY (import_id, serial)
);
--bun:split
CREATE INDEX node_import_parts_sha256 ON node_import_parts (sha256);
--bun:split
CREATE INDEX node_import_parts_iri ON node_import_parts (iri);
--bun:split
CREATE INDEX node_import_parts_outcome ON node_import_parts (import_id, outcome, serial);
