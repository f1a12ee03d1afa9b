-- Which lists of other servers a community let recommend it, to tell them when
-- it is not to be recommended any more.
CREATE TABLE featurings (
	serial BIGINT NOT NULL PRIMARY KEY,
	community_id TEXT NOT NULL,
	by_id TEXT NOT NULL,
	list TEXT NOT NULL,
	at BIGINT NOT NULL
);
--bun:split
CREATE UNIQUE INDEX featurings_once ON featurings (community_id, list);
--bun:split
CREATE INDEX featurings_by ON featurings (by_id);
