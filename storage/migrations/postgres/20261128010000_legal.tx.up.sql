-- Privacy notice, terms, accessibility statement, imprint: what is being
-- written, '' for nothing, and every version that was published.
CREATE TABLE legal_pages (
    kind          TEXT    PRIMARY KEY,
    number        BIGINT  NOT NULL,
    drafted       BOOLEAN NOT NULL,
    draft         TEXT    NOT NULL,
    draft_changes TEXT    NOT NULL,
    draft_demands BOOLEAN NOT NULL,
    revision      BIGINT  NOT NULL
);
--bun:split
CREATE TABLE legal_versions (
    kind         TEXT    NOT NULL,
    number       BIGINT  NOT NULL,
    text         TEXT    NOT NULL,
    changes      TEXT    NOT NULL,
    demands      BOOLEAN NOT NULL,
    published_by TEXT    NOT NULL,
    at           BIGINT  NOT NULL,
    PRIMARY KEY (kind, number)
);
--bun:split
-- Who accepted which version of the terms, and when.
CREATE TABLE terms_acceptances (
    person_id TEXT   NOT NULL,
    number    BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (person_id, number)
);
