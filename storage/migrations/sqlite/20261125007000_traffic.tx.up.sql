-- What administrators see of the queues: what waits for a host, oldest first,
-- what was given up, and what failed. Finished rows are in none of these.
CREATE INDEX deliveries_waiting ON deliveries (host, serial) WHERE state = 'pending';
--bun:split
CREATE INDEX deliveries_dead ON deliveries (host, serial) WHERE state = 'dead';
--bun:split
CREATE INDEX received_failed ON received (serial) WHERE state = 'failed';
--bun:split
-- Whose inbox is it that its server says is gone?
CREATE INDEX actors_inbox ON actors (inbox) WHERE host <> '' AND gone_at IS NULL;
