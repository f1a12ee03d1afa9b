-- Which version of its process a release has the tree of; 0 if that is not known.
ALTER TABLE releases ADD COLUMN process_version BIGINT NOT NULL DEFAULT 0;
