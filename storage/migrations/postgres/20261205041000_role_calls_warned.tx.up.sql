-- When those who decide on a call without a deadline were told that it ends.
ALTER TABLE role_calls ADD COLUMN warned_at BIGINT;
