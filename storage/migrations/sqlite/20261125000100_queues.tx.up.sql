-- What is received is worked in the order of its arrival.
DROP INDEX received_due;
--bun:split
CREATE INDEX received_pending ON received (serial, next_at, lease_until, actor) WHERE state = 'pending';
--bun:split
-- Only followers are fanned out; to single inboxes it goes at once.
ALTER TABLE fanouts DROP COLUMN inboxes;
--bun:split
ALTER TABLE hosts ADD COLUMN failing_since BIGINT;
