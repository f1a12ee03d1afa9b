package federationtest_test

import (
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/network"
	"interlink/domain/notification"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
	"interlink/storage/storagetest"
)

// list returns the slugs that a reader finds of a host.
func (c *city) list(t testing.TB, host string) []string {
	t.Helper()
	found, _, err := c.Catalogue.Find(t.Context(), policy.Viewer{}, catalogue.Filter{Kind: catalogue.KindInterlinker, Origin: host}, domain.Page{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	var slugs []string
	for _, e := range found.Items {
		slugs = append(slugs, e.Slug)
	}
	slices.Sort(slugs)
	return slugs
}

// endorse has entries of a host appear at once.
func (c *city) endorse(t testing.TB, host string) {
	t.Helper()
	if err := c.Catalogue.SayTrust(t.Context(), c.official, host, catalogue.TrustEndorsed, ""); err != nil {
		t.Fatal(err)
	}
}

func (c *city) subscription(t testing.TB, owner *network.Actor) *catalogue.Subscription {
	t.Helper()
	sub, _, err := c.Catalogue.Subscription(t.Context(), c.official, owner.ID)
	if err != nil {
		t.Fatal(err)
	}
	return sub
}

// told lists the topics of which somebody was told.
func (c *city) told(t testing.TB, v policy.Viewer) (topics []notification.Topic) {
	t.Helper()
	list, err := c.Notifications.List(t.Context(), v, notification.Filter{}, domain.Page{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range list.Items {
		topics = append(topics, n.Topic)
	}
	return topics
}

func TestReviewDecidesOfFollowedCataloguesAndEndorsementShowsAtOnce(t *testing.T) {
	federationtest.Run(t, []string{"Riga"}, func(t *testing.T, c *federationtest.Cluster) {
		riga, shelf := newCity(t, c.Nodes[0]), newShelfPeer(t, 4)
		owner := shelf.accept(t, riga)
		c.Settle()
		if got := riga.list(t, owner.Host); len(got) > 0 {
			t.Fatalf("shown without review: %v", got)
		}
		first, err := riga.Catalogue.EntryByIRI(t.Context(), riga.official, shelf.entries[0].IRI)
		if err != nil || first.Trust != catalogue.TrustFollowed || first.Why != catalogue.WhyReview {
			t.Fatalf("%+v %v", first, err)
		}
		if _, err := riga.Catalogue.EntryByIRI(t.Context(), policy.Viewer{}, first.IRI); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("everybody reads what waits for review: %v", err)
		}
		member := riga.Person("ana", policy.RoleMember)
		if _, err := riga.Catalogue.Review(t.Context(), member, []domain.ID{first.ID}, catalogue.Accept); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("a member reviews: %v", err)
		}
		moderator := riga.Person("rudi", policy.RoleModerator)
		waiting, err := riga.Catalogue.Waiting(t.Context(), moderator, "", domain.Page{})
		if err != nil || waiting.Total != 4 {
			t.Fatalf("%d wait: %v", waiting.Total, err)
		}
		if _, err := riga.Catalogue.Review(t.Context(), moderator, []domain.ID{waiting.Items[1].ID}, catalogue.Refuse); err != nil {
			t.Fatal(err)
		}
		if _, err := riga.Catalogue.Review(t.Context(), moderator, []domain.ID{waiting.Items[0].ID}, catalogue.Accept); err != nil {
			t.Fatal(err)
		}
		if got, want := riga.list(t, owner.Host), []string{"tool-0"}; !slices.Equal(got, want) {
			t.Errorf("shown %v, not %v", got, want)
		}
		riga.endorse(t, owner.Host)
		c.Settle()
		if got, want := riga.list(t, owner.Host), []string{"tool-0", "tool-2", "tool-3"}; !slices.Equal(got, want) {
			t.Errorf("of an endorsed host %v, not %v", got, want)
		}
		if err := riga.Catalogue.SayTrust(t.Context(), riga.official, owner.Host, "", ""); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if n, err := riga.Catalogue.ReviewHost(t.Context(), moderator, owner.Host, catalogue.Accept); err != nil || n != 2 {
			t.Errorf("accepted %d of the host: %v", n, err)
		}
		if got, want := riga.list(t, owner.Host), []string{"tool-0", "tool-2", "tool-3"}; !slices.Equal(got, want) {
			t.Errorf("shown %v, not %v", got, want)
		}
		if _, err := riga.Gate.Set(t.Context(), riga.official, network.Rule{Host: owner.Host, Verdict: network.VerdictBlock}); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if got := riga.list(t, owner.Host); len(got) > 0 {
			t.Errorf("of a blocked host %v", got)
		}
	})
}

func TestConditionsOfTheRuleSendTheOthersToReview(t *testing.T) {
	c := federationtest.New(t, "Riga")
	riga, shelf := newCity(t, c.Nodes[0]), newShelfPeer(t, 3)
	shelf.entries[1].Interlinker.Licence = "proprietary"
	shelf.entries[2].Name = domain.Text{"es": "Herramienta"}
	rule := catalogue.Admission{
		Trust: catalogue.TrustFollowed, Action: catalogue.ShowAtOnce, Licences: []string{"permissive", "copyleft"}, Languages: []domain.Lang{"en", "lv"},
	}
	if err := riga.Catalogue.SetAdmission(t.Context(), riga.official, rule); err != nil {
		t.Fatal(err)
	}
	owner := shelf.accept(t, riga)
	c.Settle()
	if got, want := riga.list(t, owner.Host), []string{"tool-0"}; !slices.Equal(got, want) {
		t.Errorf("shown %v, not %v", got, want)
	}
	for i, why := range map[int]catalogue.Why{0: catalogue.WhyTrusted, 1: catalogue.WhyLicence, 2: catalogue.WhyLanguage} {
		if e, err := riga.Catalogue.EntryByIRI(t.Context(), riga.official, shelf.entries[i].IRI); err != nil || e.Why != why {
			t.Errorf("%d: %v %v", i, e, err)
		}
	}
}

func TestSavedQueryFiltersAndAnotherOneShowsOthers(t *testing.T) {
	federationtest.Run(t, []string{"Riga"}, func(t *testing.T, c *federationtest.Cluster) {
		riga, shelf := newCity(t, c.Nodes[0]), newShelfPeer(t, 4)
		gdpr := func(i int) {
			shelf.entries[i].Interlinker.Supports = []catalogue.Support{{ID: "alias:gdpr"}}
			shelf.entries[i].Interlinker.Regulations = domain.Text{"en": "GDPR"}
		}
		spanish := func(i int) { shelf.entries[i].Name["es"] = "Herramienta" }
		gdpr(0)
		spanish(0)
		gdpr(1)
		spanish(2)
		gdpr(3)
		spanish(3)
		shelf.entries[3].Interlinker.Difficulty = "difficult"
		owner, err := riga.Lookup(t.Context(), string(shelf.Person(1)))
		if err != nil {
			t.Fatal(err)
		}
		riga.endorse(t, owner.Host)
		wanted := catalogue.Selection{Regulations: []string{"gdpr"}, Languages: []domain.Lang{"es"}, Difficulties: []string{"easy", "very_easy"}}
		if _, err := riga.Catalogue.Subscribe(t.Context(), riga.official, owner, wanted); err != nil {
			t.Fatal(err)
		}
		shelf.accept(t, riga)
		c.Settle()
		if got, want := riga.list(t, owner.Host), []string{"tool-0"}; !slices.Equal(got, want) {
			t.Errorf("GDPR, Spanish, easy: %v, not %v", got, want)
		}
		wanted.Difficulties = nil
		if _, err := riga.Catalogue.Subscribe(t.Context(), riga.official, owner, wanted); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if got, want := riga.list(t, owner.Host), []string{"tool-0", "tool-3"}; !slices.Equal(got, want) {
			t.Errorf("GDPR, Spanish: %v, not %v", got, want)
		}
		if _, err := riga.Catalogue.Subscribe(t.Context(), riga.official, owner, catalogue.Selection{Regulations: []string{"no law"}}); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("a law that is not known: %v", err)
		}
		shelf.entries[1].Name["es"], shelf.entries[1].Version = "Herramienta", 2
		shelf.tell(t, riga, "Update", 1, shelf.entries[1])
		c.Settle()
		if got, want := riga.list(t, owner.Host), []string{"tool-0", "tool-1", "tool-3"}; !slices.Equal(got, want) {
			t.Errorf("after a translation: %v, not %v", got, want)
		}
	})
}

// clock is a time that a test moves.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time          { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) advance(d time.Duration) { c.ahead.Add(int64(d)) }

func TestReadingHeedsRetryAfterAndPauseAndGoesOnWhereItWas(t *testing.T) {
	var moved clock
	c := federationtest.With(t, storagetest.SQLite, func(o *node.Options) { o.Now = moved.now }, "Riga")
	riga, shelf := newCity(t, c.Nodes[0]), newShelfPeer(t, 5*onPage)
	shelf.SetClock(moved.now)
	for page := range 5 { // each fails once: asked to wait, or broken off
		var failed atomic.Bool
		shelf.instead(func(n int, w http.ResponseWriter, _ *http.Request) bool {
			if n != page || failed.Swap(true) {
				return false
			}
			if page%2 == 0 {
				w.Header().Set("Retry-After", "3600")
				w.WriteHeader(http.StatusTooManyRequests)
				return true
			}
			w.Header().Set("Content-Type", "application/activity+json")
			_, _ = w.Write([]byte(`{"type":`))
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler) // in the middle of its answer
		})
		var owner *network.Actor
		if page == 0 {
			owner = shelf.accept(t, riga)
		} else {
			var err error
			if owner, err = riga.Lookup(t.Context(), string(shelf.Person(1))); err != nil {
				t.Fatal(err)
			}
			moved.advance(2 * time.Hour)
			if err := riga.Catalogue.Tend(t.Context(), true); err != nil {
				t.Fatal(err)
			}
		}
		c.Settle()
		sub := riga.subscription(t, owner)
		if sub.State != catalogue.SubscriptionReading || sub.Pages != page || sub.FailingSince.IsZero() || riga.kept(t, owner) != page*onPage {
			t.Fatalf("page %d failed: %+v, %d kept", page, sub, riga.kept(t, owner))
		}
		if wait := sub.NotBefore.Sub(moved.now()); page%2 == 0 && (wait < 50*time.Minute || wait > time.Hour) {
			t.Errorf("page %d is asked for again in %s", page, wait)
		}
		asked := len(shelf.pages())
		if err := riga.Catalogue.Tend(t.Context(), true); err != nil {
			t.Fatal(err)
		}
		if c.Settle(); len(shelf.pages()) != asked {
			t.Error("it was asked before the time")
		}
	}
	owner, err := riga.Lookup(t.Context(), string(shelf.Person(1)))
	if err != nil {
		t.Fatal(err)
	}
	if err := riga.Catalogue.Pause(t.Context(), riga.official, owner.ID); err != nil {
		t.Fatal(err)
	}
	asked := len(shelf.pages())
	moved.advance(2 * time.Hour)
	if err := riga.Catalogue.Tend(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if c.Settle(); len(shelf.pages()) != asked {
		t.Error("it was read while it was paused")
	}
	if err := riga.Catalogue.Resume(t.Context(), riga.official, owner.ID); err != nil {
		t.Fatal(err)
	}
	c.Settle()
	if sub := riga.subscription(t, owner); sub.State != catalogue.SubscriptionCurrent || sub.Taken != 5*onPage || riga.kept(t, owner) != 5*onPage {
		t.Errorf("%+v, %d kept", sub, riga.kept(t, owner))
	}
	if got, want := shelf.pages(), []int{0, 0, 1, 1, 2, 2, 3, 3, 4, 4}; !slices.Equal(got, want) {
		t.Errorf("pages were asked for as %v", got)
	}
	if err := riga.Catalogue.Again(t.Context(), riga.official, owner.ID); err != nil {
		t.Fatal(err)
	}
	c.Settle()
	if sub := riga.subscription(t, owner); sub.State != catalogue.SubscriptionCurrent || sub.Taken != 0 || riga.kept(t, owner) != 5*onPage {
		t.Errorf("again: %+v, %d kept", sub, riga.kept(t, owner))
	}
}

func TestHaltedCatalogueTakesNoMoreAndAdministratorsAreTold(t *testing.T) {
	for database, open := range federationtest.Databases {
		t.Run(database, func(t *testing.T) {
			var moved clock
			c := federationtest.With(t, open, func(o *node.Options) {
				o.Now, o.Copies = moved.now, &catalogue.Bounds{Copies: 120, Every: time.Hour, Excess: catalogue.DefaultBounds.Excess}
			}, "Riga")
			riga := newCity(t, c.Nodes[0])

			// One with far more entries than are taken of one host.
			greedy := newShelfPeer(t, 100_000)
			greedy.SetClock(moved.now)
			owner := greedy.accept(t, riga)
			c.Settle()
			sub := riga.subscription(t, owner)
			if sub.State != catalogue.SubscriptionHalted || sub.Halt != catalogue.HaltQuota || riga.kept(t, owner) != 120 || len(greedy.pages()) != 3 {
				t.Errorf("%+v, %d kept after pages %v", sub, riga.kept(t, owner), greedy.pages())
			}
			for i := range 50 {
				greedy.tell(t, riga, "Create", i, greedy.entry(2000+i))
			}
			c.Settle()
			if n := riga.kept(t, owner); n != 120 {
				t.Errorf("%d kept after fifty more", n)
			}

			// One that changes an entry ten times a second.
			restless := newShelfPeer(t, 3)
			restless.SetClock(moved.now)
			other := restless.accept(t, riga)
			c.Settle()
			for i := range 110 {
				moved.advance(time.Second / 10)
				e := restless.entries[0]
				e.Version, e.Name = e.Version+1, domain.Text{"en": "Tool, again"}
				restless.tell(t, riga, "Update", i, e)
			}
			c.Settle()
			if sub := riga.subscription(t, other); sub.State != catalogue.SubscriptionHalted || sub.Halt != catalogue.HaltRate {
				t.Errorf("%+v", sub)
			}
			kept, err := riga.Catalogue.EntryByIRI(t.Context(), riga.official, restless.entries[0].IRI)
			if err != nil || kept.Version != 1 {
				t.Errorf("version %d was taken (%v)", kept.Version, err)
			}
			if topics := riga.told(t, riga.official); len(topics) != 2 || topics[0] != "catalogue_halted" {
				t.Errorf("the administrator was told of %v", topics)
			}
			// The node serves all the others.
			good := newShelfPeer(t, 3)
			good.SetClock(moved.now)
			riga.endorse(t, domain.IRI(good.URL).Host())
			fine := good.accept(t, riga)
			c.Settle()
			if got := riga.list(t, fine.Host); len(got) != 3 {
				t.Errorf("of another catalogue are shown %v", got)
			}
			// Let go on, its newest state is read.
			if err := riga.Catalogue.Resume(t.Context(), riga.official, other.ID); err != nil {
				t.Fatal(err)
			}
			c.Settle()
			if sub := riga.subscription(t, other); sub.State != catalogue.SubscriptionCurrent {
				t.Errorf("%+v", sub)
			}
		})
	}
}

// BenchmarkMaliciousCatalogue receives entry after entry from a catalogue that
// is halted, and says how long visitors wait meanwhile for a search.
// -benchtime=100000x sends as many.
func BenchmarkMaliciousCatalogue(b *testing.B) {
	c := federationtest.With(b, storagetest.SQLite, func(o *node.Options) {
		o.Copies = &catalogue.Bounds{Copies: 120, Every: time.Hour, Excess: catalogue.DefaultBounds.Excess}
	}, "Riga")
	riga := &city{Node: c.Nodes[0], official: c.Nodes[0].Person("official", policy.RoleAdmin)}
	greedy := newShelfPeer(b, 100_000)
	owner := greedy.accept(b, riga)
	c.Settle()
	var waited, longest time.Duration
	n := 0
	for b.Loop() {
		greedy.tell(b, riga, "Create", n, greedy.entry(200_000+n))
		if n++; n%500 == 0 {
			begin := time.Now()
			if _, err := riga.Catalogue.Search(b.Context(), policy.Viewer{}, catalogue.Filter{Text: "tool"}, domain.Page{Limit: 20}); err != nil {
				b.Fatal(err)
			}
			longest = max(longest, time.Since(begin))
			waited += time.Since(begin)
			c.Settle()
		}
	}
	c.Settle()
	if kept, sub := riga.kept(b, owner), riga.subscription(b, owner); kept != 120 || sub.Halt != catalogue.HaltQuota {
		b.Fatalf("%d are kept: %+v", kept, sub)
	}
	b.ReportMetric(float64(waited.Microseconds())/1000/float64(max(1, n/500)), "ms/search")
	b.ReportMetric(float64(longest.Microseconds())/1000, "ms/longest")
}
