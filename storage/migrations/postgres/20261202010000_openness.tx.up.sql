-- How people come into a group of another node, as its document says it.
ALTER TABLE actors ADD COLUMN openness TEXT NOT NULL DEFAULT '';
