-- Who may make teams of an organisation; when a group was deleted: its row stays as a tombstone.
ALTER TABLE organizations ADD COLUMN teams TEXT NOT NULL DEFAULT 'administrators';
--bun:split
ALTER TABLE organizations ADD COLUMN gone_at BIGINT;
--bun:split
ALTER TABLE teams ADD COLUMN gone_at BIGINT;
--bun:split
-- Who is asked to become a member of an organisation or team: by a mail (email), or on another node
-- (person_id). A row is there while it waits for an answer.
CREATE TABLE group_invitations (
    id         TEXT   PRIMARY KEY,
    serial     BIGINT NOT NULL UNIQUE,
    group_id   TEXT   NOT NULL REFERENCES actors (id),
    email      TEXT   NOT NULL,
    email_key  TEXT   NOT NULL,
    person_id  TEXT   NOT NULL,
    role       TEXT   NOT NULL,
    language   TEXT   NOT NULL,
    invited_by TEXT   NOT NULL REFERENCES actors (id),
    hash       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
--bun:split
CREATE INDEX group_invitations_group ON group_invitations (group_id, serial);
--bun:split
CREATE UNIQUE INDEX group_invitations_hash ON group_invitations (hash) WHERE hash <> '';
--bun:split
CREATE INDEX group_invitations_email ON group_invitations (email_key, created_at) WHERE email_key <> '';
--bun:split
CREATE INDEX group_invitations_person ON group_invitations (person_id) WHERE person_id <> '';
--bun:split
CREATE INDEX group_invitations_expiry ON group_invitations (expires_at);
--bun:split
-- What is between people of this node and organisations and teams of others.
CREATE TABLE memberships_abroad (
    id        TEXT   PRIMARY KEY,
    serial    BIGINT NOT NULL UNIQUE,
    person_id TEXT   NOT NULL REFERENCES actors (id),
    group_id  TEXT   NOT NULL REFERENCES actors (id),
    state     TEXT   NOT NULL,
    activity  TEXT   NOT NULL,
    since     BIGINT NOT NULL,
    UNIQUE (person_id, group_id)
);
--bun:split
CREATE INDEX memberships_abroad_person ON memberships_abroad (person_id, state, serial);
--bun:split
CREATE INDEX memberships_abroad_group ON memberships_abroad (group_id);
