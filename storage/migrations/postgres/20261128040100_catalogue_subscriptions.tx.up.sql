-- How this node follows the catalogues of others, and how far their reading
-- has come.
CREATE TABLE catalogue_subscriptions (
    catalogue_id  TEXT   PRIMARY KEY REFERENCES actors (id),
    host          TEXT   NOT NULL,
    selection     TEXT   NOT NULL,
    state         TEXT   NOT NULL,
    halt          TEXT   NOT NULL,
    next          TEXT   NOT NULL,
    pages         BIGINT NOT NULL,
    taken         BIGINT NOT NULL,
    refused       BIGINT NOT NULL,
    total         BIGINT NOT NULL,
    since         BIGINT NOT NULL,
    read_at       BIGINT,
    checked_at    BIGINT,
    verified_at   BIGINT,
    failing_since BIGINT,
    not_before    BIGINT,
    revision      BIGINT NOT NULL
);
--bun:split
-- What is said of hosts: by this node itself (list ''), and by the lists that
-- it took. Of lists the one with the lowest priority counts.
CREATE TABLE catalogue_trust (
    host     TEXT   NOT NULL,
    list     TEXT   NOT NULL,
    priority BIGINT NOT NULL,
    level    TEXT   NOT NULL,
    reason   TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (host, list)
);
--bun:split
CREATE INDEX catalogue_trust_list ON catalogue_trust (list, host);
--bun:split
-- What becomes of entries by how far their host is trusted, where that was
-- changed.
CREATE TABLE catalogue_admissions (
    trust     TEXT PRIMARY KEY,
    action    TEXT NOT NULL,
    licences  TEXT NOT NULL,
    languages TEXT NOT NULL
);
--bun:split
-- Trust lists of others, and this node's own. Versions are JSON, '' for none.
CREATE TABLE trust_lists (
    iri         TEXT    PRIMARY KEY,
    own         BOOLEAN NOT NULL,
    priority    BIGINT  NOT NULL,
    taken       TEXT    NOT NULL,
    offered     TEXT    NOT NULL,
    fetched_at  BIGINT,
    verified_at BIGINT,
    problem     TEXT    NOT NULL,
    since       BIGINT  NOT NULL
);
--bun:split
-- Entries of other nodes that this catalogue announces.
CREATE TABLE catalogue_endorsements (
    entry_id TEXT PRIMARY KEY REFERENCES catalogue_entries (id),
    activity TEXT NOT NULL
);
