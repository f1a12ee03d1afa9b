-- The hashtags that people of this node follow, in small letters.
CREATE TABLE tag_follows (
    actor_id TEXT   NOT NULL REFERENCES actors (id),
    tag      TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (actor_id, tag)
);
