-- A process that is open to join requests has a standing call, which no post
-- tells of: process_id is its actor, gives the names of the rights that who is
-- let in has.
ALTER TABLE role_calls DROP CONSTRAINT role_calls_id_fkey;
--bun:split
ALTER TABLE role_calls ADD COLUMN process_id TEXT REFERENCES actors (id);
--bun:split
ALTER TABLE role_calls ADD COLUMN gives TEXT NOT NULL DEFAULT '';
--bun:split
CREATE UNIQUE INDEX role_calls_process ON role_calls (process_id);
