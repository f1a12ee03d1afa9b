ALTER TABLE actors ADD COLUMN compared_at BIGINT;
