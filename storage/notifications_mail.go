package storage

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/notification"
)

// notificationMailRow is one mail about notifications.
type notificationMailRow struct {
	bun.BaseModel `bun:"table:notification_mails,alias:m"`

	ID        string `bun:",pk"`
	PersonID  string
	Channel   string
	Class     string
	CreatedAt Stamp
	SentAt    Stamp
}

// scopeClass is the class of a mail: those at once tell of one class, so that
// people can unsubscribe from it alone; a summary tells of all.
const scopeClass = "CASE WHEN mail = 'at_once' THEN class ELSE '' END"

// Due implements notification.Store.
func (s *Notifications) Due(ctx context.Context, at time.Time, limit int) ([]notification.Due, error) {
	var rows []struct {
		PersonID string
		Mail     string
		Of       string
	}
	err := s.db.read.NewRaw("SELECT person_id, mail, "+scopeClass+` AS of FROM notifications AS n WHERE mail_at <= ?0
		AND NOT (mail = 'at_once' AND class = ?1 AND EXISTS (SELECT 1 FROM notification_mails AS m
			WHERE m.person_id = n.person_id AND m.channel = 'at_once' AND m.class = n.class AND m.created_at > ?2))
		GROUP BY person_id, mail, `+scopeClass+" ORDER BY MIN(mail_at), person_id, mail, 3 LIMIT ?3",
		at.UnixMicro(), string(notification.Decisions), at.Add(-notification.DecisionsEvery).UnixMicro(), limit).Scan(ctx, &rows)
	due := make([]notification.Due, len(rows))
	for i, r := range rows {
		due[i] = notification.Due{Person: domain.ActorID(r.PersonID), Scope: notification.Scope{Channel: notification.Channel(r.Mail), Class: notification.Class(r.Of)}}
	}
	return due, translate(err)
}

// Post implements notification.Store.
func (s *Notifications) Post(ctx context.Context, at time.Time, id domain.ID, d notification.Due) error {
	return s.db.inQueue(ctx, func(ctx context.Context, tx bun.Tx) error {
		result, err := tx.NewRaw("UPDATE notifications SET mail_id = ?, mail_at = NULL WHERE person_id = ? AND mail = ? AND "+scopeClass+" = ? AND mail_at <= ?",
			string(id), string(d.Person), string(d.Scope.Channel), string(d.Scope.Class), at.UnixMicro()).Exec(ctx)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return err // another process was first, or it was read
		}
		row := &notificationMailRow{
			ID: string(id), PersonID: string(d.Person), Channel: string(d.Scope.Channel), Class: string(d.Scope.Class), CreatedAt: Stamp(at),
		}
		if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
			return err
		}
		return s.db.jobs.InsertTx(ctx, tx.Tx, []domain.Job{notification.Send(id)})
	})
}

// Mail implements notification.Store.
func (s *Notifications) Mail(ctx context.Context, id domain.ID) (*notification.Mail, error) {
	r := new(notificationMailRow)
	if err := s.db.read.NewSelect().Model(r).Where("m.id = ?", string(id)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return &notification.Mail{
		ID: domain.ID(r.ID), Person: domain.ActorID(r.PersonID), At: r.CreatedAt.Time(), Sent: r.SentAt.Time(),
		Scope: notification.Scope{Channel: notification.Channel(r.Channel), Class: notification.Class(r.Class)},
	}, nil
}

// MailNews implements notification.Store.
func (s *Notifications) MailNews(ctx context.Context, id domain.ID, p domain.Page) (domain.List[*notification.Notification], error) {
	return s.page(ctx, p, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("n.mail_id = ? AND n.mail_id <> '' AND n.read_at IS NULL", string(id))
	})
}

// MailSent implements notification.Store.
func (s *Notifications) MailSent(ctx context.Context, id domain.ID, at time.Time) error {
	return s.db.inQueue(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewUpdate().Model((*notificationMailRow)(nil)).Set("sent_at = ?", Stamp(at)).Where("id = ? AND sent_at IS NULL", string(id)).Exec(ctx)
		return err
	})
}

// notifications removes those of before a time, and the mails that told of
// them.
func (s *Retention) notifications(ctx context.Context, before time.Time) (more bool, err error) {
	err = s.db.inQueue(ctx, func(ctx context.Context, tx bun.Tx) error {
		for _, q := range []struct {
			text   string
			before int64
		}{
			{"DELETE FROM notifications WHERE serial IN (SELECT serial FROM notifications WHERE serial < ? ORDER BY serial LIMIT ?)", int64(domain.NewSerial(before, 0))},
			{"DELETE FROM notification_mails WHERE id IN (SELECT id FROM notification_mails WHERE created_at < ? ORDER BY created_at LIMIT ?)", before.UnixMicro()},
		} {
			result, err := tx.NewRaw(q.text, q.before, sweepAtOnce).Exec(ctx)
			if err != nil {
				return err
			}
			n, err := result.RowsAffected()
			if err != nil {
				return err
			}
			more = more || n == sweepAtOnce
		}
		return nil
	})
	return more && err == nil, err
}
