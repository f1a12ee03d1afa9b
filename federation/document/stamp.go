package document

import (
	"context"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/federation/activity"
)

// Stamp makes the stamp of a clone of a public process of this node, with the
// proof of the process's organisation, or of the process itself if not
// everybody may know of that. Errors: NotFound; Gone if it was withdrawn.
func (d *Documents) Stamp(ctx context.Context, process string, id domain.ID) (any, error) {
	p, derivation, err := d.Lineage.Stamped(ctx, process, id)
	if err != nil {
		return nil, err
	}
	signer, owner, err := d.signer(ctx, p)
	if err != nil {
		return nil, err
	}
	return d.proven(ctx, signer, derivation.AnsweredAt, activity.Stamp(lineage.StampOf(p, derivation, owner)))
}

// signer is who speaks for a process.
func (d *Documents) signer(ctx context.Context, p *coproduction.Process) (domain.ActorID, domain.IRI, error) {
	if p.Organization == domain.Nobody {
		return p.ID, p.IRI, nil
	}
	owner, err := d.Actors.Actor(ctx, p.Organization)
	if err != nil {
		return domain.Nobody, "", err
	}
	if !owner.Local() || owner.Gone() || owner.Visibility != domain.VisiblePublic {
		return p.ID, p.IRI, nil
	}
	return owner.ID, owner.IRI, nil
}
