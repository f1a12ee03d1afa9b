-- How citizens and public bodies share a process, and for which country its
-- service is; '' where nobody said.
ALTER TABLE processes ADD COLUMN governance TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE processes ADD COLUMN country TEXT NOT NULL DEFAULT '';
