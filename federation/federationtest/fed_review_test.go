package federationtest_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/community"
	"interlink/domain/moderation"
	"interlink/domain/network"
	"interlink/domain/notification"
	"interlink/domain/policy"
	"interlink/domain/review"
	"interlink/domain/story"
	"interlink/federation/federationtest"
)

// opinion is what somebody says of a tool.
func opinion(rating int, title string) review.Input {
	return review.Input{Rating: rating, Title: title, Text: "We used it twice.\n\n<b>Twice</b>.", Language: "en"}
}

// tally counts the stars of a thing at a city.
func (c *city) tally(t *testing.T, iri domain.IRI) review.Tally {
	t.Helper()
	got, err := c.Reviews.Tally(t.Context(), iri)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// ratings are how an entry is rated, as far as a city knows.
func (c *city) ratings(t *testing.T, iri domain.IRI) review.Tally {
	t.Helper()
	e, err := c.Catalogue.EntryByIRI(t.Context(), c.official, iri)
	if err != nil {
		t.Fatal(err)
	}
	return e.Ratings.Tally
}

// TestFedA46Reviews: somebody in Riga reviews a tool of Zaragoza, which counts,
// answers, and tells Rome how many stars it has. Only Zaragoza can.
func TestFedA46Reviews(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Riga", "Rome"}, func(t *testing.T, c *federationtest.Cluster) {
		ctx := t.Context()
		zaragoza, riga, rome := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1]), newCity(t, c.Nodes[2])
		zaragoza.starterCatalogue(t)
		for _, other := range []*city{riga, rome} {
			owner := other.follow(t, other.official, other.CatalogueActor().ID, zaragoza.handle("catalogue"))
			other.endorse(t, owner.Host)
		}
		c.Settle()
		tool := zaragoza.local(t, 0)
		ilze, anna := riga.Person("ilze", policy.RoleMember), zaragoza.Person("anna", policy.RoleMember)
		write := func(at *city, by policy.Viewer, in review.Input) *review.Review {
			t.Helper()
			r, err := at.Reviews.Write(ctx, by, review.Interlinker, tool.IRI, in)
			if err != nil {
				t.Fatal(err)
			}
			c.Settle()
			return r
		}
		first := write(riga, ilze, opinion(2, "Hard to print"))
		if got := zaragoza.tally(t, tool.IRI); got != (review.Tally{0, 1}) {
			t.Fatalf("Zaragoza counts %v", got)
		}
		write(riga, ilze, opinion(4, "Better than I thought")) // again, within the second
		write(zaragoza, anna, opinion(5, "Just right"))
		if got := zaragoza.tally(t, tool.IRI); got != (review.Tally{0, 0, 0, 1, 1}) {
			t.Fatalf("Zaragoza counts %v", got)
		}
		if got := rome.ratings(t, tool.IRI); got.Count() != 0 {
			t.Errorf("Rome was told at once: %v", got)
		}
		if err := zaragoza.Reviews.CountAll(ctx); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		for _, at := range []*city{zaragoza, riga, rome} {
			if got := at.ratings(t, tool.IRI); got != (review.Tally{0, 0, 0, 1, 1}) {
				t.Errorf("%s has the ratings %v", at.Namespace.Host(), got)
			}
		}
		if e, err := rome.Catalogue.EntryByIRI(ctx, rome.official, tool.IRI); err != nil || e.Version != tool.Version || !e.UpdatedAt.Equal(tool.UpdatedAt.Truncate(time.Second)) {
			t.Errorf("the ratings made a version: %+v, %v", e, err)
		}
		list, err := zaragoza.Reviews.List(ctx, tool.IRI, review.Filter{}, domain.Page{})
		if err != nil || list.Total != 2 || list.Items[1].IRI != first.IRI || list.Items[1].Title != "Better than I thought" || list.Items[1].Text != opinion(1, "").Text {
			t.Fatalf("Zaragoza lists %+v, %v", list.Items, err)
		}
		if topics := zaragoza.told(t, zaragoza.official); !slices.Contains(topics, notification.Topic("reviewed")) {
			t.Errorf("the curators were told of %v", topics)
		}
		answers(t, c, zaragoza, riga, ilze, list.Items[1])
		liesAboutReviews(t, c, zaragoza, riga, tool, list.Items[1])
		ends(t, c, zaragoza, riga, ilze, tool, list.Items[1])
	})
}

