-- Organisations and teams: actors of this node with people in them.
CREATE TABLE organizations (
    id         TEXT   PRIMARY KEY REFERENCES actors (id),
    serial     BIGINT NOT NULL UNIQUE,
    iri        TEXT   NOT NULL UNIQUE,
    name       TEXT   NOT NULL UNIQUE,
    title      TEXT   NOT NULL,
    summary    TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    visibility TEXT   NOT NULL,
    search     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    revision   BIGINT NOT NULL
);
--bun:split
CREATE TABLE teams (
    id              TEXT   PRIMARY KEY REFERENCES actors (id),
    serial          BIGINT NOT NULL UNIQUE,
    iri             TEXT   NOT NULL UNIQUE,
    name            TEXT   NOT NULL UNIQUE,
    organization_id TEXT   NOT NULL REFERENCES organizations (id),
    title           TEXT   NOT NULL,
    summary         TEXT   NOT NULL,
    kind            TEXT   NOT NULL,
    join_policy     TEXT   NOT NULL,
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL,
    revision        BIGINT NOT NULL
);
--bun:split
CREATE INDEX teams_organization ON teams (organization_id, serial);
--bun:split
-- People of organisations and of teams; group_id is either.
CREATE TABLE group_members (
    group_id TEXT   NOT NULL REFERENCES actors (id),
    actor_id TEXT   NOT NULL REFERENCES actors (id),
    role     TEXT   NOT NULL,
    since    BIGINT NOT NULL,
    PRIMARY KEY (group_id, actor_id)
);
--bun:split
CREATE INDEX group_members_actor ON group_members (actor_id);
