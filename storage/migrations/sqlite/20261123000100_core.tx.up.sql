-- The chain of domain events, and how far its projections have come.
CREATE TABLE events (
    seq          BIGINT PRIMARY KEY,
    id           TEXT   NOT NULL UNIQUE,
    kind         TEXT   NOT NULL,
    time         BIGINT NOT NULL,
    actor        TEXT   NOT NULL,
    subject_kind TEXT   NOT NULL,
    subject_id   TEXT   NOT NULL,
    payload      TEXT,
    payload_hash TEXT   NOT NULL,
    prev_hash    TEXT   NOT NULL,
    hash         TEXT   NOT NULL
);
--bun:split
CREATE INDEX events_subject ON events (subject_kind, subject_id, seq);
--bun:split
CREATE TABLE event_head (
    id   BIGINT PRIMARY KEY,
    seq  BIGINT NOT NULL,
    hash TEXT   NOT NULL
);
--bun:split
INSERT INTO event_head (id, seq, hash) VALUES (1, 0, '');
--bun:split
CREATE TABLE cursors (
    name TEXT   PRIMARY KEY,
    seq  BIGINT NOT NULL
);
--bun:split
-- Every actor, local (host = '') and remote. The row stays when the actor
-- goes, so that its name is never given again.
CREATE TABLE actors (
    id                TEXT    PRIMARY KEY,
    serial            BIGINT  NOT NULL UNIQUE,
    iri               TEXT    NOT NULL UNIQUE,
    type              TEXT    NOT NULL,
    subject           TEXT    NOT NULL,
    name              TEXT    NOT NULL,
    host              TEXT    NOT NULL,
    title             TEXT    NOT NULL,
    summary           TEXT    NOT NULL,
    url               TEXT    NOT NULL,
    icon              TEXT    NOT NULL,
    inbox             TEXT    NOT NULL,
    shared_inbox      TEXT    NOT NULL,
    outbox            TEXT    NOT NULL,
    followers         TEXT    NOT NULL,
    entries           TEXT    NOT NULL,
    manually_approves BOOLEAN NOT NULL,
    visibility        TEXT    NOT NULL,
    key_id            TEXT    NOT NULL,
    public_key        TEXT    NOT NULL,
    created_at        BIGINT  NOT NULL,
    updated_at        BIGINT  NOT NULL,
    fetched_at        BIGINT,
    gone_at           BIGINT
);
--bun:split
-- Not unique for remote hosts: one server may give a name to a person and a group.
CREATE UNIQUE INDEX actors_local_name ON actors (name) WHERE host = '';
--bun:split
CREATE INDEX actors_handle ON actors (host, name);
--bun:split
CREATE INDEX actors_key ON actors (key_id) WHERE key_id <> '';
--bun:split
-- Private keys of local actors, sealed with the node's key.
CREATE TABLE actor_keys (
    actor_id   TEXT   PRIMARY KEY REFERENCES actors (id),
    key_id     TEXT   NOT NULL,
    sealed     BLOB   NOT NULL,
    public_key TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);
--bun:split
CREATE TABLE follows (
    id          TEXT   PRIMARY KEY,
    serial      BIGINT NOT NULL UNIQUE,
    iri         TEXT   NOT NULL UNIQUE,
    follower_id TEXT   NOT NULL REFERENCES actors (id),
    followed_id TEXT   NOT NULL REFERENCES actors (id),
    state       TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    answered_at BIGINT
);
--bun:split
CREATE UNIQUE INDEX follows_pair ON follows (follower_id, followed_id);
--bun:split
CREATE INDEX follows_followed ON follows (followed_id, state, serial);
--bun:split
-- Activities of local actors: bytes written once.
CREATE TABLE activities (
    id         TEXT   PRIMARY KEY,
    serial     BIGINT NOT NULL UNIQUE,
    iri        TEXT   NOT NULL UNIQUE,
    actor_id   TEXT   NOT NULL REFERENCES actors (id),
    type       TEXT   NOT NULL,
    object     TEXT   NOT NULL,
    public     BOOLEAN NOT NULL,
    raw        BLOB   NOT NULL,
    digest     TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);
--bun:split
CREATE INDEX activities_outbox ON activities (actor_id, serial) WHERE public;
--bun:split
-- Audiences still to be expanded into deliveries, page by page.
CREATE TABLE fanouts (
    id           TEXT   PRIMARY KEY,
    serial       BIGINT NOT NULL UNIQUE,
    activity_id  TEXT   NOT NULL REFERENCES activities (id),
    followers_of TEXT   NOT NULL,
    inboxes      TEXT   NOT NULL,
    order_key    TEXT   NOT NULL,
    position     BIGINT NOT NULL
);
--bun:split
CREATE TABLE deliveries (
    id          TEXT   PRIMARY KEY,
    serial      BIGINT NOT NULL UNIQUE,
    activity_id TEXT   NOT NULL REFERENCES activities (id),
    actor_id    TEXT   NOT NULL,
    host        TEXT   NOT NULL,
    inbox       TEXT   NOT NULL,
    order_key   TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    attempts    BIGINT NOT NULL,
    next_at     BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    last_status BIGINT NOT NULL,
    last_error  TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    done_at     BIGINT
);
--bun:split
CREATE UNIQUE INDEX deliveries_once ON deliveries (activity_id, inbox);
--bun:split
CREATE INDEX deliveries_due ON deliveries (host, next_at, serial) WHERE state = 'pending';
--bun:split
CREATE INDEX deliveries_order ON deliveries (inbox, order_key, serial) WHERE state = 'pending';
--bun:split
CREATE TABLE hosts (
    host            TEXT   PRIMARY KEY,
    software        TEXT   NOT NULL,
    signature       TEXT   NOT NULL,
    failures        BIGINT NOT NULL,
    open_until      BIGINT NOT NULL,
    blocked         BOOLEAN NOT NULL,
    last_success_at BIGINT,
    last_failure_at BIGINT,
    last_inbound_at BIGINT,
    last_error      TEXT   NOT NULL
);
--bun:split
-- Activities from other servers, as received: a row before it is work.
CREATE TABLE received (
    id          TEXT   PRIMARY KEY,
    serial      BIGINT NOT NULL UNIQUE,
    iri         TEXT   NOT NULL UNIQUE,
    actor       TEXT   NOT NULL,
    host        TEXT   NOT NULL,
    type        TEXT   NOT NULL,
    inbox       TEXT   NOT NULL,
    raw         BLOB,
    raw_hash    TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    attempts    BIGINT NOT NULL,
    next_at     BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    last_error  TEXT   NOT NULL,
    received_at BIGINT NOT NULL,
    done_at     BIGINT
);
--bun:split
CREATE INDEX received_due ON received (state, next_at, serial) WHERE state = 'pending';
--bun:split
CREATE INDEX received_actor ON received (actor, serial) WHERE state = 'pending';
