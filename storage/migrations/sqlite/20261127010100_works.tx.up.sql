-- Points, and who has how many, are shown where a process's people want it.
ALTER TABLE processes ADD COLUMN rewards BOOLEAN NOT NULL DEFAULT FALSE;
--bun:split
ALTER TABLE processes ADD COLUMN leaderboard BOOLEAN NOT NULL DEFAULT FALSE;
--bun:split
-- What people were asked to do. host is '' for processes of this node; those
-- of other nodes are copies.
CREATE TABLE assignments (
    id            TEXT   PRIMARY KEY,
    serial        BIGINT NOT NULL UNIQUE,
    iri           TEXT   NOT NULL UNIQUE,
    host          TEXT   NOT NULL,
    process_id    TEXT   NOT NULL REFERENCES actors (id),
    process_iri   TEXT   NOT NULL,
    process_title TEXT   NOT NULL,
    item_id       TEXT   NOT NULL,
    item_iri      TEXT   NOT NULL,
    item_name     TEXT   NOT NULL,
    resource_id   TEXT   NOT NULL,
    resource_name TEXT   NOT NULL,
    assignee_id   TEXT   NOT NULL REFERENCES actors (id),
    team_id       TEXT   NOT NULL,
    subject       TEXT   NOT NULL,
    instructions  TEXT   NOT NULL,
    due_at        BIGINT,
    state         TEXT   NOT NULL,
    reason        TEXT   NOT NULL,
    given_by      TEXT   NOT NULL,
    offer_iri     TEXT   NOT NULL,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    revision      BIGINT NOT NULL
);
--bun:split
CREATE INDEX assignments_process ON assignments (process_id, item_id, serial);
--bun:split
CREATE INDEX assignments_assignee ON assignments (assignee_id, serial);
--bun:split
-- What people say that they did in a task, and what it was found to be worth.
CREATE TABLE contributions (
    id            TEXT   PRIMARY KEY,
    serial        BIGINT NOT NULL UNIQUE,
    process_id    TEXT   NOT NULL REFERENCES processes (id),
    item_id       TEXT   NOT NULL REFERENCES process_items (id),
    item_name     TEXT   NOT NULL,
    resource_id   TEXT   NOT NULL,
    assignment_id TEXT   NOT NULL,
    person_id     TEXT   NOT NULL REFERENCES actors (id),
    title         TEXT   NOT NULL,
    content       TEXT   NOT NULL,
    kind          TEXT   NOT NULL,
    state         TEXT   NOT NULL,
    level         BIGINT NOT NULL,
    points        BIGINT NOT NULL,
    reason        TEXT   NOT NULL,
    decided_by    TEXT   NOT NULL,
    decided_at    BIGINT,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    revision      BIGINT NOT NULL
);
--bun:split
CREATE INDEX contributions_process ON contributions (process_id, item_id, serial);
--bun:split
CREATE INDEX contributions_person ON contributions (person_id, serial);
--bun:split
-- The public addresses of what people were awarded. A person has one that
-- holds for each process.
CREATE TABLE certificates (
    id         TEXT   PRIMARY KEY,
    token      TEXT   NOT NULL UNIQUE,
    process_id TEXT   NOT NULL REFERENCES processes (id),
    person_id  TEXT   NOT NULL REFERENCES actors (id),
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);
--bun:split
CREATE UNIQUE INDEX certificates_holding ON certificates (process_id, person_id) WHERE revoked_at IS NULL;
