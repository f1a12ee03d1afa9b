package storage_test

import (
	"context"
	"net/url"
	"slices"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/policy"
	"interlink/domain/search"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// TestSavedSearches: what is new in a saved search is told once, and nobody is
// told the same by two summaries; each person has their own, and no more than
// so many.
func TestSavedSearches(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "searches", func(t *testing.T, db *storage.DB) {
		ctx, b := t.Context(), newBells(t, db)
		ana, bo := b.account("ana", policy.RoleMember), b.account("bo", policy.RoleMember)
		signedIn := true
		finders := map[search.Place]search.Finder{search.Communities: func(ctx context.Context, v policy.Viewer, asked url.Values, since time.Time) (int, error) {
			list, err := b.posts.Communities(ctx, v, asked.Get("q"), domain.Page{Limit: search.MostFresh})
			n := 0
			for _, c := range list.Items {
				if c.Serial.Time().After(since) {
					n++
				}
			}
			return n, err
		}}
		viewer := func(_ context.Context, id domain.ActorID) (policy.Viewer, error) {
			if !signedIn {
				return policy.Viewer{}, nil
			}
			return policy.Viewer{Actor: id, Role: policy.RoleMember}, nil
		}
		s := search.NewService(storage.NewSavedSearches(db), finders, viewer, b.mint)
		x := must[*search.Search](t)(s.Save(ctx, bo, search.Communities, "q=park", "Parks", true))
		again := must[*search.Search](t)(s.Save(ctx, bo, search.Communities, "?q=park&after=1", "All parks", true))
		if again.ID != x.ID || again.Name != "All parks" {
			t.Errorf("the same search twice: %+v", again)
		}
		make := func(name string) {
			t.Helper()
			must[*community.Community](t)(b.posts.Create(ctx, ana, name, community.Details{Title: domain.Text{"en": name}, Language: "en"}))
		}
		day := time.Date(2026, 6, 9, 5, 0, 0, 0, time.UTC) // a Tuesday
		tell := func(days int) {
			t.Helper()
			b.at(day.AddDate(0, 0, days))
			wantCode(t, s.TellDue(ctx), domain.OK)
			wantCode(t, s.TellDue(ctx), domain.OK)
			b.settle()
		}
		make("park1")
		make("park2")
		tell(0)
		tell(1) // nothing since
		make("lake")
		tell(2) // of something else
		if got := b.topics(bo); got != "search_found*" {
			t.Errorf("told of %q", got)
		}
		tell(6) // a Monday: the summary
		b.at(day.AddDate(0, 0, 6).Add(4 * time.Hour))
		b.settle()
		make("park3")
		tell(7)
		b.at(day.AddDate(0, 0, 13).Add(4 * time.Hour)) // the next
		b.settle()
		b.at(day.AddDate(0, 0, 20).Add(4 * time.Hour)) // one with nothing in it
		b.settle()
		if got := b.mails(); !slices.Equal(got, []string{"bo: weekly: search_found", "bo: weekly: search_found"}) {
			t.Errorf("mails: %q", got)
		}
		list, err := s.List(ctx, bo)
		if err != nil || len(list) != 1 || list[0].Fresh != 3 {
			t.Errorf("bo's searches: %+v (%v)", list, err)
		}
		must[*search.Search](t)(s.Look(ctx, bo, x.ID))
		if list, err = s.List(ctx, bo); err != nil || list[0].Fresh != 0 {
			t.Errorf("new after looking: %+v (%v)", list, err)
		}

		// It is theirs alone, and no more than so many.
		_, err = s.Look(ctx, ana, x.ID)
		wantCode(t, err, domain.NotFound)
		wantCode(t, s.Tell(ctx, ana, x.ID, false), domain.NotFound)
		wantCode(t, s.Remove(ctx, ana, x.ID), domain.NotFound)
		_, err = s.List(ctx, policy.Viewer{})
		wantCode(t, err, domain.Unauthenticated)
		_, err = s.Save(ctx, policy.Viewer{Actor: "far", Role: policy.RoleRemote}, search.Communities, "q=x", "", false)
		wantCode(t, err, domain.Unauthenticated)
		_, err = s.Save(ctx, policy.Viewer{Actor: bo.Actor, Role: policy.RoleMember, Scopes: []policy.Scope{policy.ScopeRead}}, search.Communities, "q=x", "", false)
		wantCode(t, err, domain.Forbidden)
		for n := range search.Most {
			_, err = s.Save(ctx, bo, search.Communities, url.Values{"q": {string(rune('a' + n))}}.Encode(), "", false)
			if want := n == search.Most-1; (domain.CodeOf(err) == domain.Conflict) != want {
				t.Errorf("search %d: %v", n, err)
			}
		}
		// Who cannot sign in any more is not told.
		signedIn = false
		make("park4")
		before := b.topics(bo)
		tell(30)
		if got := b.topics(bo); got != before {
			t.Errorf("told of %q", got)
		}
		wantCode(t, s.Remove(ctx, bo, x.ID), domain.OK)
		wantCode(t, s.Remove(ctx, bo, x.ID), domain.NotFound)
	})
}
