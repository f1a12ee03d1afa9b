-- Whether those who made what a process reuses are told how often.
ALTER TABLE processes ADD COLUMN tells_reuse BOOLEAN NOT NULL DEFAULT FALSE;
--bun:split
-- Which reports of reuse this node made, by month; owner_iri is '' for the
-- month as a whole.
CREATE TABLE reuse_told (
    month     TEXT   NOT NULL,
    owner_iri TEXT   NOT NULL,
    lines     BIGINT NOT NULL,
    PRIMARY KEY (month, owner_iri)
);
--bun:split
-- What nodes told of how they reuse what is of this one; host is '' for this
-- node itself.
CREATE TABLE reuse_reports (
    host        TEXT   NOT NULL,
    owner_iri   TEXT   NOT NULL,
    month       TEXT   NOT NULL,
    reported_at BIGINT NOT NULL,
    PRIMARY KEY (owner_iri, host, month)
);
--bun:split
CREATE INDEX reuse_reports_host ON reuse_reports (host);
--bun:split
CREATE TABLE reuse_lines (
    host       TEXT NOT NULL,
    owner_iri  TEXT NOT NULL,
    month      TEXT NOT NULL,
    object_iri TEXT NOT NULL,
    kind       TEXT NOT NULL,
    counts     TEXT NOT NULL, -- JSON
    PRIMARY KEY (object_iri, host, month),
    FOREIGN KEY (owner_iri, host, month) REFERENCES reuse_reports (owner_iri, host, month) ON DELETE CASCADE
);
--bun:split
CREATE INDEX reuse_lines_report ON reuse_lines (owner_iri, host, month);
