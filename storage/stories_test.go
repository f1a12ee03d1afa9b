package storage_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/network"
	"interlink/domain/organization"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// square is a community in which some may post.
type square struct{ posters []domain.ActorID }

func (square) PolicyKind() string                  { return "community" }
func (square) PolicyVisibility() domain.Visibility { return domain.VisiblePublic }
func (square) PolicyLocal() bool                   { return true }
func (s square) PolicyRelation(a domain.ActorID) policy.Relation {
	for _, p := range s.posters {
		if p == a {
			return policy.Contributor
		}
	}
	return policy.Stranger
}

func (n node) stories(posters ...domain.ActorID) *story.Service {
	community := func(context.Context, domain.ActorID, domain.ActorID) (policy.Facts, error) {
		return square{posters}, nil
	}
	return story.NewService(storage.NewStories(n.db, n.mint), storage.NewProcesses(n.db), storage.NewOrganizations(n.db), community, n.mint, n.ns)
}

func telling(title string) story.Telling {
	return story.Telling{
		Title: domain.Text{"es": title}, Summary: domain.Text{"es": "Lo que hicimos."}, Results: domain.Text{"es": "Mil 'vecinos'"},
		Countries: []string{"ES"}, Keywords: []string{"Huertos"}, Figures: []story.Figure{{Name: domain.Text{"es": "Vecinos"}, Value: "1000"}},
	}
}

func TestStories(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "life", testStoriesLife)
	storagetest.Run(t, "copies", testStoriesCopies)
	storagetest.Run(t, "in whose name", testStoriesInWhoseName)
}

func testStoriesLife(t *testing.T, db *storage.DB) {
	ctx, n := t.Context(), newNode(t, db)
	ana, bo := n.person(t, "ana"), n.person(t, "bo")
	o := n.organization(t, ana, "zaragoza")
	goods := catalogueOf(n.mint, 2, 1)
	processes := n.processes(goods)
	p := must[*coproduction.Process](t)(processes.Start(ctx, ana, started("gardens")))
	_, tree, err := processes.Tree(ctx, ana, "gardens")
	if err != nil {
		t.Fatal(err)
	}
	task := firstTask(t, tree)
	must[*coproduction.Resource](t)(processes.AddResource(ctx, ana, "gardens", task.ID, coproduction.ResourceDetails{
		Name: "Acta", Body: "Firmado: ana@zaragoza.example" + strings.Repeat(" ¿Qué?", 30_000), Public: true, Licence: "CC-BY-4.0", // of several parts
	}))
	s := n.stories(ana.Actor)
	var keep []domain.ID
	for _, it := range tree.Items()[:5] { // the first phase
		keep = append(keep, it.ID)
	}
	_, err = s.Preview(ctx, bo, "gardens", keep)
	wantCode(t, err, domain.Forbidden)
	preview := must[story.Preview](t)(s.Preview(ctx, ana, "gardens", keep))
	if len(preview.Snapshot.Process.Items) != 5 || preview.Redacted != 1 {
		t.Errorf("preview of %d items, %d redacted", len(preview.Snapshot.Process.Items), preview.Redacted)
	}
	whole, kept := lineage.SourceOf(p, tree, ""), map[string]bool{}
	for _, id := range keep {
		kept[string(p.ItemIRI(id))] = true
	}
	whole.Version, whole.Items = "", lineage.Prune(whole.Items, kept)
	for i := range whole.Items {
		whole.Items[i].Translations = nil
	}
	if got, want := lineage.Canonical(preview.Snapshot.Process), lineage.Canonical(whole); string(got) != string(want) {
		t.Errorf("page by page the process is\n%s, whole\n%s", got, want)
	}

	in := story.Input{Slug: "huertos", Process: "gardens", Owner: o.ID, Community: o.ID, Keep: keep, Telling: telling("Huertos")}
	_, err = n.stories().Publish(ctx, ana, in)
	wantCode(t, err, domain.Forbidden) // may not post in the community
	_, err = s.Publish(ctx, bo, in)
	wantCode(t, err, domain.Forbidden)
	bad := in
	bad.Slug = "Huertos de Zaragoza"
	_, err = s.Publish(ctx, ana, bad)
	wantCode(t, err, domain.Invalid)
	made := must[*story.Story](t)(s.Publish(ctx, ana, in))
	_, err = s.Publish(ctx, ana, in)
	wantCode(t, err, domain.Conflict)

	got := must[*story.Story](t)(s.Story(ctx, policy.Viewer{}, "huertos", ""))
	if got.IRI != "https://city.example/stories/huertos" || got.Version != 1 || got.Process != p.ID || got.Digest != made.Digest ||
		got.Snapshot == nil || got.Snapshot.Digest() != got.Digest || got.Figures[0].Value != "1000" || got.Address() != "/stories/huertos" ||
		got.Snapshot.Process.Owner != o.IRI || got.Languages[0] != "es" || got.Results["es"] != "Mil 'vecinos'" {
		t.Errorf("story: %+v", got)
	}
	if raw := string(got.Snapshot.Canonical()); strings.Contains(raw, "@") || strings.Contains(raw, string(ana.Actor)) {
		t.Errorf("people in the snapshot: %s", raw)
	}

	// The story does not change with its process; a revision takes a new snapshot.
	wantCode(t, processes.DisableItem(ctx, ana, "gardens", tree.Items()[0].ID), domain.OK)
	same := must[*story.Story](t)(s.Story(ctx, policy.Viewer{}, "huertos", ""))
	if same.Digest != made.Digest || len(same.Snapshot.Process.Items) != 5 {
		t.Error("a change of the process changed the story")
	}
	_, err = s.Revise(ctx, ana, "huertos", 9, story.Input{Telling: telling("Más huertos")})
	wantCode(t, err, domain.Conflict)
	second := must[*story.Story](t)(s.Revise(ctx, ana, "huertos", same.Revision, story.Input{Telling: telling("Más huertos")}))
	if second.Version != 2 || second.Digest == made.Digest || len(second.Snapshot.Process.Items) != 5 || second.PublishedAt != made.PublishedAt {
		t.Errorf("second version: %+v", second)
	}

	_, err = s.Withdraw(ctx, bo, "huertos")
	wantCode(t, err, domain.Forbidden)
	must[*story.Story](t)(s.Withdraw(ctx, ana, "huertos"))
	must[*story.Story](t)(s.Withdraw(ctx, ana, "huertos"))
	_, err = s.Story(ctx, bo, "huertos", "")
	wantCode(t, err, domain.Gone)
	_, err = s.Story(ctx, ana, "huertos", "")
	wantCode(t, err, domain.OK)
	if list := must[domain.List[*story.Story]](t)(s.Stories(ctx, bo, story.Filter{}, domain.Page{})); list.Total != 0 {
		t.Error("a withdrawn story is listed")
	}
	var kinds []string
	for _, e := range must[[]domain.Event](t)(storage.NewEvents(db).After(ctx, 0, 100)) {
		if strings.HasPrefix(string(e.Kind), "story.") {
			kinds = append(kinds, string(e.Kind))
		}
	}
	if fmt.Sprint(kinds) != "[story.published story.updated story.withdrawn]" {
		t.Errorf("events: %v", kinds)
	}
}

