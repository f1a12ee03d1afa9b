package storage_test

import (
	"context"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/catalogue/dump"
	"interlink/domain/coproduction"
	"interlink/storage"
	"interlink/storage/blob"
	"interlink/storage/storagetest"
)

// shelfAt is the catalogue of a node with files.
func shelfAt(t *testing.T, db *storage.DB, base string) (*catalogue.Service, coproduction.Files) {
	t.Helper()
	s, _ := newCatalogueAt(t, db, base)
	files, err := blob.OpenLarge("", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s.KeepFiles(shelfFiles{files, storage.NewProcesses(db), domain.NewMint(nil, nil)}, noPictures{}, 1000)
	return s, files
}

// changed makes some changes of an entry that its owner can make.
func changed(t *rapid.T, s *catalogue.Service, e *catalogue.Entry) *catalogue.Entry {
	ctx := t.Context()
	for range rapid.IntRange(0, 4).Draw(t, "changes") {
		lang := domain.Lang(rapid.SampledFrom([]string{"es", "lv"}).Draw(t, "lang"))
		word := rapid.StringMatching(`[a-z]{3,6}`).Draw(t, "word")
		next, err := e, error(nil)
		switch rapid.IntRange(0, 6).Draw(t, "change") {
		case 0, 1:
			w := guideOf(word)
			w.Content.Interlinker.Documents = nil
			next, err = s.Rewrite(ctx, curator, e.ID, e.Revision, w)
		case 2:
			next, err = s.Attach(ctx, curator, e.ID, e.Revision, lang, "f.txt", strings.NewReader(word))
		case 3:
			next, err = s.Detach(ctx, curator, e.ID, e.Revision, lang)
		case 4:
			next, err = s.Warn(ctx, curator, e.ID, e.Revision, "en", word)
		case 5:
			next, err = s.End(ctx, curator, e.ID, e.Revision, catalogue.Ending{Status: catalogue.Deprecated, Reason: domain.Text{"en": word}})
		case 6:
			next, err = s.Publish(ctx, curator, e.ID, e.Revision, word)
		}
		if code := domain.CodeOf(err); code != domain.OK && code != domain.NotFound {
			t.Fatal(err)
		}
		if err == nil {
			e = next
		}
		if e, err = s.EntryByID(ctx, curator, e.ID); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

// told is the history of an entry, and as archives have it but for addresses.
func told(t *rapid.T, s *catalogue.Service, id domain.ID) (*catalogue.History, string) {
	h, err := s.History(t.Context(), curator, id)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := dump.Encode(h)
	if err == nil {
		h, err = dump.Decode(raw)
	}
	if err != nil {
		t.Fatal(err)
	}
	bare := *h
	bare.IRI, bare.Key, bare.Slug = "", "", ""
	text, err := dump.Encode(&bare)
	if err != nil {
		t.Fatal(err)
	}
	return h, strings.ReplaceAll(strings.ReplaceAll(string(text), "https://a.example", ""), "https://b.example", "")
}

// TestRestore: whatever an entry went through, it has all of it on another node,
// and again what came since; from there it is taken along as it was. What was
// changed there meanwhile stays.
func TestRestore(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "restore", func(t *testing.T, db *storage.DB) {
		other := storagetest.Open(t, storagetest.SQLite(t))
		a, files := shelfAt(t, db, "https://a.example")
		b, _ := shelfAt(t, other, "https://b.example")
		along := func(ctx context.Context, hash string) (io.ReadCloser, error) { return files.Open(ctx, hash) }
		n := 0
		rapid.Check(t, func(t *rapid.T) {
			if n++; n > 30 {
				return // each is a hundred transactions
			}
			ctx := t.Context()
			e, err := a.Compose(ctx, curator, fmt.Sprintf("guide-%d", n), guideOf("maps"))
			if err == nil {
				e, err = a.Publish(ctx, curator, e.ID, e.Revision, "First")
			}
			if err != nil {
				t.Fatal(err)
			}
			var made *catalogue.Restored
			for range 2 {
				e = changed(t, a, e)
				h, want := told(t, a, e.ID)
				if made, err = b.Restore(ctx, operator, h, along); err != nil || len(made.Kept) > 0 {
					t.Fatalf("%+v, %v", made, err)
				}
				if _, got := told(t, b, made.Entry.ID); got != want {
					t.Fatalf("it says\n%s, not\n%s", got, want)
				}
				again, err := b.Restore(ctx, operator, h, along)
				if err != nil || len(again.Added) > 0 || len(again.Kept) > 0 || again.Entry.Revision != made.Entry.Revision {
					t.Fatalf("again: %+v, %v", again, err)
				}
			}
			here, err := b.EntryByID(ctx, curator, made.Entry.ID)
			if err != nil {
				t.Fatal(err)
			}
			changed(t, b, here)
			mine, _ := told(t, b, here.ID)
			changed(t, a, e)
			theirs, _ := told(t, a, e.ID)
			if _, err := b.Restore(ctx, operator, theirs, along); err != nil {
				t.Fatal(err)
			}
			now, _ := told(t, b, here.ID)
			for i, v := range mine.Versions {
				if !reflect.DeepEqual(now.Versions[i], v) {
					t.Fatalf("version %d here is %+v, was %+v", v.Number, now.Versions[i], v)
				}
			}
		})
	})
}
