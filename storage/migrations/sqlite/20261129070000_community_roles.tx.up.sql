-- Who moderates a community beside its administrators, and whether they alone
-- begin threads.
ALTER TABLE communities ADD COLUMN moderators TEXT NOT NULL DEFAULT '[]';
--bun:split
ALTER TABLE communities ADD COLUMN restricted BOOLEAN NOT NULL DEFAULT FALSE;
--bun:split
-- The Lock activity by which the thread that begins with a post is closed; ''
-- while it is open.
ALTER TABLE posts ADD COLUMN lock_iri TEXT NOT NULL DEFAULT '';
--bun:split
-- Who is kept from writing in a community, of this node or another.
CREATE TABLE community_bans (
    serial       BIGINT PRIMARY KEY,
    community_id TEXT   NOT NULL REFERENCES actors (id),
    actor_id     TEXT   NOT NULL REFERENCES actors (id),
    reason       TEXT   NOT NULL,
    by_id        TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    until_at     BIGINT,
    activity     TEXT   NOT NULL
);
--bun:split
CREATE UNIQUE INDEX community_bans_once ON community_bans (community_id, actor_id);
--bun:split
CREATE INDEX community_bans_actor ON community_bans (actor_id);
--bun:split
-- Whether a host shared activities of communities (FEP-1b12): it reads them too.
ALTER TABLE hosts ADD COLUMN reads_groups BOOLEAN NOT NULL DEFAULT FALSE;
