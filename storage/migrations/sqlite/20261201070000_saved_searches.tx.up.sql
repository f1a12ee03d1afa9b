-- What people of this node search for again and again.
CREATE TABLE saved_searches (
    id        TEXT    PRIMARY KEY,
    person_id TEXT    NOT NULL REFERENCES actors (id),
    place     TEXT    NOT NULL,
    query     TEXT    NOT NULL,
    name      TEXT    NOT NULL,
    tell      BOOLEAN NOT NULL,
    at        BIGINT  NOT NULL,
    seen_at   BIGINT  NOT NULL,
    told_at   BIGINT  NOT NULL,
    UNIQUE (person_id, place, query)
);
CREATE INDEX saved_searches_due ON saved_searches (told_at) WHERE tell;
