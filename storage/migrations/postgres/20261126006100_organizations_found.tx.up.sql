-- Organisations, teams and processes were stored as if they had refused to be recommended
-- and found, before anybody could choose.
UPDATE actors SET discoverable = TRUE, indexable = TRUE WHERE host = '' AND subject IN ('organization', 'team', 'process');
