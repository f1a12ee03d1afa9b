-- What was said here against it, and the answer.
ALTER TABLE exclusions ADD COLUMN appeal TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE exclusions ADD COLUMN answer TEXT NOT NULL DEFAULT '';
