-- The outline of a schema, without the descriptions of its nodes; NULL for
-- other entries, and until the search has made it.
ALTER TABLE catalogue_roots ADD COLUMN outline TEXT;

UPDATE catalogue_roots SET edition = 0 WHERE entry_id IN (SELECT id FROM catalogue_entries WHERE kind = 'schema');
