-- How the node deals with other hosts and their subdomains.
CREATE TABLE host_rules (
    host       TEXT   PRIMARY KEY,
    verdict    TEXT   NOT NULL,
    reason     TEXT   NOT NULL,
    comment    TEXT   NOT NULL,
    expires_at BIGINT,
    created_at BIGINT NOT NULL,
    created_by TEXT   NOT NULL
);
--bun:split
-- The hosts of which something is here that the rules hide (verdict 'block')
-- or show to followers alone ('limit'): what queries look at.
CREATE TABLE hidden_hosts (
    host    TEXT PRIMARY KEY,
    verdict TEXT NOT NULL
);