// answers: those who keep the catalogue answer a review, change and withdraw
// the answer; its author reads it at home.
func answers(t *testing.T, c *federationtest.Cluster, zaragoza, riga *city, ilze policy.Viewer, there *review.Review) {
	t.Helper()
	ctx := t.Context()
	if _, err := zaragoza.Reviews.Answer(ctx, zaragoza.Person("reader", policy.RoleMember), there.Subject, there.ID, "en", "No!"); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("a member answers: %v", err)
	}
	if _, err := zaragoza.Reviews.Answer(ctx, zaragoza.official, there.Subject+"x", there.ID, "en", "Yes."); domain.CodeOf(err) != domain.NotFound {
		t.Errorf("an answer to a review of another thing: %v", err)
	}
	for _, text := range []string{"Thank you.", "Thank you!\nThere is a smaller one now.", ""} {
		if _, err := zaragoza.Reviews.Answer(ctx, zaragoza.official, there.Subject, there.ID, "en", text); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if r, err := riga.Reviews.Mine(ctx, ilze, there.Subject); err != nil || r.Reply.Text != text {
			t.Errorf("%q arrived as %+v, %v", text, r, err)
		}
	}
	if topics := riga.told(t, ilze); !slices.Contains(topics, notification.Topic("review_answered")) {
		t.Errorf("the author was told of %v", topics)
	}
}

// liesAboutReviews: nobody says anything in the name of others, twice, or of
// the sum.
func liesAboutReviews(t *testing.T, c *federationtest.Cluster, zaragoza, riga *city, tool *catalogue.Entry, known *review.Review) {
	t.Helper()
	ctx := t.Context()
	before := zaragoza.tally(t, tool.IRI)
	author, err := zaragoza.Network.Actor(ctx, zaragoza.official, known.Author)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Now().Add(time.Hour)
	in := func(iri domain.IRI, change func(*review.Remote)) review.Remote {
		r := review.Remote{Input: opinion(1, "Lies"), IRI: iri, Kind: review.Interlinker, Subject: tool.IRI, At: at}
		if change != nil {
			change(&r)
		}
		return r
	}
	own := author.IRI + "/reviews/2"
	robot := *author
	robot.Type = network.TypeService
	stranger := &network.Actor{ID: "stranger", IRI: "https://elsewhere.example/users/x", Host: "elsewhere.example", Type: network.TypePerson}
	huge := make([]byte, 20_000)
	for i := range huge {
		huge[i] = 'x'
	}
	for name, one := range map[string]struct {
		by   *network.Actor
		in   review.Remote
		want domain.Code
	}{
		"a second one":           {author, in(own, nil), domain.Conflict},
		"of another's server":    {author, in("https://elsewhere.example/reviews/1", nil), domain.Invalid},
		"by no person":           {&robot, in(known.IRI, nil), domain.Invalid},
		"in another's name":      {stranger, in(known.IRI, nil), domain.Invalid},
		"no star":                {author, in(known.IRI, func(r *review.Remote) { r.Rating = 0 }), domain.Invalid},
		"six stars":              {author, in(known.IRI, func(r *review.Remote) { r.Rating = 6 }), domain.Invalid},
		"a billion":              {author, in(known.IRI, func(r *review.Remote) { r.Rating = 1e9 }), domain.Invalid},
		"less than nothing":      {author, in(known.IRI, func(r *review.Remote) { r.Rating = -5 }), domain.Invalid},
		"a giant":                {author, in(known.IRI, func(r *review.Remote) { r.Text = string(huge) }), domain.Invalid},
		"a title that turns":     {author, in(known.IRI, func(r *review.Remote) { r.Title = "a\u202eb" }), domain.Invalid},
		"of what is not here":    {author, in(known.IRI, func(r *review.Remote) { r.Subject = "https://elsewhere.example/interlinkers/x" }), domain.NotFound},
		"of what is nothing":     {author, in(known.IRI, func(r *review.Remote) { r.Subject += "x" }), domain.NotFound},
		"of an unknown kind":     {author, in(known.IRI, func(r *review.Remote) { r.Kind = "person" }), domain.NotFound},
		"an older version of it": {author, in(known.IRI, func(r *review.Remote) { r.At = known.WrittenAt.Add(-time.Hour) }), domain.OK},
	} {
		if err := zaragoza.Reviews.Receive(ctx, one.by, one.in); domain.CodeOf(err) != one.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := zaragoza.Reviews.ReceiveWithdrawal(ctx, stranger, known.IRI); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("somebody else withdraws it: %v", err)
	}
	home := known.IRI
	if err := riga.Reviews.ReceiveVerdict(ctx, stranger, home, false, "No."); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("somebody else removes it: %v", err)
	}
	if err := riga.Reviews.ReceiveAnswer(ctx, stranger, home, review.Reply{IRI: "https://elsewhere.example/1", Text: "No."}); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("somebody else answers it: %v", err)
	}
	if got := zaragoza.tally(t, tool.IRI); got != before {
		t.Errorf("after the lies %v, before %v", got, before)
	}
	// The sum is told by the owner alone: a stranger's document is none of its.
	raw, err := json.Marshal(map[string]any{"counts": []int{0, 0, 0, 0, 1000}, "at": at})
	if err != nil {
		t.Fatal(err)
	}
	peer := federationtest.NewHostile(t)
	sends(t, peer.Peer, riga, map[string]any{
		"@context": "https://www.w3.org/ns/activitystreams", "id": peer.URL + "/activities/ratings", "type": "Update", "actor": peer.Person(1),
		"to": []string{"https://www.w3.org/ns/activitystreams#Public"}, "object": map[string]any{
			"id": tool.IRI, "type": "Article", "attributedTo": zaragoza.CatalogueActor().IRI, "name": "x", "updated": at.UTC().Format(time.RFC3339),
			"interlink:interlinker": map[string]any{"version": 99, "status": "published", "content": map[string]any{"name": map[string]string{"en": "x"}, "interlinker": map[string]any{"nature": "knowledgeinterlinker"}}, "ratings": json.RawMessage(raw)},
		},
	}, 202)
	c.Settle()
	if got := riga.ratings(t, tool.IRI); got != before {
		t.Errorf("somebody else's sum is taken: %v", got)
	}
}