func testStoriesCopies(t *testing.T, db *storage.DB) {
	ctx, n := t.Context(), newNode(t, db)
	s := n.stories()
	owner := n.remote(t, "https://riga.example/organizations/riga", network.TypeOrganization)
	shot := &story.Snapshot{TakenAt: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Process: lineage.SourceProcess{
		IRI: "https://riga.example/processes/darzi", Owner: "https://riga.example/organizations/riga", Title: domain.Text{"lv": "Dārzi"},
		Items: []lineage.SourceItem{{ID: "1", Kind: coproduction.Phase, Name: domain.Text{"lv": "Sākt"}, Problems: []string{"UND_PROBLEM_1"}}},
	}}
	first := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	good := story.Received{
		IRI: "https://riga.example/stories/darzi", Slug: "darzi", Owner: owner, OwnerIRI: "https://riga.example/organizations/riga",
		ProcessIRI: "https://riga.example/processes/darzi", Telling: telling("Dārzi"), Snapshot: shot, Digest: shot.Digest(),
		Version: 1, Published: first,
	}
	for name, spoil := range map[string]func(*story.Received){
		"owner elsewhere": func(r *story.Received) { r.OwnerIRI = "https://rome.example/organizations/rome" },
		"one of ours": func(r *story.Received) {
			r.IRI, r.OwnerIRI = "https://city.example/stories/x", "https://city.example/organizations/x"
		},
		"false digest": func(r *story.Received) { r.Digest = strings.Repeat("0", 64) },
		"no title":     func(r *story.Received) { r.Telling.Title = nil },
		"bad process":  func(r *story.Received) { r.ProcessIRI = "javascript:x" },
		"bad snapshot": func(r *story.Received) { r.Snapshot = &story.Snapshot{} },
	} {
		r := good
		spoil(&r)
		if _, err := s.Receive(ctx, r); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	bare := good
	bare.Snapshot, bare.Digest = nil, ""
	must[*story.Story](t)(s.Receive(ctx, bare))
	must[*story.Story](t)(s.Receive(ctx, good)) // the snapshot follows
	must[*story.Story](t)(s.Receive(ctx, good))
	must[*story.Story](t)(s.Receive(ctx, bare))
	got := must[*story.Story](t)(s.Story(ctx, policy.Viewer{}, "darzi", "riga.example"))
	if got.Snapshot == nil || got.Digest != good.Digest || got.Address() != "/stories/darzi@riga.example" || got.Revision != 2 || got.Stewards != nil {
		t.Errorf("copy: %+v", got)
	}
	later := good
	later.Telling, later.Updated, later.Version = telling("Dārzi 2"), first.Add(time.Hour), 2
	must[*story.Story](t)(s.Receive(ctx, later))
	must[*story.Story](t)(s.Receive(ctx, good)) // late: ignored
	got = must[*story.Story](t)(s.StoryByIRI(ctx, policy.Viewer{}, good.IRI))
	if got.Title["es"] != "Dārzi 2" || got.Version != 2 {
		t.Errorf("after a late older version: %+v", got)
	}
	thief := later
	thief.Owner, thief.OwnerIRI = n.remote(t, "https://riga.example/organizations/thief", network.TypeOrganization), "https://riga.example/organizations/thief"
	thief.Updated = first.Add(2 * time.Hour)
	_, err := s.Receive(ctx, thief)
	wantCode(t, err, domain.Forbidden)
	twin := good
	twin.IRI = "https://riga.example/old/stories/darzi"
	if other := must[*story.Story](t)(s.Receive(ctx, twin)); other.Slug != string(other.ID) {
		t.Errorf("a second story at darzi@riga.example: %q", other.Slug)
	}
	future := good
	future.IRI, future.Slug, future.Published = "https://riga.example/stories/future", "future", time.Now().AddDate(900, 0, 0)
	if st := must[*story.Story](t)(s.Receive(ctx, future)); st.UpdatedAt.After(time.Now()) {
		t.Errorf("a story of the year %d", st.UpdatedAt.Year())
	}

	count := func(f story.Filter) int {
		return must[domain.List[*story.Story]](t)(s.Stories(ctx, policy.Viewer{}, f, domain.Page{})).Total
	}
	for want, f := range map[string]story.Filter{
		"3 in all": {}, "3 from Spain": {Country: "ES"}, "0 from Italy": {Country: "IT"}, "3 of a problem": {Problem: "UND_PROBLEM_1"},
		"3 of a keyword": {Keyword: "huertos"}, "1 with words": {Text: "dārzi 2 VECINOS"}, "0 of ours": {Local: true}, "3 of Riga": {Owner: owner},
	} {
		if got := count(f); want[0] != byte('0'+got) {
			t.Errorf("%d found, want %s", got, want)
		}
	}

	wantCode(t, s.ReceiveDeletion(ctx, good.IRI, "https://rome.example/organizations/rome"), domain.Forbidden)
	wantCode(t, s.ReceiveDeletion(ctx, "https://riga.example/stories/unknown", good.OwnerIRI), domain.OK)
	wantCode(t, s.ReceiveDeletion(ctx, good.IRI, good.OwnerIRI), domain.OK)
	wantCode(t, s.ReceiveDeletion(ctx, good.IRI, good.OwnerIRI), domain.OK)
	_, err = s.Story(ctx, policy.Viewer{}, "darzi", "riga.example")
	wantCode(t, err, domain.Gone)
	must[*story.Story](t)(s.Receive(ctx, later)) // late again: stays withdrawn
	raw := must[*story.Story](t)(storage.NewStories(db, domain.NewMint(nil, nil)).StoryByIRI(ctx, good.IRI))
	if raw.Status != story.Withdrawn || raw.Snapshot != nil || !raw.Results.Empty() || raw.Title.Empty() {
		t.Errorf("tombstone: %+v", raw)
	}
	// Its snapshot is still shown by the other two.
	if other := must[*story.Story](t)(s.StoryByIRI(ctx, policy.Viewer{}, twin.IRI)); other.Snapshot == nil {
		t.Error("the snapshot went with one of its stories")
	}
}

func testStoriesInWhoseName(t *testing.T, db *storage.DB) {
	ctx, n := t.Context(), newNode(t, db)
	ana, bo := n.person(t, "ana"), n.person(t, "bo")
	o := n.organization(t, ana, "zaragoza")
	wantCode(t, n.organizations().AddMember(ctx, ana, "zaragoza", bo.Actor, organization.RoleMember), domain.OK)
	goods := catalogueOf(n.mint, 1, 1)
	must[*coproduction.Process](t)(n.processes(goods).Start(ctx, bo, started("gardens")))
	// bo administers the process, but not the organisation.
	_, err := n.stories().Publish(ctx, bo, story.Input{Slug: "x", Process: "gardens", Owner: o.ID, Telling: telling("X")})
	wantCode(t, err, domain.Forbidden)
}
