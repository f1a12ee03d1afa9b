-- People who log in here. email_key is the address in small letters, as it is
-- compared; '' for an account without one.
CREATE TABLE accounts (
    id              TEXT   PRIMARY KEY,
    serial          BIGINT NOT NULL UNIQUE,
    actor_id        TEXT   NOT NULL UNIQUE REFERENCES actors (id),
    username        TEXT   NOT NULL UNIQUE,
    email           TEXT   NOT NULL,
    email_key       TEXT   NOT NULL,
    email_proved_at BIGINT,
    password_hash   TEXT   NOT NULL,
    role            TEXT   NOT NULL,
    state           TEXT   NOT NULL,
    language        TEXT   NOT NULL,
    display_name    TEXT   NOT NULL,
    summary         TEXT   NOT NULL,
    reason          TEXT   NOT NULL,
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL,
    revision        BIGINT NOT NULL
);
--bun:split
CREATE UNIQUE INDEX accounts_email ON accounts (email_key) WHERE email_key <> '';
--bun:split
CREATE INDEX accounts_state ON accounts (state, serial);
--bun:split
-- Hashes of what people hold: sessions, tokens, links of mails, invitations
-- (account_id = '').
CREATE TABLE account_secrets (
    id         TEXT   PRIMARY KEY,
    hash       TEXT   NOT NULL UNIQUE,
    purpose    TEXT   NOT NULL,
    account_id TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    scopes     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    seen_at    BIGINT NOT NULL
);
--bun:split
CREATE INDEX account_secrets_holder ON account_secrets (account_id, purpose, created_at);
--bun:split
CREATE INDEX account_secrets_expiry ON account_secrets (expires_at) WHERE expires_at IS NOT NULL;
--bun:split
-- Attempts to sign in that failed, by what they were counted under.
CREATE TABLE account_failures (
    key      TEXT   PRIMARY KEY,
    count    BIGINT NOT NULL,
    until_at BIGINT,
    last_at  BIGINT NOT NULL
);
--bun:split
CREATE INDEX account_failures_last ON account_failures (last_at);
