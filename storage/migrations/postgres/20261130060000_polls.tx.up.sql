-- What a post asks its readers to choose from, with the counts: JSON; NULL for
-- most. See community.Poll.
ALTER TABLE posts ADD COLUMN poll TEXT;
--bun:split
-- Who chose which option of a poll. It is there so that each counts once, and
-- goes some time after the poll ended: the counts stay.
CREATE TABLE poll_votes (
    id       TEXT    PRIMARY KEY,
    post_id  TEXT    NOT NULL REFERENCES posts (id),
    actor_id TEXT    NOT NULL REFERENCES actors (id),
    choice   INTEGER NOT NULL,
    at       BIGINT  NOT NULL,
    ends_at  BIGINT  NOT NULL
);
--bun:split
CREATE UNIQUE INDEX poll_votes_once ON poll_votes (post_id, actor_id, choice);
--bun:split
CREATE INDEX poll_votes_actor ON poll_votes (actor_id);
--bun:split
CREATE INDEX poll_votes_ends ON poll_votes (ends_at);
