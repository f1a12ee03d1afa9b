-- How far this node trusts where an entry comes from, whether it stands in
-- lists and why, and with which others it is grouped.
ALTER TABLE catalogue_entries ADD COLUMN trust TEXT NOT NULL DEFAULT 'own';
--bun:split
ALTER TABLE catalogue_entries ADD COLUMN standing TEXT NOT NULL DEFAULT 'shown';
--bun:split
ALTER TABLE catalogue_entries ADD COLUMN why TEXT NOT NULL DEFAULT 'own';
--bun:split
ALTER TABLE catalogue_entries ADD COLUMN decision TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE catalogue_entries ADD COLUMN verified_at BIGINT;
--bun:split
ALTER TABLE catalogue_entries ADD COLUMN origin TEXT NOT NULL DEFAULT '';
--bun:split
-- What the owner warns of, and what this node does.
ALTER TABLE catalogue_entries ADD COLUMN alert TEXT NOT NULL DEFAULT '{}';
--bun:split
ALTER TABLE catalogue_entries ADD COLUMN warning TEXT NOT NULL DEFAULT '';
--bun:split
-- What tells variants of one thing, and whether lists show this one of them.
ALTER TABLE catalogue_entries ADD COLUMN variant TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE catalogue_entries ADD COLUMN lead BOOLEAN NOT NULL DEFAULT TRUE;
--bun:split
UPDATE catalogue_entries SET variant = iri, origin = import_key;
--bun:split
UPDATE catalogue_entries SET trust = 'followed', why = 'accepted', decision = 'accepted', verified_at = updated_at WHERE host <> '';
--bun:split
CREATE INDEX catalogue_entries_variant ON catalogue_entries (variant);
--bun:split
CREATE INDEX catalogue_entries_standing ON catalogue_entries (standing, serial);
--bun:split
CREATE INDEX catalogue_entries_owner ON catalogue_entries (owner_id, serial);
