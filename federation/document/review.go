package document

import (
	"context"

	"interlink/domain"
	"interlink/domain/review"
	"interlink/federation/activity"
)

// Reviews reads reviews, removed or not.
type Reviews interface {
	Review(ctx context.Context, id domain.ID) (*review.Review, error)
}

// ReviewAt makes the Note of a review by somebody of this node by its id.
// Errors: NotFound, also for one that was removed.
func (d *Documents) ReviewAt(ctx context.Context, id domain.ID) (any, error) {
	r, err := d.Reviews.Review(ctx, id)
	if err == nil && (r.State != review.Shown || !d.NS.Owns(r.IRI)) {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil {
		return nil, err
	}
	author, err := d.address(ctx, r.Author)
	if err == nil && author == "" {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil {
		return nil, err
	}
	owner, err := d.address(ctx, r.Owner)
	if err != nil {
		return nil, err
	}
	return activity.Review(r, author, owner), nil
}
