-- What people say of things: of those of this node by anybody, of others' by
-- people of this node.
CREATE TABLE reviews (
    id             TEXT   PRIMARY KEY,
    serial         BIGINT NOT NULL UNIQUE,
    iri            TEXT   NOT NULL UNIQUE,
    kind           TEXT   NOT NULL,
    subject_iri    TEXT   NOT NULL,
    owner_id       TEXT   NOT NULL REFERENCES actors (id), -- of the subject
    host           TEXT   NOT NULL, -- of the subject; '' for this node
    author_id      TEXT   NOT NULL REFERENCES actors (id),
    rating         BIGINT NOT NULL CHECK (rating BETWEEN 1 AND 5),
    title          TEXT   NOT NULL,
    text           TEXT   NOT NULL,
    language       TEXT   NOT NULL,
    state          TEXT   NOT NULL,
    reason         TEXT   NOT NULL,
    reply_iri      TEXT   NOT NULL,
    reply          TEXT   NOT NULL,
    reply_language TEXT   NOT NULL,
    replied_at     BIGINT,
    written_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL,
    revision       BIGINT NOT NULL,
    UNIQUE (subject_iri, author_id)
);
--bun:split
CREATE INDEX reviews_subject ON reviews (subject_iri, serial);
--bun:split
CREATE INDEX reviews_author ON reviews (author_id);
--bun:split
CREATE INDEX reviews_owner ON reviews (owner_id);
--bun:split
CREATE INDEX reviews_reply ON reviews (reply_iri);
--bun:split
-- How often an entry has how many stars, as its owner counts them: JSON.
ALTER TABLE catalogue_entries ADD COLUMN ratings TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE catalogue_entries ADD COLUMN rated_at BIGINT;
--bun:split
-- The review that a notice is about; '' for none.
ALTER TABLE notices ADD COLUMN review_id TEXT NOT NULL DEFAULT '';
