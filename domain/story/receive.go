package story

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"interlink/domain"
)

// Received is a story as another node sent it.
type Received struct {
	IRI        domain.IRI
	Slug       string // as its address ends; another is given if it does not fit
	Owner      domain.ActorID
	OwnerIRI   domain.IRI
	ProcessIRI domain.IRI
	Telling    Telling
	Snapshot   *Snapshot // nil if it came without
	Digest     string    // as the node said; checked if there is a snapshot
	Version    int
	Evidence   *Evidence // nil if its owner did not sign it
	Published  time.Time
	Updated    time.Time // zero means as published
	Brought    bool      // by an administrator, in an archive of the node
	Along      []string  // hashes of the files that came along in it
}

// Receive keeps a copy of another node's story. The same or an older version
// changes nothing, but that a snapshot may follow its story. Errors: Invalid for a story that is not of its owner's
// node, is of this node, has a digest that does not fit, or breaks a bound.
func (s *Service) Receive(ctx context.Context, in Received) (*Story, error) {
	st, change, err := s.received(ctx, in)
	if err != nil || change == nil {
		return st, err
	}
	return st, s.store.SaveStory(ctx, st, *change)
}

// Judge reports what [Service.Receive] would make of a story, and whether that
// changes anything; nothing is kept. Errors: as of Receive.
func (s *Service) Judge(ctx context.Context, in Received) (st *Story, changes bool, err error) {
	st, change, err := s.received(ctx, in)
	return st, change != nil, err
}

// received is what becomes of a story that came; without a change it stays as
// it is.
func (s *Service) received(ctx context.Context, in Received) (*Story, *domain.Change, error) {
	if err := s.checkReceived(&in); err != nil {
		return nil, nil, err
	}
	st, err := s.store.StoryByIRI(ctx, in.IRI)
	switch {
	case domain.CodeOf(err) == domain.NotFound:
		st = &Story{
			ID: s.mint.ID(), Serial: s.mint.Serial(), IRI: in.IRI, Host: in.IRI.Host(), Owner: in.Owner,
			PublishedAt: in.Published,
		}
		if st.Slug, err = s.freeSlug(ctx, in.Slug, st); err != nil {
			return nil, nil, err
		}
	case err != nil:
		return nil, nil, err
	case st.Host == "" || st.Owner != in.Owner:
		return nil, nil, domain.Fail(domain.Forbidden, "error.forbidden")
	case !in.newer(st) && (!in.Brought || !st.Brought.IsZero() || st.Status != Published):
		return st, nil, nil
	case !in.newer(st):
		st.Brought, st.Along = s.mint.Now(), in.Along
		return st, &domain.Change{}, nil
	}
	if in.Brought && st.Brought.IsZero() {
		st.Brought = s.mint.Now()
	}
	st.Along = in.Along
	st.ProcessIRI, st.Telling, st.Languages = in.ProcessIRI, in.Telling, in.Telling.Title.Langs()
	st.Snapshot, st.Digest, st.Problems = in.Snapshot, "", nil
	if in.Snapshot != nil {
		st.Digest, st.Problems = in.Digest, in.Snapshot.problems()
	}
	st.Version, st.Status, st.UpdatedAt, st.Evidence = in.Version, Published, in.Updated, in.Evidence
	change := st.event(s.mint, StoryReceived, in.Owner)
	return st, &change, nil
}

// newer reports whether what came is a later version of the copy, perhaps of
// the same second, or the same as its owner signed it later (a partner took its
// signature back), or with the snapshot that the copy still lacks, or with more
// signatures. What the owner signed before never comes back, with a snapshot
// that the copy lacks or without.
func (in Received) newer(st *Story) bool {
	if !in.Updated.Equal(st.UpdatedAt) || st.Status != Published {
		return in.Updated.After(st.UpdatedAt)
	}
	signed, before := in.Evidence.signedAt(), st.Evidence.signedAt()
	switch {
	case in.Version != st.Version:
		return in.Version > st.Version
	case !signed.Equal(before):
		return signed.After(before)
	case in.Snapshot != nil && st.Snapshot == nil:
		return true
	}
	return in.Evidence.signatures() > st.Evidence.signatures()
}

