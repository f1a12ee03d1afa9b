-- Whose the secret of a guest is: an actor of another server; '' for all others.
ALTER TABLE account_secrets ADD COLUMN actor_id TEXT NOT NULL DEFAULT '';
