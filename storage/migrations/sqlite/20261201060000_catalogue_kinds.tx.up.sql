-- What is shown of a kind, where most of a catalogue is shown and of another one.
CREATE INDEX catalogue_entries_shown ON catalogue_entries (kind, standing, host, id);
