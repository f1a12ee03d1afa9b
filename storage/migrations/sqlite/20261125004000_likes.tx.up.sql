-- Who likes which post: at most once each.
CREATE TABLE likes (
    id       TEXT   PRIMARY KEY,
    serial   BIGINT NOT NULL UNIQUE,
    iri      TEXT   NOT NULL UNIQUE,
    actor_id TEXT   NOT NULL REFERENCES actors (id),
    post_id  TEXT   NOT NULL REFERENCES posts (id),
    at       BIGINT NOT NULL
);
--bun:split
CREATE UNIQUE INDEX likes_once ON likes (post_id, actor_id);
--bun:split
CREATE INDEX likes_actor ON likes (actor_id);
--bun:split
-- Objects of other servers that were deleted before they came: what was
-- deleted must not appear by an older message that is late.
CREATE TABLE deletions (
    iri TEXT   PRIMARY KEY,
    at  BIGINT NOT NULL
);
--bun:split
CREATE INDEX deletions_at ON deletions (at);
