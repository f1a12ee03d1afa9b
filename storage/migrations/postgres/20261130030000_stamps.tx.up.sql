-- Stamps: what the people of sources say of clones so that everybody can check
-- it. Sources know which ones they gave and withdrew, clones which they await.
ALTER TABLE clones ADD COLUMN compared BOOLEAN NOT NULL DEFAULT FALSE;
--bun:split
ALTER TABLE clones ADD COLUMN withdrawn_at BIGINT;
--bun:split
ALTER TABLE processes ADD COLUMN origin_stamp TEXT NOT NULL DEFAULT '';
--bun:split
-- Stamps that are kept, of clones on this node and of those that it read.
CREATE TABLE stamps (
    iri        TEXT   PRIMARY KEY,
    clone      TEXT   NOT NULL UNIQUE,
    source     TEXT   NOT NULL,
    owner      TEXT   NOT NULL,
    version    TEXT   NOT NULL,
    digest     TEXT   NOT NULL,
    stamped_at BIGINT NOT NULL,
    method     TEXT   NOT NULL,
    key        TEXT   NOT NULL,
    document   TEXT   NOT NULL,
    checked_at BIGINT NOT NULL
);
