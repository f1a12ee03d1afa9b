-- The name of a node itself has a dot before the port: names with a colon are not
-- read by GoToSocial and Mastodon.
UPDATE actors SET name = REPLACE(REPLACE(REPLACE(name, ':', '.'), '[', ''), ']', '') WHERE host = '' AND subject = 'node';
