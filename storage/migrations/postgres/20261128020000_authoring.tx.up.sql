-- Why an entry is deprecated or withdrawn.
ALTER TABLE catalogue_entries ADD COLUMN reason TEXT NOT NULL DEFAULT '{}';
--bun:split
-- What the entries of this node said: the present version is also in
-- catalogue_entries.
CREATE TABLE catalogue_versions (
    entry_id   TEXT   NOT NULL REFERENCES catalogue_entries (id),
    number     BIGINT NOT NULL,
    status     TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    summary    TEXT   NOT NULL,
    content    TEXT   NOT NULL,
    note       TEXT   NOT NULL, -- what the change was, in the words of who made it
    changed_by TEXT   NOT NULL, -- '' if it is not known
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (entry_id, number)
);
--bun:split
CREATE INDEX catalogue_versions_changed_by ON catalogue_versions (changed_by);
--bun:split
INSERT INTO catalogue_versions (entry_id, number, status, name, summary, content, note, changed_by, changed_at)
SELECT id, version, status, name, summary, content, '', '', updated_at FROM catalogue_entries WHERE host = '';
--bun:split
-- Files that are or were templates of entries of this node: their bytes stay.
CREATE TABLE catalogue_files (
    entry_id  TEXT NOT NULL REFERENCES catalogue_entries (id),
    file_hash TEXT NOT NULL REFERENCES files (hash),
    file_name TEXT NOT NULL,
    PRIMARY KEY (entry_id, file_hash)
);
--bun:split
CREATE INDEX catalogue_files_file ON catalogue_files (file_hash);
