-- Links to people in posts lead to their pages here.
CREATE INDEX actors_url ON actors (url);
