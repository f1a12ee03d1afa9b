package storage_test

import (
	"fmt"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/moderation"
	"interlink/domain/policy"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// TestNoticesInFigures: the database counts notices and decisions by year, and
// finds the median, in as many queries for many as for few.
func TestNoticesInFigures(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "figures", func(t *testing.T, db *storage.DB) {
		ctx := t.Context()
		s := storage.NewNotices(db, storage.NewCommunities(db))
		mint := domain.NewMint(nil, nil)
		add := func(at time.Time, category moderation.Category, hours int, d moderation.Decision) *moderation.Notice {
			t.Helper()
			n := &moderation.Notice{
				ID: mint.ID(), Serial: mint.Serial(), Number: string(mint.ID()), Secret: string(mint.ID()), About: "https://city.example/posts/1",
				Category: category, Reason: "Look.", Language: "en", State: moderation.Received, CreatedAt: at,
			}
			if err := s.AddNotice(ctx, n, domain.Change{}); err != nil {
				t.Fatal(err)
			}
			if d.Outcome == "" {
				return n
			}
			n.State, n.Decision = moderation.Decided, d
			n.Decision.At, n.Decision.Secret = at.Add(time.Duration(hours)*time.Hour), string(mint.ID())
			if err := s.Decide(ctx, n, nil, domain.Change{}); err != nil {
				t.Fatal(err)
			}
			return n
		}
		law := moderation.Decision{Outcome: moderation.Removed, Facts: "It does.", Ground: moderation.Law, Provision: "§ 1", Automated: true}
		terms := moderation.Decision{Outcome: moderation.Restricted, Facts: "It does.", Ground: moderation.Terms, Provision: "Be kind."}
		none := moderation.Decision{Outcome: moderation.Nothing, Facts: "It does not."}
		last := time.Date(2026, 12, 31, 23, 59, 59, 0, time.UTC)
		add(last, moderation.Hate, 1, law)
		add(last.Add(time.Second), moderation.Hate, 5, law)
		add(last.Add(time.Hour), moderation.Fraud, 2, none)
		reversed := add(last.Add(2*time.Hour), moderation.Fraud, 9, terms)
		add(last.Add(3*time.Hour), moderation.Rules, 0, moderation.Decision{})
		complaint := moderation.Complaint{ID: mint.ID(), Notice: reversed.ID, Side: moderation.Affected, Text: "No.", At: last}
		if err := s.AddComplaint(ctx, complaint, domain.Change{}); err != nil {
			t.Fatal(err)
		}
		complaint.Upheld, complaint.Answer, complaint.DecidedAt = true, "Right.", last
		if err := s.DecideComplaint(ctx, complaint, nil, domain.Change{}); err != nil {
			t.Fatal(err)
		}
		years, err := s.Years(ctx)
		if err != nil || len(years) != 2 {
			t.Fatalf("%+v, %v", years, err)
		}
		want := "{2027 map[fraud:2 hate:1 rules:1] map[nothing:1 removed:1 restricted:1] 1 1 1 1 5 1 1}"
		if got := fmt.Sprint(years[0]); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		if got, want := fmt.Sprint(years[1]), "{2026 map[hate:1] map[removed:1] 1 0 1 0 1 0 0}"; got != want {
			t.Errorf("%s, want %s", got, want)
		}
		list, err := s.Statements(ctx, domain.Page{Limit: 2})
		if err != nil || list.Total != 3 || len(list.Items) != 2 || list.Items[0].Ground != moderation.Terms || !list.Items[0].Reversed || list.Items[1].Reversed || list.Items[1].Provision != "§ 1" {
			t.Errorf("%+v, %v", list, err)
		}
		rest, err := s.Statements(ctx, domain.Page{Limit: 2, After: list.Next})
		if err != nil || len(rest.Items) != 1 || rest.Next != "" {
			t.Errorf("%+v, %v", rest, err)
		}

		count := &counter{}
		db.Read().AddQueryHook(count) //nolint:staticcheck // the store has this database already
		counted := func() int {
			count.n = 0
			if _, err := s.Years(ctx); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Statements(ctx, domain.Page{Limit: 100}); err != nil {
				t.Fatal(err)
			}
			return count.n
		}
		few := counted()
		for range 40 {
			add(last, moderation.Hate, 3, law)
		}
		if many := counted(); many != few || few == 0 {
			t.Errorf("%d queries for few, %d for many", few, many)
		}
	})
}

// TestRemovedForGood: who likes a removed post, and where it is pinned, is kept
// as long as it may come back, or somebody's complaint waits, and no longer.
func TestRemovedForGood(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "removed", func(t *testing.T, db *storage.DB) {
		ctx, w := t.Context(), newTown(t, db)
		s := storage.NewNotices(db, storage.NewCommunities(db))
		news, err := w.service.Post(ctx, w.owner, "parks", community.Draft{Content: "The park opens"})
		if err == nil {
			err = w.service.Like(ctx, w.member, news.ID)
		}
		if err == nil {
			err = w.service.Pin(ctx, w.owner, news.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
		moderator := w.person("moderator")
		moderator.Role = policy.RoleModerator
		removal, change, err := w.service.Remove(ctx, moderator, news.ID, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		n := &moderation.Notice{
			ID: w.mint.ID(), Serial: w.mint.Serial(), Number: "1", Secret: "secret", About: news.IRI, Category: moderation.Hate, Reason: "Look.",
			Language: "en", State: moderation.Received, CreatedAt: noon,
		}
		if err := s.AddNotice(ctx, n, domain.Change{}); err != nil {
			t.Fatal(err)
		}
		n.State, n.Decision = moderation.Decided, moderation.Decision{Outcome: moderation.Removed, At: noon, Secret: "statement"}
		if err := s.Decide(ctx, n, removal, change); err != nil {
			t.Fatal(err)
		}
		hanging := func() (likes, pins int) {
			t.Helper()
			if err := db.Read().NewRaw("SELECT (SELECT COUNT(*) FROM likes), (SELECT COUNT(*) FROM pins)").Scan(ctx, &likes, &pins); err != nil {
				t.Fatal(err)
			}
			return likes, pins
		}
		complaint := moderation.Complaint{ID: w.mint.ID(), Notice: n.ID, Side: moderation.Affected, Text: "No.", At: noon}
		if err := s.AddComplaint(ctx, complaint, domain.Change{}); err != nil {
			t.Fatal(err)
		}
		if err := s.Forget(ctx, noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if likes, pins := hanging(); likes != 1 || pins != 1 {
			t.Errorf("while the complaint waits there are %d likes and %d pins", likes, pins)
		}
		complaint.Answer, complaint.DecidedAt = "It stays so.", noon
		if err := s.DecideComplaint(ctx, complaint, nil, domain.Change{}); err != nil {
			t.Fatal(err)
		}
		if err := s.Forget(ctx, noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if likes, pins := hanging(); likes != 0 || pins != 0 {
			t.Errorf("in the end there are %d likes and %d pins", likes, pins)
		}
	})
}
