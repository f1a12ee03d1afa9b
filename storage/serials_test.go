package storage_test

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/moderation"
	"interlink/domain/network"
	"interlink/domain/review"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// TestSerialTakenIsNotThere: what is left as it is where it is there already is
// not taken for that where another process made its serial: who asked may ask
// again. Each is given as the n-th of its kind with a serial.
func TestSerialTakenIsNotThere(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "serials", func(t *testing.T, db *storage.DB) {
		w := newTown(t, db)
		people := []domain.ActorID{w.owner.Actor, w.member.Actor, w.outside.Actor}
		post, err := w.service.Post(t.Context(), w.owner, "parks", community.Draft{Content: "More benches"})
		if err != nil {
			t.Fatal(err)
		}
		for kind, save := range w.keepsOne(people, post) {
			ctx, taken, free := t.Context(), w.mint.Serial(), w.mint.Serial()
			if err := save(ctx, 0, taken); err != nil {
				t.Fatalf("%s: %v", kind, err)
			}
			if err := save(ctx, 1, taken); domain.CodeOf(err) != domain.Unavailable || !domain.Ours(err) {
				t.Errorf("%s, with a serial of another process: %v", kind, err)
			}
			if err := save(ctx, 0, free); err != nil && domain.CodeOf(err) != domain.Conflict {
				t.Errorf("%s that is there: %v", kind, err)
			}
			if err := save(ctx, 1, free); err != nil {
				t.Errorf("%s, asked again: %v", kind, err)
			}
		}
	})
}

// keepsOne are those commands of stores that leave what is there as it is.
func (w *town) keepsOne(people []domain.ActorID, post *community.Post) map[string]func(ctx context.Context, n int, serial domain.Serial) error {
	communities, none, now := storage.NewCommunities(w.db), domain.Change{}, time.Now()
	iri := func(n int) domain.IRI { return domain.IRI("https://a.example/" + string(people[n])) }
	return map[string]func(context.Context, int, domain.Serial) error{
		"a like": func(ctx context.Context, n int, serial domain.Serial) error {
			return communities.SaveLike(ctx, &community.Like{ID: w.mint.ID(), Serial: serial, IRI: iri(n), Actor: people[n], Post: post.ID, At: now}, none)
		},
		"a pin": func(ctx context.Context, n int, serial domain.Serial) error {
			return communities.Pin(ctx, people[n], post.ID, serial, none)
		},
		"a ban": func(ctx context.Context, n int, serial domain.Serial) error {
			return communities.SaveBan(ctx, &community.Ban{Serial: serial, Community: w.group.ID, Actor: people[n], At: now}, none)
		},
		"an appeal": func(ctx context.Context, n int, serial domain.Serial) error {
			return communities.AddAppeal(ctx, &community.Appeal{ID: w.mint.ID(), Serial: serial, Kind: community.AgainstBan, Subject: "a", Person: people[n], At: now}, none)
		},
		"an exclusion": func(ctx context.Context, n int, serial domain.Serial) error {
			return communities.Exclude(ctx, &community.Exclusion{Serial: serial, Post: post, Group: people[n], At: now}, none)
		},
		"a post that waits": func(ctx context.Context, n int, serial domain.Serial) error {
			held := community.Held{Post: *post, Serial: serial, Why: community.AuthorAsks, State: community.HeldAsked, At: now}
			held.Post.ID, held.Post.IRI = w.mint.ID(), iri(n)
			return communities.SaveHeld(ctx, &held, none)
		},
		"a filter": func(ctx context.Context, n int, serial domain.Serial) error {
			return storage.NewFilters(w.db).SaveFilter(ctx, &moderation.Filter{ID: w.mint.ID(), Serial: serial, Name: string(people[n]), CreatedAt: now}, none)
		},
		"a review": func(ctx context.Context, n int, serial domain.Serial) error {
			return storage.NewReviews(w.db).Save(ctx, &review.Review{
				ID: w.mint.ID(), Serial: serial, IRI: iri(n), Subject: "https://a.example/interlinker", Owner: w.group.ID, Author: people[n], Rating: 5, WrittenAt: now, UpdatedAt: now,
			}, none)
		},
		"a consent to a list": func(ctx context.Context, n int, serial domain.Serial) error {
			return storage.NewNetwork(w.db).SaveFeaturing(ctx, &network.Featuring{Serial: serial, Community: w.group.ID, List: iri(n), At: now}, none)
		},
	}
}

// TestConflictsAreNamed: a statement that leaves what is there as it is names
// the key that says what is there. Without, a serial of another process would be
// taken for it, and what somebody did be lost without a word.
func TestConflictsAreNamed(t *testing.T) {
	t.Parallel()
	unnamed := map[string]int{"keys.go": 1} // the first key of an actor has one name for all processes: it is there by that, too
	found := 0
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		raw, err := os.ReadFile(path)
		n := bytes.Count(bytes.ToUpper(raw), []byte("CONFLICT DO NOTHING"))
		if n != unnamed[path] {
			t.Errorf("%s: %d statements with ON CONFLICT DO NOTHING; name the key", path, n)
		}
		found += bytes.Count(raw, []byte(") DO NOTHING")) + bytes.Count(raw, []byte("' DO NOTHING"))
		return err
	})
	if err != nil || found < 30 {
		t.Errorf("%d statements with ON CONFLICT (…) DO NOTHING: %v", found, err)
	}
}
