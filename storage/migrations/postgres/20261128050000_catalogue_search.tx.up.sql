-- What changes in the catalogue is numbered, so that those who keep cards of
-- its entries read what changed alone. Whoever numbers holds the one row, so
-- that numbers are seen in their order.
CREATE TABLE catalogue_clock (
    one  BIGINT PRIMARY KEY,
    tick BIGINT NOT NULL
);
--bun:split
-- Each entry's number, by which its texts are found, and when it changed last;
-- kept for those that are not there any more.
CREATE TABLE catalogue_shelf (
    n        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    entry_id TEXT   NOT NULL UNIQUE,
    tick     BIGINT NOT NULL
);
--bun:split
CREATE INDEX catalogue_shelf_tick ON catalogue_shelf (tick);
--bun:split
INSERT INTO catalogue_shelf (entry_id, tick) SELECT id, ROW_NUMBER() OVER (ORDER BY serial) FROM catalogue_entries;
--bun:split
INSERT INTO catalogue_clock (one, tick) SELECT 1, COUNT(*) FROM catalogue_shelf;
--bun:split
CREATE FUNCTION catalogue_shelve() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
    entry TEXT;
    now_at BIGINT;
BEGIN
    IF TG_TABLE_NAME = 'process_uses' THEN
        IF TG_OP = 'DELETE' THEN entry := OLD.interlinker_id; ELSE entry := NEW.interlinker_id; END IF;
    ELSE
        IF TG_OP = 'DELETE' THEN entry := OLD.id; ELSE entry := NEW.id; END IF;
    END IF;
    UPDATE catalogue_clock SET tick = tick + 1 RETURNING tick INTO now_at;
    UPDATE catalogue_shelf SET tick = now_at WHERE entry_id = entry;
    IF NOT FOUND AND TG_TABLE_NAME = 'catalogue_entries' THEN
        INSERT INTO catalogue_shelf (entry_id, tick) VALUES (entry, now_at);
    END IF;
    RETURN NULL;
END $$;
--bun:split
CREATE TRIGGER catalogue_entries_changed AFTER INSERT OR UPDATE OR DELETE ON catalogue_entries FOR EACH ROW EXECUTE FUNCTION catalogue_shelve();
--bun:split
CREATE TRIGGER process_uses_changed AFTER INSERT OR DELETE ON process_uses FOR EACH ROW EXECUTE FUNCTION catalogue_shelve();
--bun:split
-- The roots by which an entry is compared with texts, its name's before "|",
-- and which edition of the way words are cut made them.
CREATE TABLE catalogue_roots (
    entry_id TEXT   PRIMARY KEY,
    roots    TEXT   NOT NULL,
    edition  BIGINT NOT NULL
);
--bun:split
-- The words of each entry, by its number, as catalogue.Terms cuts them. They
-- lie beside the rows, which are read for their numbers alone.
CREATE TABLE catalogue_texts (
    n            BIGINT   PRIMARY KEY,
    name         TSVECTOR NOT NULL,
    tags         TSVECTOR NOT NULL,
    summary      TSVECTOR NOT NULL,
    instructions TSVECTOR NOT NULL
) WITH (toast_tuple_target = 128);
--bun:split
ALTER TABLE catalogue_texts ALTER COLUMN name SET STORAGE EXTERNAL, ALTER COLUMN tags SET STORAGE EXTERNAL,
    ALTER COLUMN summary SET STORAGE EXTERNAL, ALTER COLUMN instructions SET STORAGE EXTERNAL;
--bun:split
CREATE INDEX catalogue_texts_name ON catalogue_texts USING gin (name);
--bun:split
CREATE INDEX catalogue_texts_tags ON catalogue_texts USING gin (tags);
--bun:split
CREATE INDEX catalogue_texts_summary ON catalogue_texts USING gin (summary);
--bun:split
CREATE INDEX catalogue_texts_instructions ON catalogue_texts USING gin (instructions);
--bun:split
-- All words, and the three letters in a row that each has, for those that are
-- misspelt.
CREATE TABLE catalogue_words (word TEXT PRIMARY KEY);
--bun:split
CREATE TABLE catalogue_trigrams (
    letters TEXT NOT NULL,
    word    TEXT NOT NULL,
    PRIMARY KEY (letters, word)
);
--bun:split
CREATE INDEX processes_schema ON processes (schema_iri);
--bun:split
CREATE INDEX process_uses_process ON process_uses (process_id);
--bun:split
-- What was there for looking without all this.
DROP INDEX catalogue_entries_sort;
--bun:split
DROP INDEX catalogue_entries_revision;
--bun:split
ALTER TABLE catalogue_entries DROP COLUMN search;
