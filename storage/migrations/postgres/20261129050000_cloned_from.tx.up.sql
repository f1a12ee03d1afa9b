-- Which tree a clone was made of, by its digest: clones know it of their
-- sources, sources of their clones.
ALTER TABLE processes ADD COLUMN origin_digest TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE clones ADD COLUMN version TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE clones ADD COLUMN digest TEXT NOT NULL DEFAULT '';
