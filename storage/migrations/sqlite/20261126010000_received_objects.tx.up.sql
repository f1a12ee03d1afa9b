-- Whose words the bytes of a received activity carry, by the object's
-- address: they go when the object is deleted.
ALTER TABLE received ADD COLUMN object TEXT NOT NULL DEFAULT '';
--bun:split
CREATE INDEX received_object ON received (object) WHERE object <> '';
