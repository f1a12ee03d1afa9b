-- Of which texts the translations of an item are.
ALTER TABLE process_items ADD COLUMN translations TEXT NOT NULL DEFAULT 'null';
