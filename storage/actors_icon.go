package storage

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/picture"
)

var _ picture.Store = (*Network)(nil)

// SetIcon implements picture.Store.
func (s *Network) SetIcon(ctx context.Context, id domain.ActorID, icon picture.Icon, at time.Time, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error { return setIcon(ctx, tx, id, icon, at) })
}

func setIcon(ctx context.Context, tx bun.Tx, id domain.ActorID, icon picture.Icon, at time.Time) error {
	return changedOne(tx.NewUpdate().Model((*actorRow)(nil)).
		Set("icon = ?", string(icon.IRI)).Set("icon_type = ?", icon.Type).Set("icon_alt = ?", icon.Alt).
		Set("updated_at = ?", Stamp(at)).Where("id = ? AND host = ''", string(id)).Exec(ctx))
}

// Shown implements picture.Store.
func (s *Network) Shown(ctx context.Context, file domain.IRI) (bool, error) {
	shown, err := s.db.read.NewSelect().Model((*actorRow)(nil)).Where("host = '' AND icon = ?", string(file)).Exists(ctx)
	if err == nil && !shown {
		shown, err = s.db.read.NewSelect().Model((*postFileRow)(nil)).Where("file = ?", string(file)).Exists(ctx)
	}
	if err == nil && !shown {
		shown, err = s.db.read.NewSelect().Model((*valueRow)(nil)).Where("facet = 'picture' AND value = ?", string(file)).Exists(ctx)
	}
	if err == nil && !shown { // of what waits for those who moderate: few
		shown, err = s.db.read.NewSelect().Model((*heldRow)(nil)).Where("h.post LIKE ? ESCAPE '!'", `%"`+likeEscapes.Replace(string(file))+`"%`).Exists(ctx)
	}
	return shown, translate(err)
}

// Ask implements picture.Store.
func (s *Network) Ask(ctx context.Context, jobs []domain.Job) error {
	return s.db.inTx(ctx, domain.Change{Jobs: jobs}, nil)
}
