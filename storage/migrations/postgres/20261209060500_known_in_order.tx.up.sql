-- What a clone knows of its source goes into archives in this order, which must
-- not depend on the language of the database.
ALTER TABLE source_items ALTER COLUMN source_item TYPE TEXT COLLATE "C";
