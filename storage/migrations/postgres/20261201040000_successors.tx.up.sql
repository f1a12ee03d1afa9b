-- What the source of a clone was before it moved to another node.
ALTER TABLE processes ADD COLUMN origin_formerly TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE processes ADD COLUMN origin_before TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE processes ADD COLUMN origin_moved_at BIGINT;
--bun:split
CREATE INDEX processes_origin_formerly ON processes (origin_formerly) WHERE origin_formerly <> '';
