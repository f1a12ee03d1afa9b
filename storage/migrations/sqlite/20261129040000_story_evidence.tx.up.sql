-- Copies of stories as their organisations signed them.
CREATE TABLE story_evidence (
    story_id   TEXT   PRIMARY KEY REFERENCES stories (id),
    article    TEXT   NOT NULL, -- JSON, with the proofs that held
    signatures TEXT   NOT NULL, -- JSON
    checked_at BIGINT NOT NULL
);
--bun:split
-- What partner organisations are asked to sign, here and on other nodes.
CREATE TABLE story_cosignatures (
    id          TEXT   PRIMARY KEY,
    serial      BIGINT NOT NULL UNIQUE,
    iri         TEXT   NOT NULL UNIQUE,
    story_id    TEXT   REFERENCES stories (id), -- of this node
    story_iri   TEXT   NOT NULL,
    version     BIGINT NOT NULL,
    host        TEXT   NOT NULL, -- of the story; '' for this node
    owner_id    TEXT   NOT NULL REFERENCES actors (id),
    partner_id  TEXT   NOT NULL REFERENCES actors (id),
    partner_iri TEXT   NOT NULL,
    telling     TEXT   NOT NULL, -- JSON
    digest      TEXT   NOT NULL,
    article     TEXT   NOT NULL, -- JSON without proofs, or ''
    proof       TEXT   NOT NULL, -- JSON, or ''
    signature   TEXT   NOT NULL, -- JSON
    state       TEXT   NOT NULL,
    asked_at    BIGINT NOT NULL,
    answered_at BIGINT,
    revision    BIGINT NOT NULL
);
--bun:split
CREATE INDEX story_cosignatures_story ON story_cosignatures (story_id, version, serial);
--bun:split
CREATE INDEX story_cosignatures_partner ON story_cosignatures (partner_id, serial);
--bun:split
CREATE INDEX story_cosignatures_owner ON story_cosignatures (owner_id);
--bun:split
CREATE INDEX story_cosignatures_host ON story_cosignatures (host, state);
