-- What people here did for processes of other nodes stands with what they were
-- asked; what people of other nodes did for processes here has an address there.
ALTER TABLE assignments ADD COLUMN claim_iri TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE assignments ADD COLUMN claim TEXT;
--bun:split
CREATE UNIQUE INDEX assignments_claim ON assignments (claim_iri) WHERE claim_iri <> '';
--bun:split
ALTER TABLE contributions ADD COLUMN iri TEXT NOT NULL DEFAULT '';
--bun:split
ALTER TABLE contributions ADD COLUMN offer_iri TEXT NOT NULL DEFAULT '';
--bun:split
CREATE UNIQUE INDEX contributions_iri ON contributions (iri) WHERE iri <> '';
