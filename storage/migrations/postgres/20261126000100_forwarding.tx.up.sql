-- Who brought an activity that is not proven to be its actor's; '' for others.
ALTER TABLE received ADD COLUMN bringer TEXT NOT NULL DEFAULT '';
