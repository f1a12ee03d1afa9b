-- Who declined an invitation of a group, of this node or another: they are not
-- invited again before until_at, or never (NULL). Whom it is about: an actor's id, or
-- an e-mail address in small letters.
CREATE TABLE invitation_refusals (
    group_id   TEXT   NOT NULL REFERENCES actors (id),
    addressee  TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    until_at   BIGINT,
    PRIMARY KEY (group_id, addressee)
);
--bun:split
CREATE INDEX invitation_refusals_addressee ON invitation_refusals (addressee);
--bun:split
-- What was sent to whom, of whatever became of it: so many a day are enough.
CREATE TABLE invitation_letters (
    id        TEXT   PRIMARY KEY,
    addressee TEXT   NOT NULL,
    sent_at   BIGINT NOT NULL
);
--bun:split
CREATE INDEX invitation_letters_addressee ON invitation_letters (addressee, sent_at);