// ends: reviews are removed with reasons, come back on a complaint, are not
// counted while their host is limited, and go with their authors.
func ends(t *testing.T, c *federationtest.Cluster, zaragoza, riga *city, ilze policy.Viewer, tool *catalogue.Entry, there *review.Review) {
	t.Helper()
	ctx := t.Context()
	given := moderation.Given{
		About: string(there.IRI), Category: moderation.Hate, Reason: "It insults us.", Name: "Anna", Email: "anna@people.example", Faith: true, Forward: true,
	}
	if _, _, err := zaragoza.Moderation.Give(ctx, zaragoza.Person("paula", policy.RoleMember), "en", "127.0.0.1", given); err != nil {
		t.Fatal(err)
	}
	n, _, err := zaragoza.Moderation.Give(ctx, policy.Viewer{}, "en", "127.0.0.1", given) // a stranger's is not sent on
	if err != nil {
		t.Fatal(err)
	}
	c.Settle()
	told, err := riga.Communities.Reports(ctx, riga.official, community.ReportOpen, domain.Page{})
	if err != nil || len(told.Items) != 1 || told.Items[0].Target != ilze.Actor || told.Items[0].Review != there.IRI || told.Items[0].Reason != given.Reason {
		t.Errorf("the home of the author is told %+v, %v", told.Items, err)
	}
	if n, err = zaragoza.Moderation.Decide(ctx, zaragoza.official, n.ID, moderation.Decision{Outcome: moderation.Removed, Facts: "It insults.", Ground: moderation.Terms, Provision: "Be kind."}, true); err != nil {
		t.Fatal(err)
	}
	c.Settle()
	if got := zaragoza.tally(t, tool.IRI); got.Count() != 1 {
		t.Errorf("a removed review is counted: %v", got)
	}
	if r, err := riga.Reviews.Mine(ctx, ilze, tool.IRI); err != nil || r.State != review.Removed || r.Reason == "" {
		t.Errorf("the author has %+v, %v", r, err)
	}
	if _, err := riga.Reviews.Write(ctx, ilze, review.Interlinker, tool.IRI, opinion(1, "Again")); domain.CodeOf(err) != domain.Conflict {
		t.Errorf("said again: %v", err)
	}
	if err := zaragoza.Moderation.Complain(ctx, moderation.Affected, n.Decision.Secret, "It does not."); err != nil {
		t.Fatal(err)
	}
	_, complaints, err := zaragoza.Moderation.Notice(ctx, zaragoza.official, n.ID)
	if err != nil || len(complaints) != 1 {
		t.Fatal(complaints, err)
	}
	if err := zaragoza.Moderation.DecideComplaint(ctx, zaragoza.official, n.ID, complaints[0].ID, true, "You are right."); err != nil {
		t.Fatal(err)
	}
	c.Settle()
	if r, err := riga.Reviews.Mine(ctx, ilze, tool.IRI); err != nil || r.State != review.Shown || zaragoza.tally(t, tool.IRI).Count() != 2 {
		t.Errorf("it did not come back: %+v, %v", r, err)
	}

	zaragoza.rule(t, riga.Namespace.Host(), network.VerdictLimit)
	if got := zaragoza.tally(t, tool.IRI); got.Count() != 1 {
		t.Errorf("of a limited host %v is counted", got)
	}
	if err := zaragoza.Gate.Lift(ctx, zaragoza.official, riga.Namespace.Host()); err != nil {
		t.Fatal(err)
	}
	c.Settle()
	if err := riga.Reviews.Withdraw(ctx, ilze, tool.IRI); err != nil {
		t.Fatal(err)
	}
	c.Settle()
	if got := zaragoza.tally(t, tool.IRI); got != (review.Tally{0, 0, 0, 0, 1}) {
		t.Errorf("after the withdrawal %v", got)
	}
	if err := zaragoza.Reviews.CountAll(ctx); err != nil {
		t.Fatal(err)
	}
	c.Settle()
	if got := riga.ratings(t, tool.IRI); got != (review.Tally{0, 0, 0, 0, 1}) {
		t.Errorf("Riga has the ratings %v", got)
	}
}

