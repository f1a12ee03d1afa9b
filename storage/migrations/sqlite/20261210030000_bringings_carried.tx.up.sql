-- What an import brought along that has no row here, apart from what its page says:
-- it has up to 50,000 people and 20,000 events. Of imports before it stays in body.
ALTER TABLE bringings ADD COLUMN carried TEXT NOT NULL DEFAULT '';
