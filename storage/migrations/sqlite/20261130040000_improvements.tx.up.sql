-- Improvements: what clones offer to their sources. A node has those of its
-- clones, and those that its processes were offered.
CREATE TABLE improvements (
    id           TEXT    PRIMARY KEY,
    serial       BIGINT  NOT NULL UNIQUE,
    iri          TEXT    NOT NULL UNIQUE,
    clone_iri    TEXT    NOT NULL,
    clone_id     TEXT    NOT NULL REFERENCES actors (id),
    clone_title  TEXT    NOT NULL, -- JSON
    host         TEXT    NOT NULL, -- of the clone
    source_iri   TEXT    NOT NULL,
    source_id    TEXT    NOT NULL, -- process; '' where the source is of another node
    source_title TEXT    NOT NULL, -- JSON
    offer        TEXT    NOT NULL,
    against      TEXT    NOT NULL, -- JSON
    checked      BOOLEAN NOT NULL, -- the state that it was made against is known here
    claimed      BOOLEAN NOT NULL,
    licence      TEXT    NOT NULL,
    note         TEXT    NOT NULL, -- JSON
    credits      TEXT    NOT NULL, -- JSON, names of people who agreed
    items        TEXT    NOT NULL, -- JSON
    count        BIGINT  NOT NULL,
    state        TEXT    NOT NULL,
    verdicts     TEXT    NOT NULL, -- JSON
    reason       TEXT    NOT NULL,
    sent_by      TEXT    NOT NULL, -- '' for another node's
    sent_at      BIGINT  NOT NULL,
    answered_by  TEXT    NOT NULL, -- '' for another node's
    answered_at  BIGINT,
    adopted      BOOLEAN NOT NULL,
    revision     BIGINT  NOT NULL
);
--bun:split
CREATE INDEX improvements_clone ON improvements (clone_id, serial);
--bun:split
CREATE INDEX improvements_source ON improvements (source_id, serial);
--bun:split
CREATE INDEX improvements_sent_by ON improvements (sent_by);
--bun:split
CREATE INDEX improvements_answered_by ON improvements (answered_by);
--bun:split
ALTER TABLE releases ADD COLUMN credits TEXT NOT NULL DEFAULT '[]'; -- JSON
--bun:split
ALTER TABLE releases ADD COLUMN proof TEXT NOT NULL DEFAULT 'null'; -- JSON
