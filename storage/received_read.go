package storage

import (
	"context"

	"interlink/domain"
)

// ReceivedRaw returns the bytes of an activity of an actor, as received.
// Errors: NotFound, also where the bytes are erased.
func (s *Received) ReceivedRaw(ctx context.Context, actor, iri domain.IRI) ([]byte, error) {
	row := new(receivedRow)
	err := s.db.read.NewSelect().Model(row).Column("raw").
		Where("iri = ? AND actor = ? AND raw IS NOT NULL", string(iri), string(actor)).Scan(ctx)
	return row.Raw, translate(err)
}
