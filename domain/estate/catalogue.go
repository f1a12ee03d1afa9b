package estate

import (
	"context"
	"io"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/catalogue/dump"
	"interlink/domain/catalogue/exchange"
	"interlink/domain/policy"
)

const catalogueName = "catalogue.json"

type shelf struct {
	entries *catalogue.Service
	all     *exchange.Service
	ns      domain.Namespace
	name    string
	mint    *domain.Mint
}

// OfCatalogue is the subject of the catalogue: what is published of this node.
func OfCatalogue(entries *catalogue.Service, all *exchange.Service, ns domain.Namespace, name string, mint *domain.Mint) Subject {
	s := &shelf{entries, all, ns, name, mint}
	return Subject{Kind: Catalogue, Write: s.write, Bring: s.bring}
}

func (s *shelf) write(ctx context.Context, _ policy.Viewer, to *Writer) error {
	return to.add(ctx, Part{Path: catalogueName, Kind: Catalogue, IRI: s.ns.IRI("catalogue")}, func(w io.Writer) error {
		out, err := dump.NewWriter(w, dump.Head{
			Schema: s.ns.Base() + dump.SchemaPath, Node: domain.IRI(s.ns.Base()), Name: s.name, ExportedAt: s.mint.Now(),
		})
		if err == nil {
			err = s.all.Each(ctx, exchange.Filter{}, out.Write)
		}
		if err != nil {
			return err
		}
		buried, err := s.entries.Buried(ctx)
		if err != nil {
			return err
		}
		return out.Close(buried)
	})
}

func (s *shelf) bring(ctx context.Context, in *Brought) (Result, error) {
	raw, err := in.Whole(ctx, maxDocument)
	if err != nil {
		return Result{}, err
	}
	report, err := s.entries.Import(ctx, in.Viewer, dump.Read(in.Part.Path, raw), false)
	if err != nil {
		return Result{}, err
	}
	if len(report.Errors) > 0 {
		first := report.Errors[0]
		return Result{}, domain.Fail(domain.Invalid, "estate.catalogue", len(report.Errors), first.Where()+": "+first.Message)
	}
	r := Result{Outcome: Unchanged, Made: s.ns.IRI("catalogue")}
	for _, n := range []catalogue.Counts{report.Interlinkers, report.ProblemProfiles, report.Schemas} {
		if n.Added+n.Updated+n.Deleted > 0 {
			r.Outcome = Made
		}
	}
	return r, nil
}