// checkReceived judges and tidies what came. Times ahead of ours are set to
// now, so that a wrong clock cannot keep later versions out.
func (s *Service) checkReceived(in *Received) error {
	if _, err := domain.ParseIRI(string(in.IRI)); err != nil {
		return err
	}
	if s.ns.Owns(in.IRI) || !domain.SameOrigin(in.IRI, in.OwnerIRI) || in.Owner == domain.Nobody {
		return domain.Fail(domain.Invalid, "story.origin")
	}
	in.Telling = in.Telling.clean()
	var problems domain.Problems
	if in.Telling.check(&problems); problems.Err() != nil {
		return problems.Err()
	}
	if in.Snapshot != nil {
		if err := in.Snapshot.check(); err != nil {
			return err
		}
		if in.Snapshot.Process.IRI != in.ProcessIRI {
			return domain.Fail(domain.Invalid, "story.origin")
		}
		if in.Digest != in.Snapshot.Digest() {
			return domain.Fail(domain.Invalid, "story.digest")
		}
	}
	for _, text := range in.Telling.texts() {
		for lang, t := range text {
			if _, err := domain.ParseLang(string(lang)); err != nil || !utf8.ValidString(t) || strings.ContainsRune(t, 0) {
				return domain.Fail(domain.Invalid, "error.language", string(lang))
			}
		}
	}
	if in.ProcessIRI != "" && !domain.SameOrigin(in.ProcessIRI, in.IRI) {
		return domain.Fail(domain.Invalid, "story.origin")
	}
	now := s.mint.Now()
	if in.Published.IsZero() || in.Published.After(now) {
		in.Published = now
	}
	if in.Updated.IsZero() {
		in.Updated = in.Published
	}
	if in.Updated.After(now) {
		in.Updated = now
	}
	in.Published, in.Updated = in.Published.UTC().Truncate(time.Microsecond), in.Updated.UTC().Truncate(time.Microsecond)
	return nil
}

func (t Telling) texts() []domain.Text {
	texts := []domain.Text{t.Title, t.Summary, t.Challenge, t.Objectives, t.Results, t.Lessons, t.Incentives, t.Terms}
	for _, f := range t.Figures {
		texts = append(texts, f.Name, f.Unit, f.Category)
	}
	for _, m := range t.Materials {
		texts = append(texts, m.Name)
	}
	for _, m := range t.Makers {
		texts = append(texts, m.Info, domain.Text{domain.Undetermined: m.Name})
	}
	return texts
}

// freeSlug returns the wanted slug if it fits and is free at the story's
// host, else the story's id, which always is.
func (s *Service) freeSlug(ctx context.Context, want string, st *Story) (string, error) {
	if !slugShape.MatchString(want) {
		return string(st.ID), nil
	}
	_, err := s.store.StoryAt(ctx, want, st.Host)
	switch domain.CodeOf(err) {
	case domain.NotFound:
		return want, nil
	case domain.OK:
		return string(st.ID), nil
	}
	return "", err
}

// ReceiveDeletion withdraws the copy of a story that its owner withdrew, and
// erases all but its title. An unknown or withdrawn one changes nothing.
// Errors: Forbidden unless by is of the story's node, and for a story of this
// one.
func (s *Service) ReceiveDeletion(ctx context.Context, iri, by domain.IRI) error {
	if s.ns.Owns(iri) || !domain.SameOrigin(iri, by) {
		return domain.Fail(domain.Forbidden, "error.forbidden")
	}
	st, err := s.store.StoryByIRI(ctx, iri)
	if domain.CodeOf(err) == domain.NotFound {
		return nil
	}
	if err != nil || st.Status == Withdrawn {
		return err
	}
	st.Telling = Telling{Title: st.Title, Licence: st.Licence}
	st.Snapshot, st.Digest, st.Problems, st.Evidence = nil, "", nil, nil
	st.Status, st.UpdatedAt = Withdrawn, s.mint.Now()
	return s.store.SaveStory(ctx, st, st.event(s.mint, StoryGone, st.Owner))
}

// File finds a file that a story shows which is of this node, or was brought to
// it. Errors: NotFound.
func (s *Service) File(ctx context.Context, st *Story, hash string) (*File, error) {
	if st.Snapshot != nil {
		for _, r := range st.Snapshot.Resources {
			if r.File == nil || r.File.SHA256 != hash {
				continue
			}
			if st.Host == "" {
				return r.File, nil
			}
			if has, err := s.store.HasFile(ctx, st.ID, hash); err != nil || has {
				return r.File, err
			}
		}
	}
	return nil, domain.Fail(domain.NotFound, "error.not_found")
}
