-- Which version of an Interlinker was used, and how: it was taken into a task,
-- or what it is elsewhere was opened, which counts once for a person and day.
ALTER TABLE process_uses ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
--bun:split
ALTER TABLE process_uses ADD COLUMN how TEXT NOT NULL DEFAULT 'taken';
--bun:split
UPDATE process_uses SET version = (SELECT r.interlinker_version FROM resources AS r WHERE r.id = process_uses.resource_id);
--bun:split
CREATE UNIQUE INDEX process_uses_opened ON process_uses (resource_id, actor_id, used_at) WHERE how = 'opened';
--bun:split
DROP INDEX process_uses_process;
--bun:split
CREATE INDEX process_uses_process ON process_uses (process_id, id);
