-- What this node is to servers at which people sign in to take part here.
CREATE TABLE server_apps (
    host       TEXT   PRIMARY KEY,
    client_id  TEXT   NOT NULL,
    sealed     BLOB   NOT NULL, -- the client secret, encrypted with the node's key
    scope      TEXT   NOT NULL,
    redirect   TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);
