-- What is found is read for its number alone, so words are to lie beside the
-- rows. PostgreSQL moves columns out of rows of more than 2 KB only, whatever
-- toast_tuple_target says: the filler makes each row so long, and is itself
-- kept in some thirty bytes.
CREATE TABLE catalogue_texts_narrow (
    n            BIGINT   NOT NULL,
    name         TSVECTOR NOT NULL,
    tags         TSVECTOR NOT NULL,
    summary      TSVECTOR NOT NULL,
    instructions TSVECTOR NOT NULL,
    filler       TEXT     NOT NULL DEFAULT repeat(' ', 2100)
) WITH (toast_tuple_target = 128);
--bun:split
ALTER TABLE catalogue_texts_narrow ALTER COLUMN name SET STORAGE EXTERNAL, ALTER COLUMN tags SET STORAGE EXTERNAL,
    ALTER COLUMN summary SET STORAGE EXTERNAL, ALTER COLUMN instructions SET STORAGE EXTERNAL;
--bun:split
INSERT INTO catalogue_texts_narrow (n, name, tags, summary, instructions) SELECT n, name, tags, summary, instructions FROM catalogue_texts ORDER BY n;
--bun:split
DROP TABLE catalogue_texts;
--bun:split
ALTER TABLE catalogue_texts_narrow RENAME TO catalogue_texts;
--bun:split
ALTER TABLE catalogue_texts ADD CONSTRAINT catalogue_texts_pkey PRIMARY KEY (n);
--bun:split
CREATE INDEX catalogue_texts_name ON catalogue_texts USING gin (name);
--bun:split
CREATE INDEX catalogue_texts_tags ON catalogue_texts USING gin (tags);
--bun:split
CREATE INDEX catalogue_texts_summary ON catalogue_texts USING gin (summary);
--bun:split
CREATE INDEX catalogue_texts_instructions ON catalogue_texts USING gin (instructions);
