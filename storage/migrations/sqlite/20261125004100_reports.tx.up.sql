-- What people here and other servers report to those who moderate.
CREATE TABLE reports (
    id          TEXT    PRIMARY KEY,
    serial      BIGINT  NOT NULL UNIQUE,
    iri         TEXT    NOT NULL UNIQUE,
    reporter_id TEXT    NOT NULL REFERENCES actors (id),
    target_id   TEXT    NOT NULL REFERENCES actors (id),
    posts       TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    forwarded   BOOLEAN NOT NULL,
    state       TEXT    NOT NULL,
    note        TEXT    NOT NULL,
    resolver_id TEXT    NOT NULL,
    created_at  BIGINT  NOT NULL,
    resolved_at BIGINT,
    revision    BIGINT  NOT NULL
);
--bun:split
CREATE INDEX reports_state ON reports (state, serial);
