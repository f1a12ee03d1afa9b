-- Activities of others that were forwarded: kept until they arrived.
ALTER TABLE activities ADD COLUMN forwarded BOOLEAN NOT NULL DEFAULT FALSE;
--bun:split
CREATE INDEX activities_forwarded ON activities (serial) WHERE forwarded;
