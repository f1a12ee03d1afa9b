-- What those who write in a group of another node agree to, by language, as its
-- document says it.
ALTER TABLE actors ADD COLUMN rules TEXT NOT NULL DEFAULT '{}';
