-- Posts that actors show first: communities here, and copies of what others
-- feature.
CREATE TABLE pins (
    serial   BIGINT PRIMARY KEY,
    actor_id TEXT   NOT NULL REFERENCES actors (id),
    post_id  TEXT   NOT NULL REFERENCES posts (id)
);
--bun:split
CREATE UNIQUE INDEX pins_once ON pins (actor_id, post_id);
--bun:split
CREATE INDEX pins_post ON pins (post_id);
--bun:split
-- The hashtags of public posts, in small letters.
CREATE TABLE post_tags (
    tag     TEXT   NOT NULL,
    post_id TEXT   NOT NULL REFERENCES posts (id),
    serial  BIGINT NOT NULL,
    PRIMARY KEY (tag, post_id)
);
--bun:split
CREATE INDEX post_tags_serial ON post_tags (tag, serial);
--bun:split
CREATE INDEX post_tags_post ON post_tags (post_id);
