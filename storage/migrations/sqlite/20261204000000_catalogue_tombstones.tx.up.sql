-- What is left of entries that their owners deleted: their addresses stay
-- taken, and what imports and other nodes call by them does not come back.
CREATE TABLE catalogue_tombstones (
    iri         TEXT   PRIMARY KEY,
    id          TEXT   NOT NULL UNIQUE, -- of the entry
    kind        TEXT   NOT NULL,
    host        TEXT   NOT NULL, -- '' for an entry of this node
    slug        TEXT   NOT NULL,
    slug_folded TEXT   NOT NULL,
    import_key  TEXT   NOT NULL,
    replacement TEXT   NOT NULL,
    deleted_at  BIGINT NOT NULL
);
--bun:split
CREATE INDEX catalogue_tombstones_address ON catalogue_tombstones (kind, slug_folded, host);
--bun:split
CREATE INDEX catalogue_tombstones_newest ON catalogue_tombstones (host, deleted_at);
