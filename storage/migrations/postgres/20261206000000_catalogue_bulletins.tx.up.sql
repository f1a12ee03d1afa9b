-- What catalogues published, and what was shared of them, day by day: one line
-- of the feed each, with its number in it. An entry stands in the last one.
CREATE TABLE catalogue_bulletins (
    entry_id TEXT    NOT NULL REFERENCES catalogue_entries (id),
    actor_id TEXT    NOT NULL REFERENCES actors (id),
    verb     TEXT    NOT NULL,
    bulletin TEXT    NOT NULL,
    renewed  BOOLEAN NOT NULL,
    PRIMARY KEY (entry_id, actor_id, verb)
);
--bun:split
CREATE INDEX catalogue_bulletins_bulletin ON catalogue_bulletins (bulletin, renewed, entry_id);
--bun:split
CREATE INDEX catalogue_bulletins_actor ON catalogue_bulletins (actor_id);
--bun:split
CREATE INDEX feed_bulletins ON feed (serial) WHERE object_kind = 'bulletin';
--bun:split
-- What is here already came on the day on which it came here.
INSERT INTO catalogue_bulletins (entry_id, actor_id, verb, bulletin, renewed)
SELECT id, owner_id, 'create', owner_id || '.create.' || to_char(to_timestamp((serial >> 16) / 1000) AT TIME ZONE 'UTC', 'YYYYMMDD'), FALSE
FROM catalogue_entries WHERE status <> 'draft';
--bun:split
INSERT INTO feed (serial, actor_id, verb, object_kind, object_id, object_iri, at)
SELECT MAX(e.serial), b.actor_id, 'create', 'bulletin', b.bulletin, b.bulletin, (MAX(e.serial) >> 16) * 1000
FROM catalogue_bulletins AS b JOIN catalogue_entries AS e ON e.id = b.entry_id GROUP BY b.bulletin, b.actor_id;
--bun:split
-- Entries that were shared one by one.
INSERT INTO catalogue_bulletins (entry_id, actor_id, verb, bulletin, renewed)
SELECT f.object_id, f.actor_id, 'announce', f.actor_id || '.announce.' || to_char(to_timestamp((f.serial >> 16) / 1000) AT TIME ZONE 'UTC', 'YYYYMMDD'), FALSE
FROM feed AS f JOIN catalogue_entries AS e ON e.id = f.object_id WHERE f.verb = 'announce' AND f.object_kind IN ('interlinker', 'schema', 'problem');
--bun:split
UPDATE feed SET object_kind = 'bulletin', object_id = b.bulletin, object_iri = b.bulletin
FROM (SELECT MAX(f.serial) AS serial, b.bulletin FROM feed AS f JOIN catalogue_bulletins AS b ON b.entry_id = f.object_id AND b.actor_id = f.actor_id AND b.verb = f.verb
    WHERE f.verb = 'announce' AND f.object_kind IN ('interlinker', 'schema', 'problem') GROUP BY b.bulletin) AS b
WHERE feed.serial = b.serial;
--bun:split
DELETE FROM feed WHERE object_kind IN ('interlinker', 'schema', 'problem');
