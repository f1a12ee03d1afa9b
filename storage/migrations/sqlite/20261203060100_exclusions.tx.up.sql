-- What communities of other nodes removed of what people here wrote in them.
CREATE TABLE exclusions (
	serial BIGINT NOT NULL PRIMARY KEY,
	post_id TEXT NOT NULL,
	author_id TEXT NOT NULL,
	community_id TEXT NOT NULL,
	reason TEXT NOT NULL,
	at BIGINT NOT NULL
);
--bun:split
CREATE UNIQUE INDEX exclusions_once ON exclusions (post_id, community_id);
--bun:split
CREATE INDEX exclusions_author ON exclusions (author_id, serial);
