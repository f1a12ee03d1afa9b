-- From which event on the hash is made of links; 0 until the program has looked.
ALTER TABLE event_head ADD COLUMN links BIGINT NOT NULL DEFAULT 0;