// TestFedA46ManyReviewsAreOneUpdate: a hundred reviews are told once.
func TestFedA46ManyReviewsAreOneUpdate(t *testing.T) {
	c := federationtest.New(t, "Zaragoza", "Riga")
	ctx := t.Context()
	zaragoza, riga := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
	zaragoza.starterCatalogue(t)
	owner := riga.follow(t, riga.official, riga.CatalogueActor().ID, zaragoza.handle("catalogue"))
	riga.endorse(t, owner.Host)
	c.Settle()
	tool := zaragoza.local(t, 0)
	for i := range 100 {
		by := zaragoza.Person(fmt.Sprintf("person%d", i), policy.RoleMember)
		if _, err := zaragoza.Reviews.Write(ctx, by, review.Interlinker, tool.IRI, opinion(1+i%5, "Said")); err != nil {
			t.Fatal(err)
		}
	}
	c.Settle()
	before, err := riga.Catalogue.EntryByIRI(ctx, riga.official, tool.IRI)
	if err != nil {
		t.Fatal(err)
	}
	if err := zaragoza.Reviews.Count(ctx, review.TallyArgs{Kind: review.Interlinker, Subject: tool.IRI}); err != nil {
		t.Fatal(err)
	}
	c.Settle()
	after, err := riga.Catalogue.EntryByIRI(ctx, riga.official, tool.IRI)
	if err != nil || after.Ratings.Tally != (review.Tally{20, 20, 20, 20, 20}) || after.Revision != before.Revision+1 {
		t.Errorf("ratings %v after %d updates (%v)", after.Ratings, after.Revision-before.Revision, err)
	}
}

