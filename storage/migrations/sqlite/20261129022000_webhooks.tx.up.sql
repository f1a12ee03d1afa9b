-- Addresses that are told what happens in a process.
CREATE TABLE webhooks (
    id          TEXT    PRIMARY KEY,
    process_id  TEXT    NOT NULL REFERENCES processes (id),
    url         TEXT    NOT NULL,
    families    TEXT    NOT NULL, -- with spaces between them
    sealed      BLOB   NOT NULL, -- the secret, encrypted with the node's key
    enabled     BOOLEAN NOT NULL,
    failing     BIGINT,
    disabled_at BIGINT,
    created_by  TEXT    NOT NULL REFERENCES actors (id),
    created_at  BIGINT  NOT NULL,
    revision    BIGINT  NOT NULL
);
--bun:split
CREATE INDEX webhooks_process ON webhooks (process_id);
--bun:split
CREATE INDEX webhooks_created_by ON webhooks (created_by);
--bun:split
CREATE TABLE webhook_deliveries (
    id         TEXT   PRIMARY KEY,
    webhook_id TEXT   NOT NULL REFERENCES webhooks (id),
    kind       TEXT   NOT NULL,
    event_seq  BIGINT NOT NULL, -- 0 of a test
    state      TEXT   NOT NULL,
    attempts   BIGINT NOT NULL,
    answer     TEXT   NOT NULL,
    made_at    BIGINT NOT NULL,
    tried_at   BIGINT,
    next_at    BIGINT
);
--bun:split
CREATE INDEX webhook_deliveries_webhook ON webhook_deliveries (webhook_id, id);
--bun:split
CREATE INDEX webhook_deliveries_made ON webhook_deliveries (made_at);
