-- What organisations, teams, communities and processes are called in each
-- language, so that readers see it in theirs: title is in that of the node.
ALTER TABLE actors ADD COLUMN titles TEXT NOT NULL DEFAULT '{}';
--bun:split
UPDATE actors SET titles = (SELECT title FROM organizations AS g WHERE g.id = actors.id) WHERE id IN (SELECT id FROM organizations) AND gone_at IS NULL;
--bun:split
UPDATE actors SET titles = (SELECT title FROM teams AS g WHERE g.id = actors.id) WHERE id IN (SELECT id FROM teams) AND gone_at IS NULL;
--bun:split
UPDATE actors SET titles = (SELECT title FROM communities AS g WHERE g.id = actors.id) WHERE id IN (SELECT id FROM communities) AND gone_at IS NULL;
--bun:split
UPDATE actors SET titles = (SELECT title FROM processes AS g WHERE g.id = actors.id) WHERE id IN (SELECT id FROM processes) AND gone_at IS NULL;
