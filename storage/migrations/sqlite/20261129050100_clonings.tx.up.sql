-- Clones on their way: who asked, how far each is and what came of it (body,
-- as JSON), and what was read of its source, page by page, until it is made.
CREATE TABLE clonings (
    id         TEXT   PRIMARY KEY,
    serial     BIGINT NOT NULL UNIQUE,
    asker_id   TEXT   NOT NULL REFERENCES actors (id),
    state      TEXT   NOT NULL,
    body       TEXT   NOT NULL,
    updated_at BIGINT NOT NULL,
    revision   BIGINT NOT NULL
);
--bun:split
CREATE INDEX clonings_asker ON clonings (asker_id, serial);
--bun:split
CREATE TABLE cloning_pages (
    cloning_id TEXT   NOT NULL REFERENCES clonings (id) ON DELETE CASCADE,
    n          BIGINT NOT NULL,
    body       TEXT   NOT NULL,
    PRIMARY KEY (cloning_id, n)
);
