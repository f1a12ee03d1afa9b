-- Posts that a decision about a notice removed, as they were: they come back if
-- a complaint of it is right, and are erased when that is not possible any more.
CREATE TABLE notice_removals (
    notice_id TEXT   PRIMARY KEY REFERENCES notices (id),
    author_id TEXT   NOT NULL,
    removal   TEXT   NOT NULL,
    at        BIGINT NOT NULL
);
--bun:split
CREATE INDEX notice_removals_author ON notice_removals (author_id);
--bun:split
-- The page of statements, newest first.
CREATE INDEX notices_restricted ON notices (serial) WHERE state = 'decided' AND outcome <> 'nothing';
