package nodearchive

import (
	"context"
	"io"
	"strconv"
	"strings"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/catalogue/dump"
	"interlink/domain/catalogue/exchange"
	"interlink/domain/policy"
	"interlink/domain/portable"
)

// Versions is the subject of what entries said before, and of those that are
// deprecated or withdrawn.
func (s *Shelf) Versions() Subject {
	return Subject{Kind: Versions, Write: s.writeVersions, Bring: s.bringVersions}
}

// writeVersions writes entries that nothing replaces first, so that others can
// name what these became.
func (s *Shelf) writeVersions(ctx context.Context, v policy.Viewer, to *Writer) error {
	for _, replaced := range []bool{false, true} {
		err := s.all.Each(ctx, exchange.Filter{Ended: true}, func(e *catalogue.Entry) error {
			if (e.Replacement != "") != replaced {
				return nil
			}
			return s.writeHistory(ctx, v, e, to)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Shelf) writeHistory(ctx context.Context, v policy.Viewer, e *catalogue.Entry, to *Writer) error {
	h, err := s.entries.History(ctx, v, e.ID)
	if code := domain.CodeOf(err); code == domain.NotFound || code == domain.Gone || err == nil && h.Plain() {
		return nil // deleted meanwhile, or the catalogue says all of it
	}
	if err != nil {
		return err
	}
	path := to.free(string(Versions) + "/" + string(e.Kind) + "-" + partName(e.Slug))
	if h.Earlier > 0 {
		to.Leave(Left{What: path, Reason: LeftRoom, Count: h.Earlier})
	}
	err = to.add(ctx, Part{Path: path, Kind: Versions, IRI: e.IRI}, func(w io.Writer) error {
		raw, err := dump.Encode(h)
		if err == nil {
			_, err = w.Write(raw)
		}
		return err
	})
	if err != nil {
		return err
	}
	var files []string
	for _, one := range h.Versions {
		some, err := s.handedOut(ctx, v, e.Slug, one.Content.Interlinker)
		if err != nil {
			return err
		}
		files = append(files, some...)
	}
	return s.writeFiles(ctx, to, files, s.depicting(e))
}

// partName is a slug as the name of a part.
func partName(slug string) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(slug))
	return name[:min(len(name), 80)]
}

// free is a path for JSON that no part has yet.
func (w *Writer) free(path string) string {
	free := path + ".json"
	for n := 2; w.seen[free]; n++ {
		free = path + "_" + strconv.Itoa(n) + ".json"
	}
	return free
}

func (s *Shelf) bringVersions(ctx context.Context, in *Brought) (Result, error) {
	raw, err := in.Whole(ctx, maxDocument)
	if err != nil {
		return Result{}, err
	}
	h, err := dump.Decode(raw)
	if err != nil {
		return Result{}, err
	}
	if h.IRI != in.Part.IRI {
		return Result{}, broken(in.Part.Path) // the manifest says another
	}
	for _, v := range h.Versions {
		nameFiles(v.Content.Interlinker)
	}
	made, err := s.entries.Restore(in.making(ctx), in.Viewer, h, in.File)
	if err != nil {
		return Result{}, err
	}
	if made.Entry == nil {
		return Result{Outcome: Own}, nil // it was deleted here
	}
	r := Result{Outcome: Unchanged, Made: made.Entry.IRI}
	switch {
	case len(made.Added) > 0:
		r.Outcome = Made
	case len(made.Kept) > 0 || made.Entry.Status == catalogue.Draft:
		r.Outcome = Own
	}
	for _, n := range made.Kept {
		r.lose(portable.Lost{What: strconv.Itoa(n), Reason: portable.LostVersion})
	}
	if h.Earlier > 0 {
		r.lose(portable.Lost{What: strconv.Itoa(h.Earlier), Reason: portable.LostMoreVersions})
	}
	seen := map[portable.Lost]bool{}
	for _, v := range made.Added {
		for _, l := range s.links(v.Content.Interlinker) {
			if !seen[l] {
				r.lose(l)
			}
			seen[l] = true
		}
	}
	return r, nil
}

// Comparable reports whether versions that stay out of an import can be compared
// with what is here: those of Interlinkers.
func (p Part) Comparable() bool {
	return p.Kind == Versions && strings.HasPrefix(p.Path, string(Versions)+"/"+string(catalogue.KindInterlinker)+"-")
}

// Version reads what an entry said, by the part at a position of an import, as
// its version of a number; of the history are its key and kind. Errors: NotFound
// if there is none, or the viewer does not administer the node; Gone once the
// bytes are.
func (s *Service) Version(ctx context.Context, v policy.Viewer, id domain.ID, position, number int) (*catalogue.History, *catalogue.Version, error) {
	i, err := s.own(ctx, v, id)
	if err != nil {
		return nil, nil, err
	}
	p, err := s.store.Part(ctx, i.ID, position)
	if err == nil && !p.Comparable() {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil {
		return nil, nil, err
	}
	raw, err := s.brought(i, p, true).Whole(ctx, maxDocument)
	if err != nil {
		return nil, nil, err
	}
	h, err := dump.Decode(raw)
	if err != nil {
		return nil, nil, err
	}
	for n := range h.Versions {
		if one := &h.Versions[n]; one.Number == number && h.Kind == catalogue.KindInterlinker && one.Content.Interlinker != nil {
			return h, one, nil
		}
	}
	return nil, nil, domain.Fail(domain.NotFound, "error.not_found")
}
