-- A report of another server may be about a review: its address.
ALTER TABLE reports ADD COLUMN review_iri TEXT NOT NULL DEFAULT '';
