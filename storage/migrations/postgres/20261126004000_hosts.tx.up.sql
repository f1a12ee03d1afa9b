-- What a host runs, by its NodeInfo, and when it was last asked. Rules about
-- hosts have replaced the mark of a blocked one.
ALTER TABLE hosts ADD COLUMN software_version TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE hosts ADD COLUMN software_at BIGINT;
--bun:split
ALTER TABLE hosts DROP COLUMN blocked;
