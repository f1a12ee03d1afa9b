-- What is offered to a catalogue: to that of this node, or by a process of it.
CREATE TABLE catalogue_offers (
    id           TEXT   PRIMARY KEY,
    serial       BIGINT NOT NULL UNIQUE,
    iri          TEXT   NOT NULL UNIQUE,
    process_id   TEXT   NOT NULL REFERENCES actors (id),
    host         TEXT   NOT NULL, -- of the process; '' for this node
    resource_id  TEXT   NOT NULL, -- of this node; '' for another's
    catalogue_id TEXT   NOT NULL REFERENCES actors (id),
    proposal     TEXT   NOT NULL, -- JSON
    state        TEXT   NOT NULL,
    reason       TEXT   NOT NULL,
    entry_iri    TEXT   NOT NULL,
    offered_by   TEXT   NOT NULL, -- '' for another node's
    offered_at   BIGINT NOT NULL,
    answered_at  BIGINT,
    revision     BIGINT NOT NULL
);
--bun:split
CREATE INDEX catalogue_offers_queue ON catalogue_offers (catalogue_id, state, serial);
--bun:split
CREATE INDEX catalogue_offers_resource ON catalogue_offers (resource_id, serial);
--bun:split
CREATE INDEX catalogue_offers_host ON catalogue_offers (host, state);
--bun:split
CREATE INDEX catalogue_offers_process ON catalogue_offers (process_id);
--bun:split
CREATE INDEX catalogue_offers_offered_by ON catalogue_offers (offered_by);
--bun:split
-- Who does not want to be named as an author of a resource.
CREATE TABLE withheld_credits (
    resource_id TEXT NOT NULL REFERENCES resources (id),
    person_id   TEXT NOT NULL REFERENCES actors (id),
    PRIMARY KEY (resource_id, person_id)
);
--bun:split
CREATE INDEX withheld_credits_person ON withheld_credits (person_id);
