-- What an import calls an entry of this node is looked up one by one.
CREATE INDEX catalogue_entries_key ON catalogue_entries (kind, import_key) WHERE host = '';
