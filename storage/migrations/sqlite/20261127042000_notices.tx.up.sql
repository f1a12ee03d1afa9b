-- Notices of what is illegal or against the terms, given by anybody. name, email,
-- reason and reporter_id are erased when the retention is over. The secrets open
-- the pages of who gave a notice and of who is restricted.
CREATE TABLE notices (
    id          TEXT    PRIMARY KEY,
    serial      BIGINT  NOT NULL UNIQUE,
    number      TEXT    NOT NULL UNIQUE,
    secret      TEXT    NOT NULL UNIQUE,
    about       TEXT    NOT NULL,
    target_id   TEXT    NOT NULL,
    post_id     TEXT    NOT NULL,
    category    TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    email       TEXT    NOT NULL,
    language    TEXT    NOT NULL,
    reporter_id TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    outcome     TEXT    NOT NULL,
    facts       TEXT    NOT NULL,
    ground      TEXT    NOT NULL,
    provision   TEXT    NOT NULL,
    automated   BOOLEAN NOT NULL,
    decided_by  TEXT    NOT NULL,
    decided_at  BIGINT,
    statement   TEXT    NOT NULL,
    created_at  BIGINT  NOT NULL,
    revision    BIGINT  NOT NULL
);
--bun:split
CREATE INDEX notices_state ON notices (state, serial);
--bun:split
CREATE UNIQUE INDEX notices_statement ON notices (statement) WHERE statement <> '';
--bun:split
-- What who gave a notice, and who is restricted by a decision, have against it.
CREATE TABLE notice_complaints (
    id         TEXT    PRIMARY KEY,
    notice_id  TEXT    NOT NULL REFERENCES notices (id),
    side       TEXT    NOT NULL,
    text       TEXT    NOT NULL,
    at         BIGINT  NOT NULL,
    upheld     BOOLEAN NOT NULL,
    answer     TEXT    NOT NULL,
    decided_by TEXT    NOT NULL,
    decided_at BIGINT,
    UNIQUE (notice_id, side)
);
--bun:split
CREATE INDEX notice_complaints_open ON notice_complaints (notice_id) WHERE decided_at IS NULL;
