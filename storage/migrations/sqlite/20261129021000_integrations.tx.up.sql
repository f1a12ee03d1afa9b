-- Software Interlinkers that are connected, and what they keep for tasks.
CREATE TABLE integrations (
    id              TEXT    PRIMARY KEY,
    interlinker_id  TEXT    NOT NULL,
    interlinker_iri TEXT    NOT NULL UNIQUE,
    base            TEXT    NOT NULL,
    capabilities    TEXT    NOT NULL, -- with spaces between them
    frame           BOOLEAN NOT NULL,
    enabled         BOOLEAN NOT NULL,
    state           TEXT    NOT NULL,
    answer          TEXT    NOT NULL,
    checked_at      BIGINT,
    since           BIGINT,
    created_at      BIGINT  NOT NULL,
    revision        BIGINT  NOT NULL
);
--bun:split
ALTER TABLE resources ADD COLUMN asset TEXT NOT NULL DEFAULT '';
--bun:split
CREATE UNIQUE INDEX resources_asset ON resources (process_id, interlinker_iri, asset) WHERE asset <> '';
