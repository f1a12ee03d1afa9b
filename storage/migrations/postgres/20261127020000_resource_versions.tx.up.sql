-- Files that are kept, each once, by the SHA-256 of its bytes. A row is there
-- before its bytes are, and goes after them: see Processes.SweepFiles.
CREATE TABLE files (
    hash       TEXT   PRIMARY KEY,
    size       BIGINT NOT NULL,
    media_type TEXT   NOT NULL,
    noted_at   BIGINT NOT NULL
);
--bun:split
CREATE INDEX files_noted ON files (noted_at);
--bun:split
-- What resources were, and are: the present version is also in resources.
CREATE TABLE resource_versions (
    resource_id TEXT   NOT NULL REFERENCES resources (id),
    number      BIGINT NOT NULL,
    url         TEXT   NOT NULL,
    body        TEXT   NOT NULL,
    file_hash   TEXT   REFERENCES files (hash),
    file_name   TEXT   NOT NULL,
    file_type   TEXT   NOT NULL,
    size        BIGINT NOT NULL, -- of body or file
    summary     TEXT   NOT NULL,
    restored    BIGINT NOT NULL, -- number of the version that it brought back; 0 if none
    created_by  TEXT   NOT NULL REFERENCES actors (id),
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (resource_id, number)
);
--bun:split
CREATE INDEX resource_versions_file ON resource_versions (file_hash);
--bun:split
CREATE INDEX resource_versions_created_by ON resource_versions (created_by);
--bun:split
INSERT INTO resource_versions (resource_id, number, url, body, file_name, file_type, size, summary, restored, created_by, created_at)
SELECT id, 1, url, body, '', '', OCTET_LENGTH(body), '', 0, created_by, updated_at FROM resources WHERE removed_at IS NULL;
--bun:split
ALTER TABLE resources ADD COLUMN file_hash TEXT REFERENCES files (hash);
--bun:split
ALTER TABLE resources ADD COLUMN file_name TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE resources ADD COLUMN file_type TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE resources ADD COLUMN file_size BIGINT NOT NULL DEFAULT 0;
--bun:split
ALTER TABLE resources ADD COLUMN interlinker_version BIGINT NOT NULL DEFAULT 0;
--bun:split
ALTER TABLE resources ADD COLUMN source_iri TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE resources ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
--bun:split
ALTER TABLE resources ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
--bun:split
ALTER TABLE resources ADD COLUMN removed_by TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE resources ADD COLUMN erased BOOLEAN NOT NULL DEFAULT FALSE;
--bun:split
UPDATE resources SET erased = TRUE WHERE removed_at IS NOT NULL;
--bun:split
CREATE INDEX resources_file ON resources (file_hash);
--bun:split
CREATE INDEX resources_process ON resources (process_id, serial);
--bun:split
CREATE INDEX resources_removed ON resources (removed_at) WHERE removed_at IS NOT NULL;
--bun:split
-- Which files the published stories of this node show: their bytes stay,
-- whatever becomes of the process.
CREATE TABLE story_files (
    story_id  TEXT NOT NULL REFERENCES stories (id),
    file_hash TEXT NOT NULL REFERENCES files (hash),
    PRIMARY KEY (story_id, file_hash)
);
--bun:split
CREATE INDEX story_files_file ON story_files (file_hash);