// TestFedA46ReviewsOfStories: people of Riga and Zaragoza review a story of
// Zaragoza, which counts, and tells who has a copy beside the signed story;
// stories are found by their stars.
func TestFedA46ReviewsOfStories(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Riga", "Rome"}, func(t *testing.T, c *federationtest.Cluster) {
		ctx := t.Context()
		zaragoza, riga, rome := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1]), newCity(t, c.Nodes[2])
		ilze, anna := riga.Person("ilze", policy.RoleMember), zaragoza.Person("anna", policy.RoleMember)
		riga.follow(t, ilze, ilze.Actor, zaragoza.handle("city_hall"))
		c.Settle()
		told := zaragoza.tell(t)
		c.Settle()
		if _, err := zaragoza.Reviews.Write(ctx, zaragoza.official, review.Story, told.IRI, opinion(5, "Ours")); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("who tells it reviews it: %v", err)
		}
		if _, err := riga.Reviews.Write(ctx, ilze, review.Story, told.IRI, opinion(4, "It helped us")); err != nil {
			t.Fatal(err)
		}
		if _, err := zaragoza.Reviews.Write(ctx, anna, review.Story, told.IRI, opinion(4, "It helped us")); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if got := zaragoza.tally(t, told.IRI); got != (review.Tally{0, 0, 0, 2, 0}) {
			t.Fatalf("Zaragoza counts %v", got)
		}
		if topics := zaragoza.told(t, zaragoza.official); !slices.Contains(topics, notification.Topic("reviewed")) {
			t.Errorf("the organisation was told of %v", topics)
		}
		if err := zaragoza.Reviews.CountAll(ctx); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		// Rome reads the story only now.
		citizen := rome.Person("citizen", policy.RoleMember)
		rome.follow(t, citizen, citizen.Actor, zaragoza.handle("city_hall"))
		c.Settle()
		for _, at := range []*city{zaragoza, riga, rome} {
			s, err := at.Stories.StoryByIRI(ctx, policy.Viewer{}, told.IRI)
			if at == rome && domain.CodeOf(err) == domain.NotFound {
				continue // what was told before it followed did not come
			}
			if err != nil || s.Ratings.Tally != (review.Tally{0, 0, 0, 2, 0}) || s.Version != told.Version {
				t.Fatalf("%s has %+v, %v", at.Namespace.Host(), s, err)
			}
			if at != zaragoza && len(s.Evidence.Signatures) != 1 {
				t.Errorf("%s cannot prove the story any more: %+v", at.Namespace.Host(), s.Evidence)
			}
			for stars, want := range map[string]int{"3": 1, "4": 1, "5": 0} {
				list, err := at.Stories.Stories(ctx, policy.Viewer{}, story.Filter{Any: map[string][]string{story.FacetRating: {stars}}}, domain.Page{})
				if err != nil || list.Total != want {
					t.Errorf("%s finds %d stories with %s stars, %v", at.Namespace.Host(), list.Total, stars, err)
				}
			}
		}
		// A new version keeps the stars; nobody else tells them.
		again, err := zaragoza.Stories.Revise(ctx, zaragoza.official, told.Slug, told.Revision, story.Input{Telling: told.Telling})
		if err != nil || again.Ratings.Count() != 2 {
			t.Fatalf("%+v, %v", again, err)
		}
		c.Settle()
		peer := federationtest.NewHostile(t)
		sends(t, peer.Peer, riga, map[string]any{
			"@context": "https://www.w3.org/ns/activitystreams", "id": peer.URL + "/activities/ratings", "type": "Update", "actor": peer.Person(1), "to": []string{"https://www.w3.org/ns/activitystreams#Public"},
			"object": map[string]any{
				"id": peer.URL + "/ratings", "type": "Document", "attributedTo": peer.Person(1), "context": told.IRI,
				"interlink:ratings": map[string]any{"counts": []int{0, 0, 0, 0, 1000}, "at": time.Now().UTC()},
			},
		}, 202)
		c.Settle()
		if s, err := riga.Stories.StoryByIRI(ctx, ilze, told.IRI); err != nil || s.Ratings.Tally != (review.Tally{0, 0, 0, 2, 0}) || s.Version != told.Version+1 {
			t.Errorf("Riga has version %d with %v, %v", s.Version, s.Ratings.Tally, err)
		}
		stranger := domain.ActorID("stranger")
		if err := riga.Stories.ReceiveRatings(ctx, stranger, told.IRI, review.Ratings{Tally: review.Tally{9}, At: time.Now()}); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("somebody else tells the stars: %v", err)
		}
	})
}
