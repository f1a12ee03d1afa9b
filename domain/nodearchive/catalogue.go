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

// Shelf takes the catalogue along: what is published of this node, what its
// entries said before, the files that its Interlinkers handed out, and their
// pictures.
type Shelf struct {
	entries *catalogue.Service
	all     *exchange.Service
	ns      domain.Namespace
	files   coproduction.Files
	shown   Pictures
	name    string
	mint    *domain.Mint
}

// NewShelf makes it.
func NewShelf(entries *catalogue.Service, all *exchange.Service, ns domain.Namespace, files coproduction.Files, pictures Pictures, name string, mint *domain.Mint) *Shelf {
	return &Shelf{entries, all, ns, files, pictures, name, mint}
}

// Catalogue is the subject of what is published.
func (s *Shelf) Catalogue() Subject { return Subject{Kind: Catalogue, Write: s.write, Bring: s.bring} }

func (s *Shelf) write(ctx context.Context, v policy.Viewer, to *Writer) error {
	var hashes, pictures []string
	err := to.add(ctx, Part{Path: catalogueName, Kind: Catalogue, IRI: s.ns.IRI("catalogue")}, func(w io.Writer) error {
		out, err := dump.NewWriter(w, dump.Head{
			Schema: s.ns.Base() + dump.SchemaPath, Node: domain.IRI(s.ns.Base()), Name: s.name, ExportedAt: s.mint.Now(),
		})
		if err == nil {
			err = s.all.Each(ctx, exchange.Filter{}, func(e *catalogue.Entry) error {
				pictures = append(pictures, s.depicting(e)...)
				own, err := s.handedOut(ctx, v, e.Slug, e.Interlinker)
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
	if err != nil {
		return err
	}
	return s.writeFiles(ctx, to, hashes, pictures)
}

// writeFiles writes files and pictures by their hashes.
func (s *Shelf) writeFiles(ctx context.Context, to *Writer, files, pictures []string) error {
	for _, hash := range files {
		if err := to.file(ctx, s.files, hash); err != nil {
			return err
		}
	}
	for _, hash := range pictures {
		if err := to.picture(ctx, s.shown, hash); err != nil {
			return err
		}
	}
	return nil
}

// depicting are the pictures of an Interlinker that this node serves.
func (s *Shelf) depicting(e *catalogue.Entry) (hashes []string) {
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

// handedOut are the files of what an Interlinker says, or said; what it merely
// names by a hash is none.
func (s *Shelf) handedOut(ctx context.Context, v policy.Viewer, slug string, i *catalogue.Interlinker) (hashes []string, err error) {
	if i == nil {
		return nil, nil
	}
	for _, lang := range slices.Sorted(maps.Keys(i.Documents)) {
		d := i.Documents[lang]
		if d.Hash == "" {
			continue
		}
		switch _, _, err := s.entries.File(ctx, v, slug, d.Hash); domain.CodeOf(err) {
		case domain.OK:
			hashes = append(hashes, d.Hash)
		case domain.NotFound, domain.Gone:
		default:
			return nil, err
		}
	}
	return hashes, nil
}

func (s *Shelf) bring(ctx context.Context, in *Brought) (Result, error) {
	raw, err := in.Whole(ctx, maxDocument)
	if err != nil {
		return Result{}, err
	}
	b := dump.Read(in.Part.Path, raw)
	b.Along = in.File
	if b.Entries, err = s.leftToBring(ctx, in, b); err != nil {
		return Result{}, err
	}
	for _, e := range b.Entries {
		nameFiles(e.Interlinker)
	}
	report, err := s.entries.Import(ctx, in.Viewer, b, in.Judged)
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
	for _, e := range b.Entries {
		r.lose(s.links(e.Interlinker)...)
	}
	return r, nil
}

// leftToBring are the entries that the catalogue itself brings: not those with a
// part of their own, nor what entries here said once and have gone on from.
func (s *Shelf) leftToBring(ctx context.Context, in *Brought, b catalogue.Bundle) ([]*catalogue.Entry, error) {
	var out []*catalogue.Entry
	for _, e := range b.Entries {
		own, err := in.Has(ctx, Versions, b.From[e])
		if err == nil && !own {
			own, err = s.entries.Outgrew(ctx, e)
		}
		if err != nil {
			return nil, err
		}
		if !own {
			out = append(out, e)
		}
	}
	return out, nil
}

// nameFiles gives the files of an Interlinker names that files can have.
func nameFiles(i *catalogue.Interlinker) {
	if i == nil {
		return
	}
	for lang, d := range i.Documents {
		if d.Hash != "" {
			d.Name = coproduction.FileName(d.Name)
			i.Documents[lang] = d
		}
	}
}

// links are the files and pictures of an Interlinker that did not come along:
// they stay where they were handed out.
func (s *Shelf) links(i *catalogue.Interlinker) (lost []portable.Lost) {
	if i == nil {
		return nil
	}
	for _, x := range i.Snapshots {
		if catalogue.PictureHash(x.URL) != "" && !s.ns.Owns(x.URL) {
			lost = append(lost, portable.Lost{What: x.Alt.String(), IRI: x.URL, Reason: portable.LostFile})
		}
	}
	for _, lang := range slices.Sorted(maps.Keys(i.Documents)) {
		if d := i.Documents[lang]; d.Hash != "" && d.URL != "" && !s.ns.Owns(d.URL) {
			lost = append(lost, portable.Lost{What: d.Name, IRI: d.URL, Reason: portable.LostFile})
		}
	}
	return lost
}
