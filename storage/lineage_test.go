package storage_test

import (
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/storage"
	"interlink/storage/storagetest"
)

func (n node) lineage(s shelf) *lineage.Service {
	return lineage.NewService(storage.NewLineage(n.db), n.processes(s), storage.NewOrganizations(n.db), n.mint, n.ns)
}

// remote adds an actor of another node.
func (n node) remote(t *testing.T, iri domain.IRI, kind network.ActorType) domain.ActorID {
	t.Helper()
	a := &network.Actor{
		ID: n.mint.ActorID(), Serial: n.mint.Serial(), IRI: iri, Type: kind, Name: string(iri)[strings.LastIndexByte(string(iri), '/')+1:],
		Host: iri.Host(), Inbox: iri + "/inbox", Visibility: domain.VisiblePublic, Indexable: true, CreatedAt: n.mint.Now(), UpdatedAt: n.mint.Now(),
	}
	if err := storage.NewNetwork(n.db).SaveRemote(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	return a.ID
}

func TestLineage(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "another node's", func(t *testing.T, db *storage.DB) {
		ctx, n := t.Context(), newNode(t, db)
		ana := n.person(t, "ana")
		goods := catalogueOf(n.mint, 1, 2)
		s := n.lineage(goods)
		source := lineage.SourceProcess{
			IRI: "https://riga.example/processes/darzi", Owner: "https://riga.example/organizations/riga",
			Title: domain.Text{"lv": "Dārzi"}, Language: "lv", Version: "12",
			Items: []lineage.SourceItem{
				{ID: "https://riga.example/processes/darzi/guide/1", Kind: coproduction.Phase, Name: domain.Text{"lv": "Sākt"}},
				{ID: "https://riga.example/processes/darzi/guide/2", Parent: "https://riga.example/processes/darzi/guide/1", Kind: coproduction.Objective, Name: domain.Text{"lv": "Atrast"}},
				{ID: "https://riga.example/processes/darzi/guide/3", Parent: "https://riga.example/processes/darzi/guide/2", Kind: coproduction.Task, Name: domain.Text{"lv": "Aicināt"}, Interlinkers: []domain.IRI{"https://riga.example/interlinkers/x"}},
			},
		}
		_, err := s.CloneFrom(ctx, policy.Viewer{}, source, lineage.CloneInput{Name: "clone", Published: true})
		wantCode(t, err, domain.Unauthenticated)
		p := must[*coproduction.Process](t)(s.CloneFrom(ctx, ana, source, lineage.CloneInput{Name: "clone", Published: true}))
		got, tree, err := n.processes(goods).Tree(ctx, ana, "clone")
		if err != nil {
			t.Fatal(err)
		}
		from := got.ClonedFrom
		if tree.Len() != 3 || from == nil || from.IRI != source.IRI || from.Host != "riga.example" || from.Version != "12" ||
			from.Answer != coproduction.Offered || from.Title["lv"] != "Dārzi" || !from.At.Equal(p.CreatedAt) || got.Language != "lv" {
			t.Errorf("clone: %+v from %+v", got, from)
		}
		if task := firstTask(t, tree); task.FromItem != source.Items[2].ID || len(task.Interlinkers) != 1 {
			t.Errorf("task: %+v", task)
		}
		events := must[[]domain.Event](t)(storage.NewEvents(db).After(ctx, 0, 10))
		var told lineage.Cloned
		if len(events) != 1 || events[0].Kind != lineage.ProcessCloned || events[0].Decode(&told) != nil ||
			told.Source != source.IRI || told.CloneIRI != p.IRI || told.Local {
			t.Errorf("events: %+v, %+v", events, told)
		}

		answer := lineage.SourceAnswer{
			Clone: p.IRI, By: "https://riga.example/organizations/other", Accepted: true, Activity: "https://riga.example/activities/1",
		}
		wantCode(t, s.RecordAnswer(ctx, answer), domain.Forbidden)
		answer.By = source.Owner
		answer.Activity = "https://evil.example/activities/1"
		wantCode(t, s.RecordAnswer(ctx, answer), domain.Forbidden)
		answer.Activity = "https://riga.example/activities/1"
		wantCode(t, s.RecordAnswer(ctx, answer), domain.OK)
		wantCode(t, s.RecordAnswer(ctx, answer), domain.OK)
		answer.Clone = "https://city.example/processes/none"
		wantCode(t, s.RecordAnswer(ctx, answer), domain.NotFound)
		got = must[*coproduction.Process](t)(n.processes(goods).Process(ctx, ana, "clone"))
		if got.ClonedFrom.Answer != coproduction.Accepted || got.ClonedFrom.Proof != answer.Activity {
			t.Errorf("answer: %+v", got.ClonedFrom)
		}
		if count := must[int64](t)(storage.NewEvents(db).Verify(ctx)); count != 2 {
			t.Errorf("%d events, want 2: the same answer twice is told once", count)
		}

		source.Items[2].Prerequisites = []string{source.Items[2].ID}
		_, err = s.CloneFrom(ctx, ana, source, lineage.CloneInput{Name: "broken", Published: true})
		wantCode(t, err, domain.Invalid)
		_, err = n.processes(goods).Process(ctx, ana, "broken")
		wantCode(t, err, domain.NotFound)
	})

	storagetest.Run(t, "our own", func(t *testing.T, db *storage.DB) {
		ctx, n := t.Context(), newNode(t, db)
		ana, bo := n.person(t, "ana"), n.person(t, "bo")
		o := n.organization(t, ana, "zaragoza")
		goods := catalogueOf(n.mint, 2, 2)
		s := n.lineage(goods)
		in := started("gardens")
		in.Owner = o.ID
		source := must[*coproduction.Process](t)(n.processes(goods).Start(ctx, ana, in))
		src := must[*lineage.Preview](t)(s.Preview(ctx, bo, "gardens")).SourceProcess
		if src.Owner != o.IRI {
			t.Errorf("owner %s", src.Owner)
		}
		keep := map[string]bool{}
		for _, it := range src.Items[:7] { // the first phase
			keep[it.ID] = true
		}
		// Only the address counts: what else the caller claims is read again.
		claimed := lineage.SourceProcess{IRI: source.IRI, Title: domain.Text{"en": "Claimed"}, Owner: "https://evil.example/x"}
		p := must[*coproduction.Process](t)(s.CloneFrom(ctx, bo, claimed, lineage.CloneInput{Name: "copy", Title: domain.Text{"es": "Copia"}, Keep: keep}))
		_, tree, err := n.processes(goods).Tree(ctx, bo, "copy")
		if err != nil || tree.Len() != 7 || p.ClonedFrom.Owner != o.IRI || p.ClonedFrom.Title.String() != "Huertos de gardens" {
			t.Fatalf("copy of %d items, %+v, %v", tree.Len(), p.ClonedFrom, err)
		}

		// A story's snapshot is cloned as it was published.
		src.Items = src.Items[:1]
		told := must[*coproduction.Process](t)(s.CloneFrom(ctx, bo, src, lineage.CloneInput{Name: "as_told", Published: true}))
		if told.Tasks != 0 || told.ClonedFrom.IRI != source.IRI {
			t.Errorf("clone of a snapshot: %+v", told)
		}

		public := must[domain.List[*lineage.Derivation]](t)(s.Clones(ctx, bo, "gardens", domain.Page{}))
		all := must[domain.List[*lineage.Derivation]](t)(s.Clones(ctx, ana, "gardens", domain.Page{}))
		if public.Total != 0 || all.Total != 2 || all.Items[1].Cloner != bo.Actor || all.Items[1].IRI != p.IRI {
			t.Fatalf("clones: %+v and %+v", public, all)
		}
		id := all.Items[1].ID
		_, err = s.AcceptClone(ctx, bo, "gardens", id)
		wantCode(t, err, domain.Forbidden)
		_, err = s.AcceptClone(ctx, bo, "copy", id)
		wantCode(t, err, domain.NotFound) // the clone of another source
		must[*lineage.Derivation](t)(s.AcceptClone(ctx, ana, "gardens", id))
		must[*lineage.Derivation](t)(s.AcceptClone(ctx, ana, "gardens", id))
		_, err = s.RejectClone(ctx, ana, "gardens", id)
		wantCode(t, err, domain.Conflict)
		got := must[*coproduction.Process](t)(n.processes(goods).Process(ctx, bo, "copy"))
		public = must[domain.List[*lineage.Derivation]](t)(s.Clones(ctx, bo, "gardens", domain.Page{}))
		if got.ClonedFrom.Answer != coproduction.Accepted || public.Total != 1 {
			t.Errorf("accepted: %+v, %d shown", got.ClonedFrom, public.Total)
		}
	})

	storagetest.Run(t, "offers", func(t *testing.T, db *storage.DB) {
		ctx, n := t.Context(), newNode(t, db)
		ana := n.person(t, "ana")
		goods := catalogueOf(n.mint, 1, 1)
		s := n.lineage(goods)
		p := must[*coproduction.Process](t)(n.processes(goods).Start(ctx, ana, started("gardens")))
		hidden := started("hidden")
		hidden.Details.Visibility = domain.VisibleMembers
		h := must[*coproduction.Process](t)(n.processes(goods).Start(ctx, ana, hidden))
		cloner := n.remote(t, "https://riga.example/users/liga", network.TypePerson)
		good := lineage.Offer{
			Source: p.IRI, Clone: "https://riga.example/processes/darzi", Title: domain.Text{"lv": "Dārzi"}, Cloner: cloner,
			ClonerIRI: "https://riga.example/users/liga", Activity: "https://riga.example/activities/9",
		}
		for name, tc := range map[string]struct {
			spoil func(*lineage.Offer)
			code  domain.Code
		}{
			"unknown source":  {func(o *lineage.Offer) { o.Source += "x" }, domain.NotFound},
			"hidden source":   {func(o *lineage.Offer) { o.Source = h.IRI }, domain.NotFound},
			"another node's":  {func(o *lineage.Offer) { o.Source = "https://rome.example/processes/gardens" }, domain.NotFound},
			"a part of it":    {func(o *lineage.Offer) { o.Source += "/tree" }, domain.NotFound},
			"clone elsewhere": {func(o *lineage.Offer) { o.Clone = "https://rome.example/processes/x" }, domain.Invalid},
			"ours as a clone": {func(o *lineage.Offer) { o.Clone, o.ClonerIRI, o.Activity = h.IRI, h.IRI, h.IRI }, domain.Invalid},
			"a lie":           {func(o *lineage.Offer) { o.Version, o.Digest = "1", strings.Repeat("0", 64) }, domain.Invalid},
			"no digest":       {func(o *lineage.Offer) { o.Digest = "0" }, domain.Invalid},
			"forged activity": {func(o *lineage.Offer) { o.Activity = "https://rome.example/activities/9" }, domain.Invalid},
		} {
			o := good
			tc.spoil(&o)
			if _, err := s.ReceiveOffer(ctx, o); domain.CodeOf(err) != tc.code {
				t.Errorf("%s: %v, want %q", name, err, tc.code)
			}
		}
		first := must[*lineage.Derivation](t)(s.ReceiveOffer(ctx, good))
		second := must[*lineage.Derivation](t)(s.ReceiveOffer(ctx, good))
		if first.ID != second.ID || first.Host != "riga.example" || first.State != coproduction.Offered {
			t.Errorf("received twice: %+v, %+v", first, second)
		}
		accepted := must[*lineage.Derivation](t)(s.AcceptClone(ctx, ana, "gardens", first.ID))
		if accepted.AnsweredAt.IsZero() {
			t.Errorf("accepted: %+v", accepted)
		}
		history := must[domain.List[domain.Event]](t)(n.processes(goods).History(ctx, ana, "gardens", domain.Page{}))
		var told lineage.Offered
		if len(history.Items) != 3 || history.Items[0].Kind != lineage.CloneAccepted || history.Items[1].Kind != lineage.CloneOffered ||
			history.Items[1].Actor != cloner || history.Items[0].Decode(&told) != nil || told.Offer != good.Activity || told.CloneIRI != good.Clone {
			t.Errorf("history: %+v", history.Items)
		}
	})
}
