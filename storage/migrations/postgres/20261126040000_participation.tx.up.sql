-- Role calls: whom teams look for. A call shares its id with the post that
-- tells of it; those of other nodes are copies.
CREATE TABLE role_calls (
    id           TEXT    PRIMARY KEY REFERENCES posts (id),
    serial       BIGINT  NOT NULL UNIQUE,
    iri          TEXT    NOT NULL UNIQUE,
    url          TEXT    NOT NULL,
    host         TEXT    NOT NULL,
    community_id TEXT    NOT NULL REFERENCES actors (id),
    team_id      TEXT    REFERENCES teams (id),
    team_iri     TEXT    NOT NULL,
    title        TEXT    NOT NULL,
    duties       TEXT    NOT NULL,
    eligible     TEXT    NOT NULL,
    effort       TEXT    NOT NULL,
    seats        BIGINT  NOT NULL,
    starts       BIGINT,
    ends         BIGINT,
    deadline     BIGINT,
    method       TEXT    NOT NULL,
    decided_by   TEXT    NOT NULL,
    reviewers    TEXT    NOT NULL,
    state        TEXT    NOT NULL,
    creator_id   TEXT    NOT NULL,
    created_at   BIGINT  NOT NULL,
    updated_at   BIGINT  NOT NULL,
    revision     BIGINT  NOT NULL
);
--bun:split
CREATE INDEX role_calls_community ON role_calls (community_id, serial);
--bun:split
CREATE INDEX role_calls_team ON role_calls (team_id, serial);
--bun:split
CREATE INDEX role_calls_state ON role_calls (state, serial);
--bun:split
-- Who applied: for who applied and the reviewers alone.
CREATE TABLE applications (
    id           TEXT    PRIMARY KEY,
    serial       BIGINT  NOT NULL UNIQUE,
    call_id      TEXT    NOT NULL REFERENCES role_calls (id),
    applicant_id TEXT    NOT NULL REFERENCES actors (id),
    join_iri     TEXT    NOT NULL,
    statement    TEXT    NOT NULL,
    state        TEXT    NOT NULL,
    ground       TEXT    NOT NULL,
    secondly     BOOLEAN NOT NULL,
    history      TEXT    NOT NULL,
    created_at   BIGINT  NOT NULL,
    updated_at   BIGINT  NOT NULL,
    revision     BIGINT  NOT NULL,
    UNIQUE (call_id, applicant_id)
);
--bun:split
CREATE INDEX applications_call ON applications (call_id, state, serial);
--bun:split
CREATE INDEX applications_applicant ON applications (applicant_id, serial);
--bun:split
CREATE INDEX applications_state ON applications (state, updated_at);
--bun:split
-- How many applications were deleted, as the public counts go on.
CREATE TABLE application_counts (
    call_id TEXT   NOT NULL REFERENCES role_calls (id),
    state   TEXT   NOT NULL,
    ground  TEXT   NOT NULL,
    n       BIGINT NOT NULL,
    PRIMARY KEY (call_id, state, ground)
);
