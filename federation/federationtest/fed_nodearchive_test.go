package federationtest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/catalogue/dump"
	"interlink/domain/community"
	"interlink/domain/coproduction"
	"interlink/domain/legal"
	"interlink/domain/network"
	"interlink/domain/nodearchive"
	"interlink/domain/organization"
	"interlink/domain/policy"
	"interlink/domain/portable"
	"interlink/domain/story"
	"interlink/federation/evidence"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
	"interlink/storage"
)

// nodeArchiveOf writes the archive of a whole node.
func nodeArchiveOf(t *testing.T, n *federationtest.Node, v policy.Viewer) []byte {
	t.Helper()
	e, err := n.NodeArchives.Export(t.Context(), v)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := e.Write(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// partsOf reads an archive of a node: its parts by path.
func partsOf(t *testing.T, raw []byte) (*nodearchive.Archive, map[string][]byte) {
	t.Helper()
	a, err := nodearchive.Read(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string][]byte{}
	for _, p := range a.Parts {
		r, err := a.Open(p)
		if err != nil {
			t.Fatal(err)
		}
		if parts[p.Path], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
		_ = r.Close()
	}
	return a, parts
}

// takes brings an archive of a node, and returns what became of its parts,
// which is what was foretold of them.
func takes(t *testing.T, n *federationtest.Node, v policy.Viewer, raw []byte) map[string]*nodearchive.ImportPart {
	t.Helper()
	i, err := n.NodeArchives.Bring(t.Context(), v, bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	told := foretold(t, n, v, i.ID)
	if err := n.NodeArchives.Here(t.Context(), v, i.ID); err != nil {
		t.Fatal(err)
	}
	all := became(t, n, v, i.ID)
	for path, p := range all {
		got := told[path]
		if got == nil || got.Outcome != p.Outcome || !slices.Equal(got.Result.Lost, p.Result.Lost) || got.Problem.Code != p.Problem.Code {
			t.Errorf("%s: foretold was %+v, it became %+v", path, got, p)
		}
	}
	return all
}

// foretold is what would become of the parts of an import; nothing comes of
// asking, however often.
func foretold(t *testing.T, n *federationtest.Node, v policy.Viewer, id domain.ID) map[string]*nodearchive.ImportPart {
	t.Helper()
	var all map[string]*nodearchive.ImportPart
	for range 2 {
		told := map[string]*nodearchive.ImportPart{}
		err := n.NodeArchives.Judge(t.Context(), v, id, func(p *nodearchive.ImportPart) error {
			told[p.Path] = p
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for path, p := range all {
			if got := told[path]; got == nil || got.Outcome != p.Outcome || !slices.Equal(got.Result.Lost, p.Result.Lost) {
				t.Errorf("%s: asked again, %+v is foretold, was %+v", path, got, p)
			}
		}
		all = told
	}
	if _, tally, err := n.NodeArchives.Import(t.Context(), v, id); err != nil || tally[nodearchive.Waits] != tally.All() {
		t.Errorf("foretold, %v are left (%v)", tally, err)
	}
	return all
}

func became(t *testing.T, n *federationtest.Node, v policy.Viewer, id domain.ID) map[string]*nodearchive.ImportPart {
	t.Helper()
	list, err := n.NodeArchives.Parts(t.Context(), v, id, "", domain.Page{Limit: domain.MaxPage})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]*nodearchive.ImportPart{}
	for _, p := range list.Items {
		out[p.Path] = p
	}
	return out
}

// furnished gives a city some of all that an archive takes along, and some that
// it does not. It returns the bytes of a file that its story shows.
func furnished(t *testing.T, c *city) string {
	t.Helper()
	ctx := t.Context()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	const words = "A map of all the crossings."
	c.starterCatalogue(t)
	c.reworked(t, c.kit(t, "Acta"))
	c.process(t, "safe_ways")
	_, tree, err := c.Coproduction.Tree(ctx, c.official, "safe_ways")
	check(err)
	items := tree.Items()
	task := items[slices.IndexFunc(items, func(it coproduction.Item) bool { return it.Kind == coproduction.Task })].ID
	u, err := c.Coproduction.Upload(ctx, c.official, "safe_ways", task)
	check(err)
	check(u.Receive(ctx, "map.txt", strings.NewReader(words)))
	_, err = u.Add(ctx, coproduction.ResourceDetails{Licence: "CC-BY-4.0", Public: true})
	check(err)
	u.Close()
	_, err = c.Organizations.CreateTeam(ctx, c.official, "city_hall", "bridges", organization.TeamDetails{Title: english("Bridges"), JoinPolicy: organization.JoinOpen})
	check(err)
	ana := c.Person("ana", policy.RoleMember)
	check(c.Organizations.AddMember(ctx, c.official, "city_hall", ana.Actor, organization.RoleMember))
	_, err = c.Communities.Post(ctx, c.official, "mobility", community.Draft{Content: "The crossing is **open**.", Language: "en"})
	check(err)
	_, err = c.Organizations.Create(ctx, ana, "secret_club", organization.Details{Title: english("SECRETWORD"), Kind: organization.Citizen, Visibility: domain.VisibleMembers})
	check(err)
	_, err = c.Coproduction.Start(ctx, ana, coproduction.StartInput{Name: "hidden", Details: coproduction.Details{Title: english("SECRETWORD"), Language: "en", Visibility: domain.VisibleMembers}})
	check(err)
	_, err = c.Legal.Publish(ctx, c.official, legal.Privacy, 0, "en", legal.Words{Text: domain.Text{"en": "We keep little.", "lv": "Mēs glabājam maz."}})
	check(err)
	_, err = c.Gate.Set(ctx, c.official, network.Rule{Host: "spam.example", Verdict: network.VerdictBlock, Comment: "Spam", Reason: "SECRETWORD"})
	check(err)
	check(c.Catalogue.SayTrust(ctx, c.official, "riga.example", catalogue.TrustEndorsed, "We know them"))
	check(c.Catalogue.SetAdmission(ctx, c.official, catalogue.Admission{Trust: catalogue.TrustFollowed, Action: catalogue.ShowAtOnce, Languages: []domain.Lang{"en"}}))
	_, err = c.Stories.Publish(ctx, c.official, story.Input{
		Slug: "safe-ways", Process: "safe_ways", Owner: c.owner.ID,
		Telling: story.Telling{Title: english("Children walk alone again"), Summary: english("How a district did it."), Countries: []string{"ES"}},
	})
	check(err)
	return words
}

// reworked gives a kit two more versions, of which the second alone has a file in
// English; withdraws another in its favour; and changes a schema and a problem
// profile of the starter content.
func (c *city) reworked(t *testing.T, kit *catalogue.Entry) {
	t.Helper()
	ctx := t.Context()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	kit, err := c.Catalogue.Attach(ctx, c.official, kit.ID, kit.Revision, "en", "minutes.txt", strings.NewReader("Minutes"))
	check(err)
	_, err = c.Catalogue.Detach(ctx, c.official, kit.ID, kit.Revision, "en")
	check(err)
	old, err := c.Catalogue.Compose(ctx, c.official, "protocol", catalogue.Writing{Content: catalogue.Content{
		Name: english("Protocol"), Summary: english("What came before."), Interlinker: &catalogue.Interlinker{Nature: catalogue.NatureKnowledge, SPDX: "CC-BY-4.0", Difficulty: "easy"},
	}})
	check(err)
	old, err = c.Catalogue.Publish(ctx, c.official, old.ID, old.Revision, "")
	check(err)
	_, err = c.Catalogue.End(ctx, c.official, old.ID, old.Revision, catalogue.Ending{Status: catalogue.Withdrawn, Reason: english("Too long"), Replacement: kit.IRI})
	check(err)
	for _, kind := range []catalogue.Kind{catalogue.KindSchema, catalogue.KindProblem} {
		list, err := c.Catalogue.List(ctx, c.official, catalogue.Filter{Kind: kind}, domain.Page{Limit: 1})
		check(err)
		e, err := c.Catalogue.EntryByID(ctx, c.official, list.Items[0].ID)
		check(err)
		_, err = c.Catalogue.Correct(ctx, c.official, e.ID, e.Revision, catalogue.Correction{Summary: english("Said better")})
		check(err)
	}
}

// interrupted goes on with an import and is killed once so many parts are made.
func interrupted(t *testing.T, n *federationtest.Node, v policy.Viewer, id domain.ID, parts int, goOn func(ctx context.Context) error) {
	t.Helper()
	ctx, kill := context.WithCancel(t.Context())
	defer kill()
	ended := make(chan error, 1)
	go func() { ended <- goOn(ctx) }()
	for {
		select {
		case <-ended:
			return
		default:
		}
		_, tally, err := n.NodeArchives.Import(t.Context(), v, id)
		if err != nil {
			t.Fatal(err)
		}
		if tally.All()-tally[nodearchive.Waits] >= parts {
			kill()
			<-ended
			return
		}
	}
}

// TestNodeArchive: all of a node is exported, and imported on another when the first
// is no more, with kills between; what that exports is the same, and importing
// it again changes nothing. Nothing secret, or private to some, is in it; who
// had roles has none there.
func TestNodeArchive(t *testing.T) {
	federationtest.Run(t, []string{"Riga"}, func(t *testing.T, c *federationtest.Cluster) {
		ctx := t.Context()
		riga := c.Nodes[0]
		// Nobody answers at the addresses of the other node.
		zaragoza := newCity(t, c.Add("Zaragoza", func(o *node.Options) { o.BaseURL = "http://127.0.0.1:9" }))
		words := furnished(t, zaragoza)
		raw := nodeArchiveOf(t, zaragoza.Node, zaragoza.official)
		a, first := partsOf(t, raw)
		for path, part := range first {
			for _, secret := range []string{"SECRETWORD", "@people.example", "secret_club", "PRIVATE KEY", "argon2"} {
				if bytes.Contains(part, []byte(secret)) {
					t.Errorf("%s has %q", path, secret)
				}
			}
		}
		for _, kind := range []nodearchive.Kind{nodearchive.Processes, nodearchive.Organizations} {
			if !slices.Contains(a.Left, nodearchive.Left{What: string(kind), Reason: nodearchive.LeftPrivate, Count: 1}) {
				t.Errorf("it does not say that private %s stay: %v", kind, a.Left)
			}
		}
		if _, err := riga.NodeArchives.Export(ctx, riga.Person("member", policy.RoleModerator)); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("a moderator exports the node: %v", err)
		}

		official := riga.Person("importer", policy.RoleAdmin)
		i, err := riga.NodeArchives.Bring(ctx, official, bytes.NewReader(raw), int64(len(raw)))
		if err != nil {
			t.Fatal(err)
		}
		if _, tally, err := riga.NodeArchives.Import(ctx, official, i.ID); err != nil || tally[nodearchive.Waits] != len(a.Parts) {
			t.Fatalf("brought, %v of %d parts wait (%v)", tally, len(a.Parts), err)
		}
		for path, p := range foretold(t, riga, official, i.ID) {
			if want := nodearchive.Made; p.Outcome != want && path != "settings/node.json" && p.Outcome != nodearchive.Unchanged || p.Result.Made != "" && p.Outcome == want {
				t.Errorf("%s: foretold is %s %v %v", path, p.Outcome, p.Result, p.Problem)
			}
		}
		if all, err := riga.Organizations.Organizations(ctx, official, organization.Filter{}, domain.Page{}); err != nil || all.Total != 0 {
			t.Errorf("foretold, there are %d organisations (%v)", all.Total, err)
		}
		interrupted(t, riga, official, i.ID, 2, func(ctx context.Context) error { return riga.NodeArchives.Here(ctx, official, i.ID) })
		for _, n := range []int{4, 6} {
			interrupted(t, riga, official, i.ID, n, func(ctx context.Context) error {
				return riga.NodeArchives.Work(ctx, nodearchive.ImportArgs{Import: i.ID})
			})
		}
		queued(t, riga, domain.Job{Kind: "estate.import", Args: nodearchive.ImportArgs{Import: i.ID}}) // as versions before called it
		c.Settle()
		for path, p := range became(t, riga, official, i.ID) {
			want := nodearchive.Made
			if path == "settings/node.json" {
				want = nodearchive.Own // it stands in the settings file
			}
			if p.Outcome != want && p.Outcome != nodearchive.Unchanged { // unchanged: it was made just before a kill
				t.Errorf("%s: %s %v", path, p.Outcome, p.Problem)
			}
		}
		if done, _, err := riga.NodeArchives.Import(ctx, official, i.ID); err != nil || done.State != nodearchive.Done {
			t.Errorf("it ended as %v (%v)", done, err)
		}

		city, err := riga.Organizations.Organization(ctx, official, "city_hall")
		if err != nil || len(city.Members) != 1 || city.Members[0].Actor != official.Actor {
			t.Errorf("the city has %+v (%v), want the importer alone", city, err)
		}
		p, err := riga.Coproduction.Process(ctx, official, "safe_ways")
		if err != nil || p.Organization != city.ID || !slices.Equal(p.Administrators, []domain.ActorID{official.Actor}) {
			t.Errorf("the process is %+v (%v)", p, err)
		}
		before, err := riga.Communities.Archive(ctx, policy.Viewer{}, "mobility", "", domain.Page{})
		if err != nil || before.Total != 1 || before.Items[0].Past.Words() != "The crossing is open." {
			t.Errorf("said before in the community: %+v (%v)", before, err)
		}
		told, err := riga.Stories.Story(ctx, policy.Viewer{}, "safe-ways", "127.0.0.1:9")
		if err != nil || told.Evidence == nil || !told.Evidence.Signatures[0].Along || told.Brought.IsZero() {
			t.Fatalf("the story is %+v (%v)", told, err)
		}
		var file string
		for _, r := range told.Snapshot.Resources {
			if r.File != nil {
				file = r.File.SHA256
			}
		}
		if got := string(got(t, riga.URL+"/stories/safe-ways@127.0.0.1:9/files/"+file)); got != words {
			t.Errorf("the file of the story is %q", got)
		}

		// Another export is the same, and an import of either changes nothing.
		second := nodeArchiveOf(t, riga, official)
		b, again := partsOf(t, second)
		if !maps.Equal(a.Counts, b.Counts) {
			t.Errorf("exported again there are %v, were %v", b.Counts, a.Counts)
		}
		same(t, first, again)
		for path, p := range takes(t, riga, official, raw) {
			if p.Outcome != nodearchive.Unchanged && p.Outcome != nodearchive.Own && p.Kind != nodearchive.Files {
				t.Errorf("again, %s: %s %v", path, p.Outcome, p.Problem)
			}
		}
		handsOut(t, riga, official, a, first, file)
		goesOn(t, zaragoza, riga, official, raw)
		bergen := c.Add("Bergen", nil)
		keepsItsOwn(t, bergen, bergen.Person("importer", policy.RoleAdmin), a, first, file)

		// A story that was altered is refused, the rest is not.
		altered := rewritten(t, a, first, "stories/safe-ways.json", func(raw []byte) []byte {
			return bytes.Replace(raw, []byte("Children walk"), []byte("Grown-ups walk"), 1)
		})
		rome := c.Add("Rome", nil)
		reader := rome.Person("importer", policy.RoleAdmin)
		parts := takes(t, rome, reader, altered)
		if p := parts["stories/safe-ways.json"]; p.Outcome != nodearchive.Failed || p.Problem.Code != domain.Unauthenticated {
			t.Errorf("an altered story: %s %v", p.Outcome, p.Problem)
		}
		if p := parts["processes/safe_ways.zip"]; p.Outcome != nodearchive.Made {
			t.Errorf("the process beside it: %s %v", p.Outcome, p.Problem)
		}
		cosignersAsked(t, rome, reader, told.IRI, func(change func([]byte) []byte) []byte {
			return rewritten(t, a, first, "stories/safe-ways.json", change)
		})
	})
}

// queued asks for a job, as a node did before it was brought up to date.
func queued(t *testing.T, n *federationtest.Node, job domain.Job) {
	t.Helper()
	db, err := storage.Open(t.Context(), n.Database)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if err := db.InTx(t.Context(), domain.Change{Jobs: []domain.Job{job}}, func(context.Context, bun.Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
}

// handsOut: a node hands out the files of Interlinkers that an archive has, and
// of others that an archive names none, though the node has them.
func handsOut(t *testing.T, n *federationtest.Node, v policy.Viewer, a *nodearchive.Archive, parts map[string][]byte, other string) {
	t.Helper()
	const slug = "minutes-of-a-meeting"
	kit := func() (*catalogue.Entry, catalogue.Document) {
		e, err := n.Catalogue.Entry(t.Context(), v, catalogue.KindInterlinker, slug, "")
		if err != nil {
			t.Fatal(err)
		}
		return e, e.Interlinker.Documents["es"]
	}
	e, d := kit()
	if shown := e.Interlinker.Snapshots; len(shown) != 1 || !strings.HasPrefix(string(shown[0].URL), n.URL) || len(got(t, string(shown[0].URL))) == 0 {
		t.Errorf("its pictures are %+v", shown)
	}
	if words := string(got(t, string(d.URL))); d.URL != e.FileIRI(d.Hash) || !strings.HasPrefix(string(d.URL), n.URL) || words != "Acta" || d.Name != "acta.txt" {
		t.Errorf("the template is %+v, and has %q", d, words)
	}
	without := *a
	without.Parts = slices.DeleteFunc(slices.Clone(a.Parts), func(p nodearchive.Part) bool { return p.Kind == nodearchive.Files })
	stays := takes(t, n, v, rewritten(t, &without, parts, "", nil))[kitPart]
	if _, now := kit(); stays.Outcome != nodearchive.Unchanged || now != d {
		t.Errorf("without files: %s, and the template is %+v", stays.Outcome, now)
	}
	lying := func(raw []byte) []byte { return bytes.ReplaceAll(raw, []byte(d.Hash), []byte(other)) }
	robbed := takes(t, n, v, rewritten(t, &without, parts, kitPart, lying))[kitPart]
	if robbed.Outcome != nodearchive.Own || len(robbed.Result.Lost) == 0 || robbed.Result.Lost[0].Reason != portable.LostVersion {
		t.Errorf("a file that is not in it: %s %+v", robbed.Outcome, robbed.Result)
	}
	for i, p := range without.Parts {
		if p.Path == kitPart {
			without.Parts[i].IRI += "-2"
		}
	}
	robbed = takes(t, n, v, rewritten(t, &without, parts, kitPart, func(raw []byte) []byte {
		return bytes.ReplaceAll(lying(raw), []byte(slug), []byte(slug+"-2"))
	}))[kitPart]
	if robbed.Outcome != nodearchive.Made || !slices.ContainsFunc(robbed.Result.Lost, func(l portable.Lost) bool { return l.Reason == portable.LostFile }) {
		t.Errorf("another with a file that is not in it: %s %+v %v", robbed.Outcome, robbed.Result, robbed.Problem)
	}
	if _, _, err := n.Catalogue.File(t.Context(), v, slug+"-2", other); domain.CodeOf(err) != domain.NotFound {
		t.Errorf("the file of a story is handed out by another Interlinker: %v", err)
	}
	if _, _, err := n.Catalogue.File(t.Context(), v, slug, other); domain.CodeOf(err) != domain.NotFound {
		t.Errorf("the file of a story is handed out by an Interlinker: %v", err)
	}
}

// kitPart is the part of the kit that [city.reworked] made versions of.
const kitPart = "versions/interlinker-minutes-of-a-meeting.json"

// goesOn: versions and what became of entries are as they were where they were
// made, with the files of each; what comes later is added, and what is changed
// here stays, also under a number that means something else there.
func goesOn(t *testing.T, from *city, to *federationtest.Node, v policy.Viewer, older []byte) {
	t.Helper()
	ctx := t.Context()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	entry := func(n *federationtest.Node, kind catalogue.Kind, slug string) *catalogue.Entry {
		t.Helper()
		e, err := n.Catalogue.Entry(ctx, v, kind, slug, "")
		check(err)
		return e
	}
	kit := entry(to, catalogue.KindInterlinker, "minutes-of-a-meeting")
	second, err := to.Catalogue.Version(ctx, v, kit.ID, 2)
	check(err)
	d := second.Content.Interlinker.Documents["en"]
	if words := string(got(t, string(d.URL))); kit.Version != 3 || d.URL != kit.FileIRI(d.Hash) || words != "Minutes" || second.By != domain.Nobody {
		t.Errorf("its second version is %+v, with %q", second, words)
	}
	there := entry(from.Node, catalogue.KindInterlinker, "minutes-of-a-meeting")
	first, err := from.Catalogue.Version(ctx, v, there.ID, 1)
	check(err)
	if here, err := to.Catalogue.Version(ctx, v, kit.ID, 1); err != nil || here.Note != "First" || !here.At.Equal(first.At) {
		t.Errorf("its first version is %+v (%v)", here, err)
	}
	if old := entry(to, catalogue.KindInterlinker, "protocol"); old.Status != catalogue.Withdrawn || old.Replacement != kit.IRI || old.Reason["en"] != "Too long" {
		t.Errorf("what was withdrawn is %+v", old)
	}

	correct := func(n *federationtest.Node, e *catalogue.Entry, words string) {
		t.Helper()
		_, err := n.Catalogue.Correct(ctx, v, e.ID, e.Revision, catalogue.Correction{Summary: english(words)})
		check(err)
	}
	plain, err := to.Catalogue.List(ctx, v, catalogue.Filter{Kind: catalogue.KindInterlinker}, domain.Page{Limit: domain.MaxPage})
	check(err)
	mine := plain.Items[slices.IndexFunc(plain.Items, func(e *catalogue.Entry) bool { return e.Version == 1 })]
	correct(to, entry(to, mine.Kind, mine.Slug), "Of here")
	_, err = from.Catalogue.Correct(ctx, from.official, there.ID, there.Revision, catalogue.Correction{Summary: english("Of there")})
	check(err)
	if p := takes(t, to, v, nodeArchiveOf(t, from.Node, from.official))[kitPart]; p.Outcome != nodearchive.Made || len(p.Result.Lost) > 0 {
		t.Errorf("a fourth version: %s %+v %v", p.Outcome, p.Result, p.Problem)
	}
	if now := entry(to, catalogue.KindInterlinker, kit.Slug); now.Version != 4 || now.Summary["en"] != "Of there" {
		t.Errorf("it says %d %v", now.Version, now.Summary)
	}
	correct(to, entry(to, catalogue.KindInterlinker, kit.Slug), "Five here")
	there = entry(from.Node, catalogue.KindInterlinker, there.Slug)
	_, err = from.Catalogue.Correct(ctx, from.official, there.ID, there.Revision, catalogue.Correction{Summary: english("Five there")})
	check(err)
	p := takes(t, to, v, nodeArchiveOf(t, from.Node, from.official))[kitPart]
	if p.Outcome != nodearchive.Own || len(p.Result.Lost) != 1 || p.Result.Lost[0] != (portable.Lost{What: "5", Reason: portable.LostVersion}) {
		t.Errorf("another fifth version: %s %+v %v", p.Outcome, p.Result, p.Problem)
	}
	brought, err := to.NodeArchives.Imports(ctx, v, domain.Page{Limit: 1})
	check(err)
	h, fifth, err := to.NodeArchives.Version(ctx, v, brought.Items[0].ID, p.Position, 5)
	check(err)
	if became, err := to.Catalogue.Became(ctx, v, h); err != nil || became.ID != kit.ID || fifth.Content.Summary["en"] != "Five there" {
		t.Errorf("what stays out says %v, of %+v (%v)", fifth.Content.Summary, became, err)
	}
	for _, at := range [][2]int{{p.Position, 6}, {p.Position, 0}, {1, 1}, {0, 5}, {9999, 5}} {
		if _, _, err := to.NodeArchives.Version(ctx, v, brought.Items[0].ID, at[0], at[1]); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("version %d of part %d: %v", at[1], at[0], err)
		}
	}
	if p := takes(t, to, v, older)[kitPart]; p.Outcome != nodearchive.Unchanged {
		t.Errorf("an older archive: %s %v", p.Outcome, p.Problem)
	}
	if five, six := entry(to, catalogue.KindInterlinker, kit.Slug), entry(to, mine.Kind, mine.Slug); five.Summary["en"] != "Five here" || six.Summary["en"] != "Of here" || six.Version != 2 {
		t.Errorf("what was changed here says %v and %v", five.Summary, six.Summary)
	}
}

// keepsItsOwn: a story that is brought without its file does not show what is
// here with the same bytes, as a file of a process; nor is that taken along with it.
func keepsItsOwn(t *testing.T, n *federationtest.Node, v policy.Viewer, a *nodearchive.Archive, parts map[string][]byte, file string) {
	t.Helper()
	without := *a
	without.Parts = slices.DeleteFunc(slices.Clone(a.Parts), func(p nodearchive.Part) bool { return p.Kind != nodearchive.Processes && p.Kind != nodearchive.Stories })
	for path, p := range takes(t, n, v, rewritten(t, &without, parts, "", nil)) {
		if p.Outcome != nodearchive.Made {
			t.Errorf("%s: %s %v", path, p.Outcome, p.Problem)
		}
	}
	response, err := http.Get(n.URL + "/stories/safe-ways@127.0.0.1:9/files/" + file)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if _, taken := partsOf(t, nodeArchiveOf(t, n, v)); response.StatusCode != http.StatusNotFound || taken["files/"+file] != nil {
		t.Errorf("the file of a process, named by a story: %d, taken along %q", response.StatusCode, taken["files/"+file])
	}
}

// cosignersAsked: of partners who signed a story whose own server does not
// answer any more, each is asked for its key where it is at home. What came
// along counts, and is told of as such, only of one that does not answer.
func cosignersAsked(t *testing.T, n *federationtest.Node, v policy.Viewer, told domain.IRI, archive func(func([]byte) []byte) []byte) {
	t.Helper()
	partner := federationtest.NewPeer(t)
	dressed(partner)
	key := func(id string) *httpsig.Key {
		k, err := httpsig.GenerateEd25519(id)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	const silent = "http://127.0.0.1:10/organizations/silent"
	partner.Leave(3, http.StatusGone)
	borrowed := key(string(partner.Person(3)) + "#ed25519-key") // at an address there that is gone
	as := func(raw []byte, who domain.IRI) []byte {
		b := decoded[evidence.Bundle](t, raw)
		for i := range b.Keys {
			if b.Keys[i].ID == borrowed.ID {
				b.Keys[i].Controller = who
			}
		}
		return encoded(t, b)
	}
	forged := archive(func([]byte) []byte {
		bare := fmt.Appendf(nil, `{"@context":%q,"id":"%s/articles/1","type":"Article","attributedTo":%q,"name":"Walking","summary":"…","content":"…","to":[%q],`+
			`"published":"2026-01-01T00:00:00Z","interlink:story":{"version":1,"results":{"en":"All of them do."}}}`, streams, partner.URL, partner.Person(1), public)
		signed, err := httpsig.Prove(bare, borrowed, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return encoded(t, evidence.Bundle{Story: signed, Keys: []evidence.Key{{ID: borrowed.ID, Controller: partner.Person(1), Multibase: borrowed.Multibase()}}})
	})
	if p := takes(t, n, v, forged)["stories/safe-ways.json"]; p.Outcome != nodearchive.Failed || p.Problem.Code != domain.Unauthenticated && p.Problem.Code != domain.NotFound {
		t.Errorf("a story in the name of who answers, by a key at an address there that is gone: %s %v", p.Outcome, p.Problem)
	}
	raw := archive(func(raw []byte) []byte {
		return as(cosigned(t, raw, borrowed,
			key(string(partner.Person(2))+"#ed25519-key"), // not what its server says
			key(n.URL+"/actor#ed25519-key"),               // nor what this node says of itself
			partner.Ed25519(1),
			key(silent+"#ed25519-key"),
		), partner.Person(4))
	})
	if p := takes(t, n, v, raw)["stories/safe-ways.json"]; p.Outcome != nodearchive.Made {
		t.Fatalf("the story: %s %v", p.Outcome, p.Problem)
	}
	st, err := n.Stories.StoryByIRI(t.Context(), policy.Viewer{}, told)
	if err != nil || st.Evidence == nil {
		t.Fatalf("the story is %+v (%v)", st, err)
	}
	along := map[domain.IRI]bool{}
	for _, s := range st.Evidence.Signatures {
		along[s.Signer] = s.Along
	}
	want := map[domain.IRI]bool{"http://127.0.0.1:9/organizations/city_hall": true, partner.Person(1): false, silent: true}
	if !maps.Equal(along, want) {
		t.Errorf("signed (by a key that came along) by %v, want %v", along, want)
	}
}

// cosigned is a story with its evidence that more signed, whose keys come along.
func cosigned(t *testing.T, raw []byte, keys ...*httpsig.Key) []byte {
	t.Helper()
	b := decoded[evidence.Bundle](t, raw)
	bare, err := httpsig.WithProofs(b.Story)
	if err != nil {
		t.Fatal(err)
	}
	type proven struct {
		Proof json.RawMessage `json:"proof"`
	}
	proofs := []json.RawMessage{decoded[proven](t, b.Story).Proof}
	for _, key := range keys {
		signed, err := httpsig.Prove(bare, key, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		proofs = append(proofs, decoded[proven](t, signed).Proof)
		owner, _, _ := strings.Cut(key.ID, "#")
		b.Keys = append(b.Keys, evidence.Key{ID: key.ID, Controller: domain.IRI(owner), Multibase: key.Multibase()})
	}
	if b.Story, err = httpsig.WithProofs(bare, proofs...); err != nil {
		t.Fatal(err)
	}
	return encoded(t, b)
}

// rewritten is an archive with one part changed, and told of as it is then.
func rewritten(t *testing.T, a *nodearchive.Archive, parts map[string][]byte, path string, change func([]byte) []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := nodearchive.NewWriter(&b, a.Head)
	for _, p := range a.Parts {
		body := parts[p.Path]
		if p.Path == path {
			body = change(bytes.Clone(body))
		}
		if _, err := w.Add(p, func(to io.Writer) error { _, err := to.Write(body); return err }); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// same compares what two archives say, but for addresses, people and times of
// the nodes that wrote them.
func same(t *testing.T, first, second map[string][]byte) {
	t.Helper()
	for path, one := range first {
		two := second[path]
		switch {
		case path == "settings/node.json":
			continue
		case strings.HasPrefix(path, "communities/"):
			if x, y := saidIn(t, one), saidIn(t, two); x != y {
				t.Errorf("%s:\n%s\nwas\n%s", path, y, x)
			}
			continue
		case strings.HasPrefix(path, "processes/"):
			if x, y := treeOf(t, one), treeOf(t, two); x != y {
				t.Errorf("%s:\n%s\nwas\n%s", path, y, x)
			}
			continue
		case strings.HasPrefix(path, "stories/"):
			one, two = encoded(t, decoded[any](t, one)), encoded(t, decoded[any](t, two))
		case path == "catalogue.json":
			one, two = entriesOf(t, one), entriesOf(t, two)
		case strings.HasPrefix(path, "versions/"):
			one, two = historyOf(t, one), historyOf(t, two)
		case strings.HasPrefix(path, "organizations/"):
			one, two = groupsOf(t, one), groupsOf(t, two)
		}
		if !bytes.Equal(one, two) {
			t.Errorf("%s:\n%.2000s\nwas\n%.2000s", path, two, one)
		}
	}
}

func decoded[T any](t *testing.T, raw []byte) (out T) {
	t.Helper()
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func encoded(t *testing.T, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// treeOf is what a process is: its texts, its tree and its files.
func treeOf(t *testing.T, raw []byte) string {
	t.Helper()
	a, err := portable.Read(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	d, err := a.Document.Whole()
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded(t, []any{d.Title, d.Summary, d.Language, d.Visibility, d.Items, d.Resources}))
}

// saidIn is what a community is: its texts, and what was said in it.
func saidIn(t *testing.T, raw []byte) string {
	t.Helper()
	a, err := portable.Read(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	said := []any{a.Community.Title, a.Community.Summary, a.Community.Rules, a.Community.Cadence}
	for posts, err := range a.Posts() {
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range posts {
			said = append(said, p)
		}
	}
	return string(encoded(t, said))
}

// historyOf is all that an entry said, but for where its files are handed out.
func historyOf(t *testing.T, raw []byte) []byte {
	h := decoded[dump.History](t, raw)
	for _, v := range h.Versions {
		if i := v.Content.Interlinker; i != nil {
			for n := range i.Snapshots {
				i.Snapshots[n].URL = domain.IRI(catalogue.PictureHash(i.Snapshots[n].URL))
			}
			for lang, d := range i.Documents {
				d.URL = domain.IRI(strings.TrimPrefix(string(d.URL), string(h.IRI)))
				i.Documents[lang] = d
			}
		}
	}
	h.Replacement = h.Replacement[strings.LastIndexByte(string(h.Replacement), '/')+1:]
	h.IRI, h.Key = "", ""
	return encoded(t, h)
}

func entriesOf(t *testing.T, raw []byte) []byte {
	d := decoded[dump.Document](t, raw)
	contents := map[string]catalogue.Content{}
	for _, e := range d.Entries {
		if e.Content.Interlinker != nil {
			for i := range e.Content.Interlinker.Snapshots {
				x := &e.Content.Interlinker.Snapshots[i]
				x.URL = domain.IRI(catalogue.PictureHash(x.URL))
			}
			for lang, x := range e.Content.Interlinker.Documents {
				if x.URL == e.IRI+"/files/"+domain.IRI(x.Hash) {
					x.URL = "" // each node hands it out itself
				}
				e.Content.Interlinker.Documents[lang] = x
			}
		}
		contents[string(e.Kind)+" "+e.Slug] = e.Content
	}
	return encoded(t, contents)
}

func groupsOf(t *testing.T, raw []byte) []byte {
	d := decoded[nodearchive.Organization](t, raw)
	bare := func(x *nodearchive.Described) {
		x.IRI, x.Members, x.CreatedAt = "", nil, time.Time{}
	}
	bare(&d.Described)
	for i := range d.Teams {
		bare(&d.Teams[i].Described)
	}
	return encoded(t, d)
}
