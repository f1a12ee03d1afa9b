-- What was sent of something is found by its address, as its words go when it is
-- deleted; those of what was deleted before go now, with what is on its way.
CREATE INDEX activities_object ON activities (object) WHERE object <> '';
--bun:split
CREATE TEMPORARY TABLE forgotten AS SELECT a.id FROM activities AS a WHERE a.object IN (SELECT iri FROM posts WHERE deleted_at IS NOT NULL) AND (a.type IN ('Create', 'Update', 'ReplyRequest') OR a.type = 'Announce' AND position(convert_to('"content"', 'UTF8') IN a.raw) > 0)
	UNION SELECT a.id FROM activities AS a WHERE a.type = 'ReplyRequest' AND a.object NOT IN (SELECT iri FROM posts) AND a.object NOT IN (SELECT iri FROM held_posts);
--bun:split
DELETE FROM deliveries WHERE state <> 'done' AND activity_id IN (SELECT id FROM forgotten);
--bun:split
DELETE FROM fanouts WHERE activity_id IN (SELECT id FROM forgotten);
--bun:split
UPDATE activities SET raw = '' WHERE id IN (SELECT id FROM forgotten);
--bun:split
DROP TABLE forgotten;
