-- The canonical JSON of a snapshot part by part, so that nobody has it in memory
-- whole. Those of before are one part each.
CREATE TABLE snapshot_parts (
    digest TEXT    NOT NULL REFERENCES snapshots (digest) ON DELETE CASCADE,
    n      BIGINT  NOT NULL,
    body   TEXT    NOT NULL,
    PRIMARY KEY (digest, n)
);
--bun:split
INSERT INTO snapshot_parts (digest, n, body) SELECT digest, 1, body FROM snapshots;
--bun:split
ALTER TABLE snapshots DROP COLUMN body;
