-- What people are told, once for each thing (once). mail is the channel of the
-- mail that tells it, mail_at when it is due, mail_id the mail it is in.
CREATE TABLE notifications (
    serial       BIGINT PRIMARY KEY,
    person_id    TEXT   NOT NULL,
    event_seq    BIGINT NOT NULL REFERENCES events (seq),
    topic        TEXT   NOT NULL,
    class        TEXT   NOT NULL,
    once         TEXT   NOT NULL,
    subject_kind TEXT   NOT NULL,
    subject_id   TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    read_at      BIGINT,
    mail         TEXT   NOT NULL,
    mail_at      BIGINT,
    mail_id      TEXT   NOT NULL
);
--bun:split
CREATE UNIQUE INDEX notifications_once ON notifications (person_id, once);
--bun:split
CREATE INDEX notifications_person ON notifications (person_id, serial);
--bun:split
CREATE INDEX notifications_unread ON notifications (person_id, serial) WHERE read_at IS NULL;
--bun:split
CREATE INDEX notifications_event ON notifications (event_seq);
--bun:split
CREATE INDEX notifications_due ON notifications (mail_at) WHERE mail_at IS NOT NULL;
--bun:split
CREATE INDEX notifications_mail ON notifications (mail_id) WHERE mail_id <> '';
--bun:split
-- Mails about notifications: a row before it is work.
CREATE TABLE notification_mails (
    id         TEXT   PRIMARY KEY,
    person_id  TEXT   NOT NULL,
    channel    TEXT   NOT NULL,
    class      TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    sent_at    BIGINT
);
--bun:split
CREATE INDEX notification_mails_created ON notification_mails (created_at);
--bun:split
-- How people chose to be told; nothing of those who did not choose.
CREATE TABLE notification_choices (
    person_id TEXT   PRIMARY KEY,
    classes   TEXT   NOT NULL,
    topics    TEXT   NOT NULL,
    hour      BIGINT NOT NULL,
    zone      TEXT   NOT NULL
);
--bun:split
-- Of what happened before nobody is told.
INSERT INTO cursors (name, seq) SELECT 'notification', seq FROM event_head WHERE id = 1 AND seq > 0;
