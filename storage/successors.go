package storage

import (
	"context"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
)

var _ lineage.Successors = (*Lineage)(nil)

// ClonesHere implements lineage.Successors.
func (s *Lineage) ClonesHere(ctx context.Context, process domain.IRI) ([]*coproduction.Process, error) {
	return s.clonesOf(ctx, "p.origin_iri = ? AND p.origin_iri <> ''", process)
}

// ClonesBefore implements lineage.Successors.
func (s *Lineage) ClonesBefore(ctx context.Context, process domain.IRI) ([]*coproduction.Process, error) {
	return s.clonesOf(ctx, "p.origin_formerly = ? AND p.origin_formerly <> ''", process)
}

func (s *Lineage) clonesOf(ctx context.Context, where string, process domain.IRI) ([]*coproduction.Process, error) {
	var rows []*processRow
	if err := s.db.read.NewSelect().Model(&rows).Where(where, string(process)).OrderExpr("p.serial").Scan(ctx); err != nil {
		return nil, translate(err)
	}
	out := make([]*coproduction.Process, len(rows))
	for i, r := range rows {
		out[i] = r.process()
	}
	return out, s.withPeople(ctx, out)
}

// CameFrom implements lineage.Successors.
func (s *Lineage) CameFrom(ctx context.Context, process domain.ActorID, from domain.IRI) (domain.IRI, error) {
	b, err := (&Bringings{s}).bringing(ctx, false, "b.process_id = ? AND b.iri = ?", string(process), string(from))
	if domain.CodeOf(err) == domain.NotFound {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return b.Head.Owner, nil
}

// Away implements lineage.Successors.
func (s *Lineage) Away(ctx context.Context, process domain.ActorID) (domain.IRI, []domain.IRI, error) {
	row := new(actorRow)
	if err := s.db.read.NewSelect().Model(row).Column("moved_to", "also_known_as").Where("id = ?", string(process)).Scan(ctx); err != nil {
		return "", nil, translate(err)
	}
	return domain.IRI(row.MovedTo), row.AlsoKnownAs, nil
}
