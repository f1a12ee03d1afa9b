-- By which ids clones know an item whose process took the place of theirs.
ALTER TABLE process_items ADD COLUMN formerly TEXT NOT NULL DEFAULT '[]';
