-- Coproduction processes: actors of this node with a tree and resources.
CREATE TABLE processes (
    id              TEXT   PRIMARY KEY REFERENCES actors (id),
    serial          BIGINT NOT NULL UNIQUE,
    iri             TEXT   NOT NULL UNIQUE,
    name            TEXT   NOT NULL UNIQUE,
    title           TEXT   NOT NULL,
    summary         TEXT   NOT NULL,
    aim             TEXT   NOT NULL,
    challenges      TEXT   NOT NULL,
    language        TEXT   NOT NULL,
    organization_id TEXT   REFERENCES organizations (id),
    team_id         TEXT   REFERENCES teams (id),
    community_id    TEXT   REFERENCES actors (id),
    visibility      TEXT   NOT NULL,
    schema_iri      TEXT   NOT NULL,
    status          TEXT   NOT NULL,
    tasks           BIGINT NOT NULL,
    finished        BIGINT NOT NULL,
    -- What it is a clone of; origin_iri is '' if of nothing.
    origin_iri      TEXT   NOT NULL,
    origin_owner    TEXT   NOT NULL,
    origin_title    TEXT   NOT NULL,
    origin_host     TEXT   NOT NULL,
    origin_version  TEXT   NOT NULL,
    origin_at       BIGINT,
    origin_answer   TEXT   NOT NULL,
    origin_proof    TEXT   NOT NULL,
    search          TEXT   NOT NULL,
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL,
    revision        BIGINT NOT NULL
);
--bun:split
CREATE INDEX processes_organization ON processes (organization_id, serial);
--bun:split
CREATE INDEX processes_community ON processes (community_id, serial);
--bun:split
CREATE INDEX processes_origin ON processes (origin_iri) WHERE origin_iri <> '';
--bun:split
-- Who may do what in a process; actor_id is a person or a team.
CREATE TABLE process_grants (
    process_id    TEXT    NOT NULL REFERENCES processes (id),
    actor_id      TEXT    NOT NULL REFERENCES actors (id),
    administrator BOOLEAN NOT NULL,
    may_access    BOOLEAN NOT NULL,
    may_create    BOOLEAN NOT NULL,
    may_delete    BOOLEAN NOT NULL,
    PRIMARY KEY (process_id, actor_id)
);
--bun:split
CREATE INDEX process_grants_actor ON process_grants (actor_id);
--bun:split
CREATE TABLE process_items (
    id            TEXT    PRIMARY KEY,
    process_id    TEXT    NOT NULL REFERENCES processes (id),
    parent_id     TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    position      BIGINT  NOT NULL,
    name          TEXT    NOT NULL,
    description   TEXT    NOT NULL,
    problems      TEXT    NOT NULL,
    prerequisites TEXT    NOT NULL,
    interlinkers  TEXT    NOT NULL,
    complexity    BIGINT  NOT NULL,
    co_delivery   BOOLEAN NOT NULL,
    status        TEXT    NOT NULL,
    starts_at     BIGINT,
    ends_at       BIGINT,
    disabled_at   BIGINT,
    disabled_by   TEXT    NOT NULL,
    from_node     TEXT    NOT NULL,
    from_item     TEXT    NOT NULL,
    revision      BIGINT  NOT NULL
);
--bun:split
CREATE INDEX process_items_process ON process_items (process_id);
--bun:split
CREATE TABLE resources (
    id              TEXT    PRIMARY KEY,
    serial          BIGINT  NOT NULL UNIQUE,
    process_id      TEXT    NOT NULL REFERENCES processes (id),
    item_id         TEXT    NOT NULL REFERENCES process_items (id),
    kind            TEXT    NOT NULL,
    name            TEXT    NOT NULL,
    url             TEXT    NOT NULL,
    body            TEXT    NOT NULL,
    language        TEXT    NOT NULL,
    licence         TEXT    NOT NULL,
    interlinker_id  TEXT    NOT NULL,
    interlinker_iri TEXT    NOT NULL,
    created_by      TEXT    NOT NULL REFERENCES actors (id),
    public          BOOLEAN NOT NULL,
    created_at      BIGINT  NOT NULL,
    updated_at      BIGINT  NOT NULL,
    removed_at      BIGINT
);
--bun:split
CREATE INDEX resources_item ON resources (process_id, item_id, serial);
--bun:split
-- Which Interlinkers were taken into which tasks; the catalogue counts them.
CREATE TABLE process_uses (
    id             TEXT   PRIMARY KEY,
    interlinker_id TEXT   NOT NULL,
    process_id     TEXT   NOT NULL REFERENCES processes (id),
    item_id        TEXT   NOT NULL REFERENCES process_items (id),
    resource_id    TEXT   NOT NULL REFERENCES resources (id),
    actor_id       TEXT   NOT NULL REFERENCES actors (id),
    used_at        BIGINT NOT NULL
);
--bun:split
CREATE INDEX process_uses_interlinker ON process_uses (interlinker_id);
