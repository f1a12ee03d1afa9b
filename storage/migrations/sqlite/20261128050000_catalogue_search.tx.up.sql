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
    n        INTEGER PRIMARY KEY AUTOINCREMENT,
    entry_id TEXT    NOT NULL UNIQUE,
    tick     BIGINT  NOT NULL
);
--bun:split
CREATE INDEX catalogue_shelf_tick ON catalogue_shelf (tick);
--bun:split
INSERT INTO catalogue_shelf (entry_id, tick) SELECT id, ROW_NUMBER() OVER (ORDER BY serial) FROM catalogue_entries;
--bun:split
INSERT INTO catalogue_clock (one, tick) SELECT 1, COUNT(*) FROM catalogue_shelf;
--bun:split
CREATE TRIGGER catalogue_entries_came AFTER INSERT ON catalogue_entries BEGIN
    UPDATE catalogue_clock SET tick = tick + 1;
    INSERT INTO catalogue_shelf (entry_id, tick) SELECT NEW.id, tick FROM catalogue_clock WHERE TRUE
        ON CONFLICT (entry_id) DO UPDATE SET tick = excluded.tick;
END;
--bun:split
CREATE TRIGGER catalogue_entries_changed AFTER UPDATE ON catalogue_entries BEGIN
    UPDATE catalogue_clock SET tick = tick + 1;
    UPDATE catalogue_shelf SET tick = (SELECT tick FROM catalogue_clock) WHERE entry_id = NEW.id;
END;
--bun:split
CREATE TRIGGER catalogue_entries_went AFTER DELETE ON catalogue_entries BEGIN
    UPDATE catalogue_clock SET tick = tick + 1;
    UPDATE catalogue_shelf SET tick = (SELECT tick FROM catalogue_clock) WHERE entry_id = OLD.id;
END;
--bun:split
CREATE TRIGGER process_uses_came AFTER INSERT ON process_uses BEGIN
    UPDATE catalogue_clock SET tick = tick + 1;
    UPDATE catalogue_shelf SET tick = (SELECT tick FROM catalogue_clock) WHERE entry_id = NEW.interlinker_id;
END;
--bun:split
CREATE TRIGGER process_uses_went AFTER DELETE ON process_uses BEGIN
    UPDATE catalogue_clock SET tick = tick + 1;
    UPDATE catalogue_shelf SET tick = (SELECT tick FROM catalogue_clock) WHERE entry_id = OLD.interlinker_id;
END;
--bun:split
-- The roots by which an entry is compared with texts, its name's before "|",
-- and which edition of the way words are cut made them.
CREATE TABLE catalogue_roots (
    entry_id TEXT   PRIMARY KEY,
    roots    TEXT   NOT NULL,
    edition  BIGINT NOT NULL
);
--bun:split
-- The words of each entry, by its number, as catalogue.Terms cuts them.
CREATE VIRTUAL TABLE catalogue_texts USING fts5 (
    name, tags, summary, instructions,
    content = '', contentless_delete = 1, detail = column, prefix = '2 3', tokenize = "unicode61 remove_diacritics 0"
);
--bun:split
-- All words, and the three letters in a row that each has, for those that are
-- misspelt.
CREATE TABLE catalogue_words (word TEXT PRIMARY KEY) WITHOUT ROWID;
--bun:split
CREATE TABLE catalogue_trigrams (
    letters TEXT NOT NULL,
    word    TEXT NOT NULL,
    PRIMARY KEY (letters, word)
) WITHOUT ROWID;
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
