-- Whom an audience is narrowed to: followers whose host runs this software;
-- '' for all.
ALTER TABLE fanouts ADD COLUMN software TEXT NOT NULL DEFAULT '';
