package storage_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/policy"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// listings are all lists that are paged by cursor, one of each kind of cursor
// and query.
func listings(t testing.TB, db *storage.DB) map[string]func(domain.Page) error {
	ctx := t.Context()
	entries, communities := storage.NewCatalogue(db), storage.NewCommunities(db)
	service, _ := newCatalogue(t, db)
	return map[string]func(domain.Page) error{
		"entries": func(p domain.Page) error {
			_, err := service.List(ctx, policy.Viewer{}, catalogue.Filter{}, p)
			return err
		},
		"found entries": func(p domain.Page) error {
			_, err := service.List(ctx, policy.Viewer{}, catalogue.Filter{Text: "plan"}, p)
			return err
		},
		"published": func(p domain.Page) error {
			_, err := entries.Published(ctx, p)
			return err
		},
		"feed": func(p domain.Page) error {
			_, err := communities.FeedOf(ctx, "nobody", p)
			return err
		},
	}
}

// oddCursors are cursors as no list gives them.
func oddCursors() []string {
	odd := []string{"x", "-1", "0", "9223372036854775808", "1e3", " 1", "\x00", "\xff", "YQ==", strings.Repeat("A", 5000)}
	for _, raw := range []string{"", "a", "\x00", "a\x00", "\x00\x00", "a\x00b\x00c", "\xff\x00x", "a\x00\xfe", "a'\x00' OR 1=1 --", "a\x00" + strings.Repeat("x", 3000)} {
		odd = append(odd, base64.RawURLEncoding.EncodeToString([]byte(raw)))
	}
	return odd
}

// TestOddCursors: a cursor that somebody made up is refused or leads
// somewhere; it is no fault of ours.
func TestOddCursors(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "cursors", func(t *testing.T, db *storage.DB) {
		for name, list := range listings(t, db) {
			for _, after := range oddCursors() {
				if err := list(domain.Page{After: after}); err != nil && domain.CodeOf(err) != domain.Invalid {
					t.Errorf("%s after %.40q: %v", name, after, err)
				}
			}
		}
	})
}

// FuzzCursor does the same with any bytes.
func FuzzCursor(f *testing.F) {
	for _, after := range oddCursors() {
		f.Add(after)
	}
	db, err := storage.Open(f.Context(), storagetest.SQLite(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = db.Close() })
	if err := db.Migrate(f.Context()); err != nil {
		f.Fatal(err)
	}
	lists := listings(f, db)
	f.Fuzz(func(t *testing.T, after string) {
		for name, list := range lists {
			if err := list(domain.Page{After: after}); err != nil && domain.CodeOf(err) != domain.Invalid {
				t.Errorf("%s after %q: %v", name, after, err)
			}
		}
	})
}

// TestCursorOfLongNames: every page of a list leads to the next one, however
// long the names in it are.
func TestCursorOfLongNames(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "long", func(t *testing.T, db *storage.DB) {
		s, _ := newCatalogue(t, db)
		var bundle catalogue.Bundle
		for _, code := range []string{"A_1", "A_2", "A_3"} {
			bundle.Entries = append(bundle.Entries, &catalogue.Entry{
				Kind: catalogue.KindProblem, Key: code, Name: domain.Text{"lv": strings.Repeat("ž", 240) + code}, Problem: &catalogue.ProblemProfile{Code: code},
			})
		}
		if report, err := s.Import(t.Context(), operator, bundle, false); err != nil || report.ProblemProfiles.Added != 3 {
			t.Fatalf("%+v, %v", report, err)
		}
		seen, page := 0, domain.Page{Limit: 1}
		for range 3 {
			list, _, err := s.Find(t.Context(), policy.Viewer{}, catalogue.Filter{}, page)
			if err != nil || len(list.Next) > domain.MaxCursor {
				t.Fatalf("after %d: a cursor of %d letters, %v", seen, len(list.Next), err)
			}
			seen += len(list.Items)
			page.After = list.Next
		}
		if seen != 3 || page.After != "" {
			t.Errorf("%d of 3 seen, and then %q", seen, page.After)
		}
	})
}
