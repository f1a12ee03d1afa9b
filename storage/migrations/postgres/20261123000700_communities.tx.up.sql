CREATE TABLE communities (
    id              TEXT    PRIMARY KEY REFERENCES actors (id),
    serial          BIGINT  NOT NULL UNIQUE,
    iri             TEXT    NOT NULL UNIQUE,
    name            TEXT    NOT NULL UNIQUE,
    title           TEXT    NOT NULL,
    summary         TEXT    NOT NULL,
    rules           TEXT    NOT NULL,
    language        TEXT    NOT NULL,
    organization_id TEXT    NOT NULL,
    administrators  TEXT    NOT NULL,
    approves        BOOLEAN NOT NULL,
    search          TEXT    NOT NULL,
    created_at      BIGINT  NOT NULL,
    updated_at      BIGINT  NOT NULL,
    revision        BIGINT  NOT NULL
);
--bun:split
-- Posts of this node (host = '') and copies of others'. Deleted ones stay as
-- tombstones.
CREATE TABLE posts (
    id           TEXT    PRIMARY KEY,
    serial       BIGINT  NOT NULL UNIQUE,
    iri          TEXT    NOT NULL UNIQUE,
    type         TEXT    NOT NULL,
    author_id    TEXT    NOT NULL REFERENCES actors (id),
    community_id TEXT    NOT NULL,
    in_reply_to  TEXT    NOT NULL,
    context      TEXT    NOT NULL,
    title        TEXT    NOT NULL,
    content      TEXT    NOT NULL,
    source       TEXT    NOT NULL,
    language     TEXT    NOT NULL,
    url          TEXT    NOT NULL,
    host         TEXT    NOT NULL,
    visibility   TEXT    NOT NULL,
    sensitive    BOOLEAN NOT NULL,
    summary      TEXT    NOT NULL,
    images       TEXT    NOT NULL,
    mentions     TEXT    NOT NULL,
    published_at BIGINT  NOT NULL,
    edited_at    BIGINT,
    deleted_at   BIGINT,
    revision     BIGINT  NOT NULL
);
--bun:split
CREATE INDEX posts_replies ON posts (in_reply_to, serial) WHERE in_reply_to <> '';
--bun:split
CREATE INDEX posts_host ON posts (host);
--bun:split
-- What actors published and announced: the source of all timelines.
CREATE TABLE feed (
    serial      BIGINT PRIMARY KEY,
    actor_id    TEXT   NOT NULL REFERENCES actors (id),
    verb        TEXT   NOT NULL,
    object_kind TEXT   NOT NULL,
    object_id   TEXT   NOT NULL,
    object_iri  TEXT   NOT NULL,
    at          BIGINT NOT NULL
);
--bun:split
CREATE UNIQUE INDEX feed_once ON feed (actor_id, verb, object_iri);
--bun:split
CREATE INDEX feed_actor ON feed (actor_id, serial);
--bun:split
CREATE INDEX feed_object ON feed (object_id, serial);
