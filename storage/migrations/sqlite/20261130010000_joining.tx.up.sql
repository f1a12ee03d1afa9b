-- A process that is open to join requests has a standing call, which no post
-- tells of: process_id is its actor, gives the names of the rights that who is
-- let in has. The tables are written anew as the id of a call refers to a post
-- no more.
CREATE TABLE role_calls_free (
    id           TEXT    PRIMARY KEY,
    serial       BIGINT  NOT NULL UNIQUE,
    iri          TEXT    NOT NULL UNIQUE,
    url          TEXT    NOT NULL,
    host         TEXT    NOT NULL,
    community_id TEXT    NOT NULL REFERENCES actors (id),
    team_id      TEXT    REFERENCES teams (id),
    team_iri     TEXT    NOT NULL,
    process_id   TEXT    REFERENCES actors (id),
    gives        TEXT    NOT NULL,
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
INSERT INTO role_calls_free (id, serial, iri, url, host, community_id, team_id, team_iri, title, duties, eligible, effort, seats, starts, ends, deadline, method, decided_by, reviewers, state, creator_id, created_at, updated_at, revision, gives)
SELECT id, serial, iri, url, host, community_id, team_id, team_iri, title, duties, eligible, effort, seats, starts, ends, deadline, method, decided_by, reviewers, state, creator_id, created_at, updated_at, revision, '' FROM role_calls;
--bun:split
CREATE TABLE applications_free (
    id           TEXT    PRIMARY KEY,
    serial       BIGINT  NOT NULL UNIQUE,
    call_id      TEXT    NOT NULL REFERENCES role_calls_free (id),
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
INSERT INTO applications_free SELECT * FROM applications;
--bun:split
CREATE TABLE application_counts_free (
    call_id TEXT   NOT NULL REFERENCES role_calls_free (id),
    state   TEXT   NOT NULL,
    ground  TEXT   NOT NULL,
    n       BIGINT NOT NULL,
    PRIMARY KEY (call_id, state, ground)
);
--bun:split
INSERT INTO application_counts_free SELECT * FROM application_counts;
--bun:split
DROP TABLE application_counts;
--bun:split
DROP TABLE applications;
--bun:split
DROP TABLE role_calls;
--bun:split
ALTER TABLE role_calls_free RENAME TO role_calls;
--bun:split
ALTER TABLE applications_free RENAME TO applications;
--bun:split
ALTER TABLE application_counts_free RENAME TO application_counts;
--bun:split
CREATE INDEX role_calls_community ON role_calls (community_id, serial);
--bun:split
CREATE INDEX role_calls_team ON role_calls (team_id, serial);
--bun:split
CREATE INDEX role_calls_state ON role_calls (state, serial);
--bun:split
CREATE INDEX applications_call ON applications (call_id, state, serial);
--bun:split
CREATE INDEX applications_applicant ON applications (applicant_id, serial);
--bun:split
CREATE INDEX applications_state ON applications (state, updated_at);
--bun:split
CREATE UNIQUE INDEX role_calls_process ON role_calls (process_id);
