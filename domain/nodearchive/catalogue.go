package nodearchive

import (
	"context"
	"io"
	"maps"
	"slices"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/catalogue/dump"
	"interlink/domain/catalogue/exchange"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
	"interlink/domain/portable"
)

const catalogueName = "catalogue.json"

type shelf struct {
	entries *catalogue.Service
	all     *exchange.Service
	ns      domain.Namespace
	files   coproduction.Files
	shown   Pictures
	name    string
	mint    *domain.Mint
}

// OfCatalogue is the subject of the catalogue: what is published of this node,
// with the files that its Interlinkers hand out, and their pictures.
func OfCatalogue(entries *catalogue.Service, all *exchange.Service, ns domain.Namespace, files coproduction.Files, pictures Pictures, name string, mint *domain.Mint) Subject {
	s := &shelf{entries, all, ns, files, pictures, name, mint}
	return Subject{Kind: Catalogue, Write: s.write, Bring: s.bring}
}

func (s *shelf) write(ctx context.Context, v policy.Viewer, to *Writer) error {
	var hashes, pictures []string
	err := to.add(ctx, Part{Path: catalogueName, Kind: Catalogue, IRI: s.ns.IRI("catalogue")}, func(w io.Writer) error {
		out, err := dump.NewWriter(w, dump.Head{
			Schema: s.ns.Base() + dump.SchemaPath, Node: domain.IRI(s.ns.Base()), Name: s.name, ExportedAt: s.mint.Now(),
		})
		if err == nil {
			err = s.all.Each(ctx, exchange.Filter{}, func(e *catalogue.Entry) error {
				pictures = append(pictures, s.depicting(e)...)
				own, err := s.handedOut(ctx, v, e)
				if hashes = append(hashes, own...); err != nil {
					return err
				}
				return out.Write(e)
			})
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
	for _, hash := range hashes {
		if err == nil {
			err = to.file(ctx, s.files, hash)
		}
	}
	for _, hash := range pictures {
		if err == nil {
			err = to.picture(ctx, s.shown, hash)
		}
	}
	return err
}

// depicting are the pictures of an Interlinker that this node serves.
func (s *shelf) depicting(e *catalogue.Entry) (hashes []string) {
	if e.Interlinker == nil {
		return nil
	}
	for _, x := range e.Interlinker.Snapshots {
		if hash := catalogue.PictureHash(x.URL); hash != "" && x.URL == s.ns.IRI("files", hash) {
			hashes = append(hashes, hash)
		}
	}
	return hashes
}

// handedOut are the files of an Interlinker; what it merely names by a hash is
// none.
func (s *shelf) handedOut(ctx context.Context, v policy.Viewer, e *catalogue.Entry) (hashes []string, err error) {
	if e.Interlinker == nil {
		return nil, nil
	}
	for _, lang := range slices.Sorted(maps.Keys(e.Interlinker.Documents)) {
		d := e.Interlinker.Documents[lang]
		if d.Hash == "" {
			continue
		}
		switch _, _, err := s.entries.File(ctx, v, e.Slug, d.Hash); domain.CodeOf(err) {
		case domain.OK:
			hashes = append(hashes, d.Hash)
		case domain.NotFound, domain.Gone:
		default:
			return nil, err
		}
	}
	return hashes, nil
}

func (s *shelf) bring(ctx context.Context, in *Brought) (Result, error) {
	raw, err := in.Whole(ctx, maxDocument)
	if err != nil {
		return Result{}, err
	}
	b := dump.Read(in.Part.Path, raw)
	b.Along = in.File
	for _, e := range b.Entries {
		if e.Interlinker != nil {
			for lang, d := range e.Interlinker.Documents {
				if d.Hash != "" {
					d.Name = coproduction.FileName(d.Name)
					e.Interlinker.Documents[lang] = d
				}
			}
		}
	}
	report, err := s.entries.Import(ctx, in.Viewer, b, false)
	if err != nil {
		return Result{}, err
	}
	if len(report.Errors) > 0 {
		first := report.Errors[0]
		return Result{}, domain.Fail(domain.Invalid, "node_archive.catalogue", len(report.Errors), first.Where()+": "+first.Message)
	}
	r := Result{Outcome: Unchanged, Made: s.ns.IRI("catalogue")}
	for _, n := range []catalogue.Counts{report.Interlinkers, report.ProblemProfiles, report.Schemas} {
		if n.Added+n.Updated+n.Deleted > 0 {
			r.Outcome = Made
		}
	}
	r.lose(s.links(b)...)
	return r, nil
}

// links are the files and pictures of Interlinkers that did not come along: they stay where
// they were handed out.
func (s *shelf) links(b catalogue.Bundle) (lost []portable.Lost) {
	for _, e := range b.Entries {
		if e.Interlinker == nil {
			continue
		}
		for _, x := range e.Interlinker.Snapshots {
			if catalogue.PictureHash(x.URL) != "" && !s.ns.Owns(x.URL) {
				lost = append(lost, portable.Lost{What: x.Alt.String(), IRI: x.URL, Reason: portable.LostFile})
			}
		}
		for _, lang := range slices.Sorted(maps.Keys(e.Interlinker.Documents)) {
			if d := e.Interlinker.Documents[lang]; d.Hash != "" && d.URL != "" && !s.ns.Owns(d.URL) {
				lost = append(lost, portable.Lost{What: d.Name, IRI: d.URL, Reason: portable.LostFile})
			}
		}
	}
	return lost
}
