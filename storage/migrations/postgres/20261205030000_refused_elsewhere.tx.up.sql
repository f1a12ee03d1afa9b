-- Whether what somebody here wrote was never shown there.
ALTER TABLE exclusions ADD COLUMN refused BOOLEAN NOT NULL DEFAULT FALSE;
