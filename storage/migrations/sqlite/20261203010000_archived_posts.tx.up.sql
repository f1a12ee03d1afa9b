-- What was said in a community before it came here, as its archive told it, to
-- be read. No post of this node: its author is an address, and nobody confirmed
-- it. body is the whole of it, as JSON.
CREATE TABLE archived_posts (
    id           TEXT    PRIMARY KEY,
    serial       BIGINT  NOT NULL UNIQUE,
    community_id TEXT    NOT NULL REFERENCES communities (id),
    iri          TEXT    NOT NULL,
    thread       TEXT    NOT NULL,
    author       TEXT    NOT NULL,
    host         TEXT    NOT NULL,
    closed       BOOLEAN NOT NULL,
    search       TEXT    NOT NULL,
    body         TEXT    NOT NULL,
    UNIQUE (community_id, iri)
);
--bun:split
CREATE INDEX archived_posts_thread ON archived_posts (community_id, thread, serial);
--bun:split
CREATE INDEX archived_posts_iri ON archived_posts (iri);
--bun:split
CREATE INDEX archived_posts_author ON archived_posts (author);
--bun:split
-- The files that such posts show.
CREATE TABLE archived_files (
    post_id   TEXT NOT NULL,
    file_hash TEXT NOT NULL REFERENCES files (hash),
    PRIMARY KEY (post_id, file_hash)
);
--bun:split
CREATE INDEX archived_files_file ON archived_files (file_hash);
