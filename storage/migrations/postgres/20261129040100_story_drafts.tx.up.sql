-- What else a story tells: JSON.
ALTER TABLE stories ADD COLUMN details TEXT NOT NULL DEFAULT '{}';
--bun:split
-- Stories that are being written.
CREATE TABLE story_drafts (
    id         TEXT   PRIMARY KEY,
    serial     BIGINT NOT NULL UNIQUE,
    process_id TEXT   NOT NULL REFERENCES processes (id),
    body       TEXT   NOT NULL, -- JSON
    updated_at BIGINT NOT NULL,
    revision   BIGINT NOT NULL
);
--bun:split
CREATE INDEX story_drafts_process ON story_drafts (process_id, serial);
