-- Accounts that are to be deleted, and those that were, as long as who left can
-- read which servers confirmed it. hash is that of the secret of their page;
-- email is kept until the last server has answered, if they want to hear of it.
CREATE TABLE account_deletions (
    id           TEXT   PRIMARY KEY,
    account_id   TEXT   NOT NULL UNIQUE,
    actor_id     TEXT   NOT NULL REFERENCES actors (id),
    successor_id TEXT   NOT NULL,
    hash         TEXT   NOT NULL UNIQUE,
    link         TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    email        TEXT   NOT NULL,
    language     TEXT   NOT NULL,
    activity_id  TEXT   NOT NULL,
    asked_at     BIGINT NOT NULL,
    due_at       BIGINT NOT NULL,
    erased_at    BIGINT,
    done_at      BIGINT
);
--bun:split
CREATE INDEX account_deletions_state ON account_deletions (state, due_at);
--bun:split
-- The servers that are asked to delete what they have of somebody who left.
CREATE TABLE deletion_receipts (
    deletion_id TEXT   NOT NULL REFERENCES account_deletions (id),
    inbox       TEXT   NOT NULL,
    host        TEXT   NOT NULL,
    state       TEXT   NOT NULL,
    status      BIGINT NOT NULL,
    at          BIGINT,
    PRIMARY KEY (deletion_id, inbox)
);
--bun:split
CREATE INDEX deletion_receipts_host ON deletion_receipts (deletion_id, host);
