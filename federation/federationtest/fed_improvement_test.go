package federationtest_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/network"
	"interlink/domain/notification"
	"interlink/domain/policy"
	"interlink/federation/activity"
	"interlink/federation/evidence"
	"interlink/federation/federationtest"
)

// notified counts what the official of a city was told of one kind.
func (c *city) notified(t *testing.T, kind domain.EventKind) int {
	t.Helper()
	list, err := c.Notifications.List(t.Context(), c.official, notification.Filter{}, domain.Page{Limit: domain.MaxPage})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, one := range list.Items {
		if one.Event.Kind == kind {
			n++
		}
	}
	return n
}

// confirm accepts all clones of a process that wait.
func (c *city) confirm(t *testing.T, process string) {
	t.Helper()
	list, err := c.Lineage.Clones(t.Context(), c.official, process, domain.Page{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list.Items {
		if _, err := c.Lineage.AcceptClone(t.Context(), c.official, process, d.ID); err != nil {
			t.Fatal(err)
		}
	}
}

// improve offers what a clone has otherwise of the items that are named: by
// their ids in the source, and "new" for all that it added.
func (c *city) improve(t *testing.T, clone string, items ...string) *lineage.Improvement {
	t.Helper()
	i, err := c.Improvements.Improvable(t.Context(), c.official, clone)
	if err != nil {
		t.Fatal(err)
	}
	in := lineage.ImproveInput{Note: english("We tried it."), Licence: "CC-BY-4.0", Credits: []string{"Ilze Kalniņa"}, Marks: map[string]string{}}
	for _, u := range i.Updates {
		for _, id := range items {
			if u.ID == id || id == "new" && u.Outcome == lineage.Added {
				in.Chosen = append(in.Chosen, lineage.Resolution{ID: u.ID, Decision: lineage.Take})
				in.Marks[u.ID] = u.Mark()
			}
		}
	}
	m, err := c.Improvements.Offer(t.Context(), c.official, clone, in)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// improvement is the newest improvement that a process was offered.
func (c *city) improvement(t *testing.T, process string) *lineage.Review {
	t.Helper()
	list, err := c.Improvements.List(t.Context(), c.official, process, false, domain.Page{})
	if err != nil || len(list.Items) == 0 {
		t.Fatalf("nothing was offered: %v", err)
	}
	r, err := c.Improvements.Review(t.Context(), c.official, process, list.Items[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestFedA48ImprovementIsTaken: Riga offers what it made better of the process
// that it cloned; Zaragoza, which changed some of it meanwhile, takes one thing
// as it is, one in other words, one that is new, and refuses one; its next
// release credits Riga, which is not asked about its own words.
func TestFedA48ImprovementIsTaken(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Riga", "Rome"}, func(t *testing.T, c *federationtest.Cluster) {
		ctx := t.Context()
		zaragoza, riga, rome := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1]), newCity(t, c.Nodes[2])
		zaragoza.starterCatalogue(t)
		original := zaragoza.process(t, "safe_ways")
		c.Settle()
		clone := riga.cloneOf(t, original, "safe_ways_riga")
		rome.cloneOf(t, original, "safe_ways_rome")
		c.Settle()
		zaragoza.confirm(t, "safe_ways")
		c.Settle()

		there, here := zaragoza.tasks(t, "safe_ways"), riga.tasks(t, "safe_ways_riga")
		riga.describe(t, "safe_ways_riga", here[0], "With the guard.")
		translated := here[1].Details()
		translated.Name = domain.Text{"en": translated.Name["en"], "lv": "Staigāt kopā"}
		if err := riga.Coproduction.EditItem(ctx, riga.official, "safe_ways_riga", here[1].ID, here[1].Revision, translated); err != nil {
			t.Fatal(err)
		}
		riga.describe(t, "safe_ways_riga", here[2], "Only in Riga.")
		riga.describe(t, "safe_ways_riga", here[3], "In winter too.")
		added, err := riga.Coproduction.AddItem(ctx, riga.official, "safe_ways_riga", here[0].Parent, 1, coproduction.ItemDetails{Name: english("Count the lamps")})
		if err != nil {
			t.Fatal(err)
		}
		zaragoza.describe(t, "safe_ways", there[0], "With the police.")

		id := func(n int) string { return string(original.ItemIRI(there[n].ID)) }
		sent := riga.improve(t, "safe_ways_riga", id(0), id(1), id(3), "new")
		if sent.Count != 4 {
			t.Fatalf("offered: %+v", sent.Items)
		}
		c.Settle()
		review := zaragoza.improvement(t, "safe_ways")
		outcomes := map[string]lineage.Outcome{}
		for _, u := range review.Updates {
			outcomes[u.ID] = u.Outcome
		}
		fresh := string(clone.ItemIRI(added.ID))
		if len(outcomes) != 4 || outcomes[id(0)] != lineage.Conflict || outcomes[id(1)] != lineage.Safe || outcomes[id(3)] != lineage.Safe || outcomes[fresh] != lineage.Added {
			t.Fatalf("offered is %v", outcomes)
		}
		if m := review.Improvement; m.Claimed || m.Licence != "CC-BY-4.0" || m.Note["en"] != "We tried it." || m.Credits[0] != "Ilze Kalniņa" || m.IRI != sent.IRI || m.Offer != sent.Offer {
			t.Errorf("received: %+v", m)
		}
		if n := zaragoza.notified(t, lineage.ImprovementReceived); n != 1 {
			t.Errorf("Zaragoza was told %d times", n)
		}

		part := coproduction.Part{Field: coproduction.FieldDescription, Lang: "en"}
		in := lineage.AnswerInput{Decisions: []lineage.Resolution{
			{ID: id(0), Decision: lineage.Edit, Values: map[coproduction.Part]string{part: "With the guard and the police."}},
			{ID: id(1), Decision: lineage.Take}, {ID: fresh, Decision: lineage.Take}, {ID: id(3), Decision: lineage.Keep},
		}}
		if _, err := zaragoza.Improvements.Answer(ctx, zaragoza.official, "safe_ways", review.Improvement.ID, in); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("refused without a reason: %v", err)
		}
		in.Reasons = map[string]string{id(3): "We have no winter."}
		if _, err := zaragoza.Improvements.Answer(ctx, zaragoza.official, "safe_ways", review.Improvement.ID, in); err != nil {
			t.Fatal(err)
		}
		now := zaragoza.tasks(t, "safe_ways")
		if now[0].Description["en"] != "With the guard and the police." || now[1].Name["en"] != "Count the lamps" || now[1].FromItem != "" || now[2].Name["lv"] != "Staigāt kopā" ||
			now[4].Description["en"] == "In winter too." || now[3].Description["en"] == "Only in Riga." {
			t.Errorf("taken: %+v", now[:5])
		}
		c.Settle()
		settled, err := riga.Improvements.Improvement(ctx, riga.official, "safe_ways_riga", sent.ID)
		if err != nil || settled.State != lineage.ImprovementPartly || settled.Taken() != 3 || !settled.Adopted {
			t.Fatalf("Riga knows %+v, %v", settled, err)
		}
		for _, v := range settled.Verdicts {
			if v.Item == id(3) && (v.Answer != lineage.AnswerRefused || v.Reason != "We have no winter.") || v.Item == id(0) && v.Answer != lineage.AnswerEdited ||
				v.Item == fresh && v.Became != string(original.ItemIRI(now[1].ID)) {
				t.Errorf("verdict %+v", v)
			}
		}
		if n := riga.notified(t, lineage.ImprovementSettled); n != 1 {
			t.Errorf("Riga was told %d times", n)
		}

		released := zaragoza.release(t, "safe_ways", 0)
		if len(released.Credits) != 1 || released.Credits[0].Clone != clone.IRI || released.Credits[0].Authors[0] != "Ilze Kalniņa" {
			t.Errorf("the release credits %+v", released.Credits)
		}
		c.Settle()
		u := riga.updates(t, "safe_ways_riga")
		if u.Release == nil || len(u.Updates) != 1 || u.Updates[0].ID != id(0) || u.Updates[0].Outcome != lineage.Safe || len(u.Release.Credits) != 1 {
			t.Fatalf("Riga is asked about %+v", u.Updates)
		}
		if p := u.Release.Proof; p == nil || len(p.Signatures) != 2 || p.Signatures[0].Signer != original.IRI || p.Signatures[1].Signer != zaragoza.owner.IRI {
			t.Errorf("the release is proven by %+v", u.Release.Proof)
		}
		verifiedRelease(t, zaragoza, released)
		if _, err := riga.Releases.Merge(ctx, riga.official, "safe_ways_riga", lineage.MergeInput{Release: u.Release.ID, AllSafe: true}); err != nil {
			t.Fatal(err)
		}
		takenBack(t, c, zaragoza, riga, review.Improvement.ID, sent, id(0))
		withdrawn(t, c, zaragoza, riga, id(2))
		hostileImprovements(t, c, zaragoza, riga, rome, released, sent)
		gaveAll(t, c, zaragoza, riga, id(5))
	})
}

// gaveAll: a clone of which all of a release comes is not behind it.
func gaveAll(t *testing.T, c *federationtest.Cluster, zaragoza, riga *city, item string) {
	t.Helper()
	ctx := t.Context()
	u := riga.updates(t, "safe_ways_riga")
	if _, err := riga.Releases.Merge(ctx, riga.official, "safe_ways_riga", lineage.MergeInput{Release: u.Release.ID, AllSafe: true, AllNew: true}); err != nil {
		t.Fatal(err)
	}
	for _, task := range riga.tasks(t, "safe_ways_riga") {
		if task.FromItem == item {
			riga.describe(t, "safe_ways_riga", task, "As all do it now.")
		}
	}
	riga.improve(t, "safe_ways_riga", item)
	c.Settle()
	review := zaragoza.improvement(t, "safe_ways")
	if _, err := zaragoza.Improvements.Answer(ctx, zaragoza.official, "safe_ways", review.Improvement.ID, lineage.AnswerInput{All: true}); err != nil {
		t.Fatal(err)
	}
	released := zaragoza.release(t, "safe_ways", 0)
	c.Settle()
	clone, err := riga.Coproduction.Process(ctx, riga.official, "safe_ways_riga")
	if err != nil {
		t.Fatal(err)
	}
	if about, err := riga.Lineage.About(ctx, clone); err != nil || about.Merged != released.Version.String() {
		t.Errorf("Riga has %q of its source, want %s (%v)", about.Merged, released.Version, err)
	}
}

// errAny stands for whatever is wrong.
var errAny = errors.New("any")

// verifiedRelease: a release verifies as it is served, with its tree, and not
// if a word of it, or of an item, is another.
func verifiedRelease(t *testing.T, zaragoza *city, r *lineage.Release) {
	t.Helper()
	raw := string(got(t, string(r.IRI)))
	_, items, err := zaragoza.Releases.Tree(t.Context(), policy.Viewer{}, "safe_ways", r.Version.String(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	altered := slices.Clone(items)
	altered[0].Name = english("Something else")
	for what, c := range map[string]struct {
		raw  string
		tree []lineage.SourceItem
		want error // any, if it is errAny
	}{
		"as it is":           {raw, items, nil},
		"with another item":  {raw, altered, evidence.ErrAltered},
		"without its tree":   {raw, nil, evidence.ErrAbsent},
		"with another word":  {strings.Replace(raw, "Better.", "Worse.", 1), items, errAny},
		"signed by no owner": {strings.Replace(raw, `"proof"`, `"pruef"`, 1), items, evidence.ErrUnsigned},
	} {
		report := checked(t, []byte(c.raw), false)
		doc, err := activity.Scan([]byte(c.raw))
		if err != nil {
			t.Fatal(err)
		}
		report.CompareTree(doc, c.tree)
		if err := report.Err(); (err == nil) != (c.want == nil) || c.want != nil && !errors.Is(c.want, errAny) && !errors.Is(err, c.want) {
			t.Errorf("a release %s: %v", what, err)
		}
		if c.want == nil && len(report.Signatures) != 2 {
			t.Errorf("signed by %+v", report.Signatures)
		}
	}
}

// takenBack: Zaragoza takes back what it took: its tasks are as they were before,
// Riga is told, and credited no more; what it had offered is a change of its own
// again, about which the next release does not ask.
func takenBack(t *testing.T, c *federationtest.Cluster, zaragoza, riga *city, taken domain.ID, sent *lineage.Improvement, edited string) {
	t.Helper()
	ctx := t.Context()
	if _, _, err := zaragoza.Improvements.TakeBack(ctx, zaragoza.official, "safe_ways", taken, " "); field(err) != "reason" {
		t.Errorf("taken back without a reason: %v", err)
	}
	if _, _, err := riga.Improvements.TakeBack(ctx, riga.official, "safe_ways_riga", sent.ID, "It is ours."); domain.CodeOf(err) != domain.NotFound {
		t.Errorf("the clone takes it back: %v", err)
	}
	if _, kept, err := zaragoza.Improvements.TakeBack(ctx, zaragoza.official, "safe_ways", taken, "It did not work."); err != nil || kept != 0 {
		t.Fatalf("taken back: %d kept, %v", kept, err)
	}
	if _, _, err := zaragoza.Improvements.TakeBack(ctx, zaragoza.official, "safe_ways", taken, "Again."); domain.CodeOf(err) != domain.Conflict {
		t.Errorf("taken back twice: %v", err)
	}
	_, tree, err := zaragoza.Coproduction.Tree(ctx, zaragoza.official, "safe_ways")
	if err != nil {
		t.Fatal(err)
	}
	now := zaragoza.tasks(t, "safe_ways")
	if now[0].Description["en"] != "With the police." || tree.Enabled(now[1].ID) || now[1].Name["en"] != "Count the lamps" || now[2].Name["lv"] == "Staigāt kopā" {
		t.Errorf("after it was taken back: %+v", now[:3])
	}
	if credits, err := zaragoza.Improvements.Credits(ctx, policy.Viewer{}, "safe_ways"); err != nil || len(credits) > 0 {
		t.Errorf("it still credits %+v (%v)", credits, err)
	}
	c.Settle()
	told, err := riga.Improvements.Improvement(ctx, riga.official, "safe_ways_riga", sent.ID)
	if err != nil || told.State != lineage.ImprovementTakenBack || told.Reason != "It did not work." || !told.Adopted {
		t.Fatalf("Riga knows %+v, %v", told, err)
	}
	if err := riga.Improvements.RecordTakeBack(ctx, lineage.ImprovementAnswer{IRI: sent.IRI, By: sent.Source}); err != nil {
		t.Errorf("told again: %v", err)
	}
	if err := riga.Improvements.RecordTakeBack(ctx, lineage.ImprovementAnswer{IRI: sent.IRI, By: sent.Clone}); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("another takes it back: %v", err)
	}
	zaragoza.release(t, "safe_ways", 0)
	c.Settle()
	if u := riga.updates(t, "safe_ways_riga"); len(u.Updates) != 1 || u.Updates[0].ID != edited {
		t.Errorf("Riga is asked about %+v", u.Updates)
	}
	if i, err := riga.Improvements.Improvable(ctx, riga.official, "safe_ways_riga"); err != nil || len(i.Updates) < 3 {
		t.Errorf("Riga can offer again %+v (%v)", i.Updates, err)
	}
}

// withdrawn: what a clone takes back is not answered any more; once it offers
// it again, it is refused as a whole.
func withdrawn(t *testing.T, c *federationtest.Cluster, zaragoza, riga *city, item string) {
	t.Helper()
	ctx := t.Context()
	m := riga.improve(t, "safe_ways_riga", item)
	if m.Against.Version != "1.0" {
		t.Errorf("made against %+v", m.Against)
	}
	c.Settle()
	if _, err := riga.Improvements.Withdraw(ctx, riga.official, "safe_ways_riga", m.ID); err != nil {
		t.Fatal(err)
	}
	c.Settle()
	review := zaragoza.improvement(t, "safe_ways")
	if review.Improvement.State != lineage.ImprovementWithdrawn || !review.Improvement.Against.Checked {
		t.Errorf("after the withdrawal: %+v", review.Improvement)
	}
	if _, err := zaragoza.Improvements.Answer(ctx, zaragoza.official, "safe_ways", review.Improvement.ID, lineage.AnswerInput{All: true}); domain.CodeOf(err) != domain.Conflict {
		t.Errorf("taken after it was withdrawn: %v", err)
	}
	m = riga.improve(t, "safe_ways_riga", item)
	c.Settle()
	review = zaragoza.improvement(t, "safe_ways")
	if _, err := zaragoza.Improvements.Answer(ctx, zaragoza.official, "safe_ways", review.Improvement.ID, lineage.AnswerInput{None: true, Reason: "It is of Riga alone."}); err != nil {
		t.Fatal(err)
	}
	c.Settle()
	settled, err := riga.Improvements.Improvement(ctx, riga.official, "safe_ways_riga", m.ID)
	if err != nil || settled.State != lineage.ImprovementRefused || settled.Reason != "It is of Riga alone." {
		t.Errorf("Riga knows %+v, %v", settled, err)
	}
	if _, err := riga.Improvements.Withdraw(ctx, riga.official, "safe_ways_riga", m.ID); domain.CodeOf(err) != domain.Conflict {
		t.Errorf("withdrawn after the answer: %v", err)
	}
}

// hostileImprovements: what is replayed changes nothing; what another offers,
// what names items of somebody else, or lies about the release that it was made
// against, is not taken; and only the source answers.
func hostileImprovements(t *testing.T, c *federationtest.Cluster, zaragoza, riga, rome *city, r *lineage.Release, sent *lineage.Improvement) {
	t.Helper()
	ctx := t.Context()
	look := func(at *city, handle string) *network.Actor {
		t.Helper()
		a, err := at.Lookup(ctx, handle)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	clone, stranger := look(zaragoza, riga.handle("safe_ways_riga")), look(zaragoza, rome.handle("safe_ways_rome"))
	said := lineage.ReceivedImprovement{
		IRI: sent.IRI, Source: sent.Source, Title: sent.CloneTitle, Against: sent.Against, Licence: sent.Licence, Items: sent.Items, Activity: sent.Offer,
	}
	count := func() int {
		list, err := zaragoza.Improvements.List(ctx, zaragoza.official, "safe_ways", false, domain.Page{})
		if err != nil {
			t.Fatal(err)
		}
		return list.Total
	}
	before := count()
	if err := zaragoza.Improvements.Receive(ctx, clone, said); err != nil {
		t.Errorf("received again: %v", err)
	}
	at := func(n string) domain.IRI { return sent.Clone + "/improvements/" + domain.IRI(n) }
	for name, hostile := range map[string]struct {
		by   *network.Actor
		in   func(*lineage.ReceivedImprovement)
		want domain.Code
	}{
		"by another clone": {stranger, func(*lineage.ReceivedImprovement) {}, domain.Invalid},
		"of a clone by another, under its own address": {stranger, func(in *lineage.ReceivedImprovement) {
			in.IRI, in.Activity = stranger.IRI+"/improvements/1", stranger.IRI+"/1"
		}, domain.Invalid},
		"by what is no clone": {look(zaragoza, rome.handle("city_hall")), func(in *lineage.ReceivedImprovement) {
			rome := look(zaragoza, rome.handle("city_hall")).IRI
			in.IRI, in.Activity, in.Items = rome+"/improvements/1", rome+"/1", in.Items[:1]
		}, domain.Forbidden},
		"with a lie about the release": {clone, func(in *lineage.ReceivedImprovement) {
			in.IRI, in.Against = at("2"), lineage.Against{Release: r.IRI, Version: "1.0", Digest: strings.Repeat("0", 64)}
		}, domain.Invalid},
		"with a lie about what was cloned": {clone, func(in *lineage.ReceivedImprovement) {
			in.IRI, in.Against.Digest = at("3"), strings.Repeat("0", 64)
		}, domain.Invalid},
		"with a release of another": {clone, func(in *lineage.ReceivedImprovement) {
			in.IRI, in.Against = at("4"), lineage.Against{Release: clone.IRI + "/releases/1.0", Version: "1.0", Digest: r.Digest}
		}, domain.Invalid},
		"with items of another process": {clone, func(in *lineage.ReceivedImprovement) {
			e := in.Items[0]
			e.Item.ID = string(stranger.IRI) + "/guide/1"
			in.IRI, in.Items = at("5"), []lineage.Improved{e}
		}, domain.Invalid},
		"with an item twice": {clone, func(in *lineage.ReceivedImprovement) {
			in.IRI, in.Items = at("6"), []lineage.Improved{in.Items[0], in.Items[0]}
		}, domain.Invalid},
		"under a licence that lets nobody use it": {clone, func(in *lineage.ReceivedImprovement) {
			in.IRI, in.Licence = at("7"), "CC-BY-ND-4.0"
		}, domain.Invalid},
		"with nothing": {clone, func(in *lineage.ReceivedImprovement) { in.IRI, in.Items = at("8"), nil }, domain.Invalid},
		"with too long a text": {clone, func(in *lineage.ReceivedImprovement) {
			e := in.Items[0]
			e.Item.Description = english(strings.Repeat("x", 50_001))
			in.IRI, in.Items = at("9"), []lineage.Improved{e}
		}, domain.Invalid},
	} {
		in := said
		hostile.in(&in)
		if err := zaragoza.Improvements.Receive(ctx, hostile.by, in); domain.CodeOf(err) != hostile.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if now := count(); now != before {
		t.Errorf("%d improvements are known, %d before", now, before)
	}
	m := riga.improve(t, "safe_ways_riga", sent.Items[len(sent.Items)-1].Item.ID)
	answer := lineage.ImprovementAnswer{IRI: m.IRI, By: stranger.IRI, Taken: true}
	if err := riga.Improvements.RecordAnswer(ctx, answer); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("another answers: %v", err)
	}
	if err := zaragoza.Improvements.Retract(ctx, stranger, sent.IRI); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("another withdraws: %v", err)
	}
	if err := riga.Improvements.RecordAnswer(ctx, lineage.ImprovementAnswer{IRI: sent.IRI, By: sent.Source, Taken: false}); err != nil {
		t.Errorf("answered again: %v", err)
	}
	if again, err := riga.Improvements.Improvement(ctx, riga.official, "safe_ways_riga", sent.ID); err != nil || again.State != lineage.ImprovementTakenBack {
		t.Errorf("an answer that came again changed it: %v, %v", again.State, err)
	}
	c.Settle()
}
