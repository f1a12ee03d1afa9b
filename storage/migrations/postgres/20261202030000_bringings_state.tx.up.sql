-- How far the import of what was brought is: '' while nobody asked for one.
ALTER TABLE bringings ADD COLUMN state TEXT NOT NULL DEFAULT '';
