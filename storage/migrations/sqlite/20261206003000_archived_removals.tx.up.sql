-- What those who moderate a community removed of what was said before it came
-- here, so that a later archive of it does not bring it back: by a digest of its
-- address, which may have a name in it.
CREATE TABLE archived_removals (
    community_id TEXT NOT NULL REFERENCES communities (id) ON DELETE CASCADE,
    post         TEXT NOT NULL,
    PRIMARY KEY (community_id, post)
);
