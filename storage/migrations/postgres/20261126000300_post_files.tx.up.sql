-- Which files the posts of this node show, so that no file goes that is shown.
CREATE TABLE post_files (
    post_id TEXT NOT NULL REFERENCES posts (id),
    file    TEXT NOT NULL,
    PRIMARY KEY (post_id, file)
);
--bun:split
CREATE INDEX post_files_file ON post_files (file);
