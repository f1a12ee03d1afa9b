-- How often a community tells by itself what happened, and the post by which it
-- introduces itself: introduced is the digest of the words that were made of
-- its description.
ALTER TABLE communities ADD COLUMN cadence TEXT NOT NULL DEFAULT 'day';
--bun:split
ALTER TABLE communities ADD COLUMN introduction_id TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE communities ADD COLUMN introduced TEXT NOT NULL DEFAULT '';
--bun:split
-- What communities are to tell by themselves, and told.
CREATE TABLE community_happenings (
    serial       BIGINT PRIMARY KEY,
    community_id TEXT   NOT NULL REFERENCES actors (id),
    key          TEXT   NOT NULL,
    kind         TEXT   NOT NULL,
    title        TEXT   NOT NULL,
    place        TEXT   NOT NULL,
    link         TEXT   NOT NULL,
    due_at       BIGINT NOT NULL,
    until_at     BIGINT,
    told_at      BIGINT
);
--bun:split
CREATE UNIQUE INDEX community_happenings_once ON community_happenings (community_id, key);
--bun:split
CREATE INDEX community_happenings_due ON community_happenings (due_at) WHERE told_at IS NULL;
