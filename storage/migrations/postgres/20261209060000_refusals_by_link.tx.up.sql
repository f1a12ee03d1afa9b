-- The link of the letter that was declined: who holds it may be invited again, with
-- an account or without. Its hash, as that of invitations; '' where none is known.
ALTER TABLE invitation_refusals ADD COLUMN hash TEXT NOT NULL DEFAULT '';
--bun:split
CREATE INDEX invitation_refusals_hash ON invitation_refusals (hash) WHERE hash <> '';
