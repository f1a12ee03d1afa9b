-- Clones of processes of this node, as their sources know them.
CREATE TABLE clones (
    id          TEXT   PRIMARY KEY,
    serial      BIGINT NOT NULL UNIQUE,
    source_id   TEXT   NOT NULL REFERENCES processes (id),
    iri         TEXT   NOT NULL UNIQUE,
    title       TEXT   NOT NULL,
    cloner_id   TEXT   NOT NULL REFERENCES actors (id),
    host        TEXT   NOT NULL,
    offer       TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    offered_at  BIGINT NOT NULL,
    answered_at BIGINT,
    revision    BIGINT NOT NULL
);
--bun:split
CREATE INDEX clones_source ON clones (source_id, state, serial);
--bun:split
-- What stories show, by the digest of its canonical JSON; never changed.
CREATE TABLE snapshots (
    digest TEXT PRIMARY KEY,
    body   TEXT NOT NULL
);
--bun:split
-- Success stories of this node (host = '') and copies of others'.
CREATE TABLE stories (
    id           TEXT   PRIMARY KEY,
    serial       BIGINT NOT NULL UNIQUE,
    iri          TEXT   NOT NULL UNIQUE,
    slug         TEXT   NOT NULL,
    host         TEXT   NOT NULL,
    owner_id     TEXT   NOT NULL REFERENCES actors (id),
    process_id   TEXT   REFERENCES processes (id),
    process_iri  TEXT   NOT NULL,
    community_id TEXT   REFERENCES actors (id),
    title        TEXT   NOT NULL,
    summary      TEXT   NOT NULL,
    challenge    TEXT   NOT NULL,
    objectives   TEXT   NOT NULL,
    results      TEXT   NOT NULL,
    lessons      TEXT   NOT NULL,
    keywords     TEXT   NOT NULL,
    countries    TEXT   NOT NULL,
    figures      TEXT   NOT NULL,
    licence      TEXT   NOT NULL,
    languages    TEXT   NOT NULL,
    problems     TEXT   NOT NULL,
    digest       TEXT   REFERENCES snapshots (digest),
    version      BIGINT NOT NULL,
    status       TEXT   NOT NULL,
    search       TEXT   NOT NULL,
    published_at BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    revision     BIGINT NOT NULL,
    UNIQUE (slug, host)
);
--bun:split
CREATE INDEX stories_status ON stories (status, serial);
--bun:split
CREATE INDEX stories_owner ON stories (owner_id, serial);
--bun:split
CREATE INDEX stories_process ON stories (process_id, serial);
--bun:split
CREATE INDEX stories_digest ON stories (digest);
--bun:split
-- What stories are found by: kind is country, problem or keyword.
CREATE TABLE story_terms (
    story_id TEXT NOT NULL REFERENCES stories (id),
    kind     TEXT NOT NULL,
    term     TEXT NOT NULL,
    PRIMARY KEY (story_id, kind, term)
);
--bun:split
CREATE INDEX story_terms_term ON story_terms (kind, term);
