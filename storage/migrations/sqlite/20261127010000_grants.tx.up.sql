-- Grants say what they allow and deny, and where: item_id is '' for the whole
-- process. Those there were are of whole processes.
CREATE TABLE process_grants_placed (
    process_id    TEXT    NOT NULL REFERENCES processes (id),
    actor_id      TEXT    NOT NULL REFERENCES actors (id),
    item_id       TEXT    NOT NULL,
    administrator BOOLEAN NOT NULL,
    allow         TEXT    NOT NULL,
    deny          TEXT    NOT NULL,
    PRIMARY KEY (process_id, actor_id, item_id)
);
--bun:split
INSERT INTO process_grants_placed (process_id, actor_id, item_id, administrator, allow, deny)
SELECT process_id, actor_id, '', administrator,
    CASE WHEN may_access OR may_create OR may_delete THEN 'view' ELSE '' END
    || CASE WHEN may_create THEN ' create' ELSE '' END
    || CASE WHEN may_delete THEN ' delete' ELSE '' END, ''
FROM process_grants;
--bun:split
DROP TABLE process_grants;
--bun:split
ALTER TABLE process_grants_placed RENAME TO process_grants;
--bun:split
CREATE INDEX process_grants_actor ON process_grants (actor_id);
