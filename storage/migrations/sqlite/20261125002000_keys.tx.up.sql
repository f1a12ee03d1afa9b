-- Keys of local actors: RSA and Ed25519 beside each other, and those that a
-- rotation replaced. A retired key's private half is emptied when the overlap
-- is over; the row stays, so that its name is never given again.
CREATE TABLE actor_keys_all (
    key_id     TEXT   PRIMARY KEY,
    actor_id   TEXT   NOT NULL REFERENCES actors (id),
    kind       TEXT   NOT NULL,
    sealed     BLOB   NOT NULL,
    public_key TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    retired_at BIGINT
);
--bun:split
INSERT INTO actor_keys_all (key_id, actor_id, kind, sealed, public_key, created_at)
SELECT key_id, actor_id, 'rsa', sealed, public_key, created_at FROM actor_keys;
--bun:split
DROP TABLE actor_keys;
--bun:split
ALTER TABLE actor_keys_all RENAME TO actor_keys;
--bun:split
CREATE UNIQUE INDEX actor_keys_current ON actor_keys (actor_id, kind) WHERE retired_at IS NULL;
--bun:split
CREATE INDEX actor_keys_actor ON actor_keys (actor_id);
--bun:split
-- Keys of remote actors beside the one in actors: Multikeys of their
-- assertionMethod, and further RSA keys.
CREATE TABLE remote_keys (
    key_id     TEXT PRIMARY KEY,
    actor_id   TEXT NOT NULL REFERENCES actors (id),
    public_key TEXT NOT NULL
);
--bun:split
CREATE INDEX remote_keys_actor ON remote_keys (actor_id);
--bun:split
-- What actors of a host say that it understands (FEP-844e), and when it was
-- learned how to sign for it.
ALTER TABLE hosts ADD COLUMN capabilities TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE hosts ADD COLUMN signature_at BIGINT;
