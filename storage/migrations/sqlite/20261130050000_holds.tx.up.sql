-- What somebody wrote that waits for those who moderate: no post yet, and in no
-- table that anything is shown from.
CREATE TABLE held_posts (
    id           TEXT   PRIMARY KEY,
    serial       BIGINT NOT NULL UNIQUE,
    iri          TEXT   NOT NULL UNIQUE,
    author_id    TEXT   NOT NULL REFERENCES actors (id),
    community_id TEXT   NOT NULL,
    announcer_id TEXT   NOT NULL,
    host         TEXT   NOT NULL,
    post         TEXT   NOT NULL,
    why          TEXT   NOT NULL,
    filter       TEXT   NOT NULL,
    activity     TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    reason       TEXT   NOT NULL,
    by_id        TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    decided_at   BIGINT,
    revision     BIGINT NOT NULL
);
--bun:split
CREATE INDEX held_posts_state ON held_posts (state, serial);
--bun:split
CREATE INDEX held_posts_community ON held_posts (community_id, state, serial);
--bun:split
CREATE INDEX held_posts_author ON held_posts (author_id, serial);
--bun:split
-- How the node holds what strangers write: one row.
CREATE TABLE holding (
    id            BIGINT  PRIMARY KEY,
    first_post    BOOLEAN NOT NULL,
    first_contact TEXT    NOT NULL,
    release_hours BIGINT  NOT NULL,
    revision      BIGINT  NOT NULL
);
--bun:split
-- Whether a community holds first posts, and shows everybody what those who
-- moderate it did.
ALTER TABLE communities ADD COLUMN holds BOOLEAN NOT NULL DEFAULT FALSE;
--bun:split
ALTER TABLE communities ADD COLUMN open_log BOOLEAN NOT NULL DEFAULT FALSE;
--bun:split
CREATE INDEX posts_known ON posts (author_id, community_id) WHERE deleted_at IS NULL;
--bun:split
-- What somebody says against a decision of those who moderate a community.
CREATE TABLE appeals (
    id           TEXT    PRIMARY KEY,
    serial       BIGINT  NOT NULL UNIQUE,
    kind         TEXT    NOT NULL,
    subject      TEXT    NOT NULL,
    community_id TEXT    NOT NULL,
    person_id    TEXT    NOT NULL REFERENCES actors (id),
    against_id   TEXT    NOT NULL,
    text         TEXT    NOT NULL,
    at           BIGINT  NOT NULL,
    upheld       BOOLEAN NOT NULL,
    answer       TEXT    NOT NULL,
    by_id        TEXT    NOT NULL,
    decided_at   BIGINT
);
--bun:split
CREATE UNIQUE INDEX appeals_once ON appeals (kind, subject, person_id);
--bun:split
CREATE INDEX appeals_community ON appeals (community_id, serial);
--bun:split
-- What is moderated, for the open logs of communities.
CREATE INDEX events_moderation ON events (seq) WHERE kind IN ('post.deleted', 'post.expelled', 'post.locked', 'post.unlocked', 'post.refused', 'community.banned', 'community.unbanned', 'community.role_given');
