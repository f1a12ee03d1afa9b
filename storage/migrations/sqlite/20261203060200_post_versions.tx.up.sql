-- What posts of this node said before they were changed.
CREATE TABLE post_versions (
	post_id TEXT NOT NULL,
	revision BIGINT NOT NULL,
	content TEXT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (post_id, revision)
);
