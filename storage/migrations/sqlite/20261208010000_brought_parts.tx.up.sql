-- The items, resources and what is known of a source, of what a process was as it
-- was brought last, each by itself: of those that were brought before they stand in
-- brought_bases until a later export comes.
CREATE TABLE brought_parts (
    process_id TEXT NOT NULL,
    kind       TEXT NOT NULL, -- items, resources, known
    part       TEXT NOT NULL, -- its id where the process is from
    here       TEXT NOT NULL, -- its id here, if that is another
    body       TEXT NOT NULL, -- JSON
    PRIMARY KEY (process_id, kind, part)
);
