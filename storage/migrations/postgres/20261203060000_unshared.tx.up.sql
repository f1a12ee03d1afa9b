-- How often a community took back what it shared of others, for as long as such
-- things are shared at all.
CREATE TABLE unshared (
	community_id TEXT NOT NULL,
	object_iri TEXT NOT NULL,
	times INTEGER NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (community_id, object_iri)
);
--bun:split
CREATE INDEX unshared_at ON unshared (at);
