package document_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/community"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/network"
	"interlink/domain/organization"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/federation/activity"
	"interlink/federation/document"
	"interlink/federation/federationtest"
	"interlink/federation/keyring"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// city is a node with an official, and the documents that it would send.
type city struct {
	*federationtest.Node
	*document.Documents
	t        *testing.T
	official policy.Viewer
	actors   *storage.Network
}

func newCity(t *testing.T) *city {
	t.Helper()
	dsn := storagetest.SQLite(t)
	n := federationtest.On(t, func(testing.TB) string { return dsn }, "Zaragoza").Nodes[0]
	db := storagetest.Open(t, dsn) // beside the node's own: what the services do not show
	c := &city{Node: n, t: t, official: n.Person("official", policy.RoleAdmin), actors: storage.NewNetwork(db)}
	keys, err := keyring.New(storage.NewKeys(db), c.actors, domain.NewMint(nil, nil), []byte("a secret of this test alone"))
	if err != nil {
		t.Fatal(err)
	}
	c.Documents = &document.Documents{
		NS: n.Namespace, Language: "en", Actors: c.actors, Keys: keys,
		Phrase:        func(lang domain.Lang, key string, _ ...any) string { return string(lang) + " " + key },
		Organizations: n.Organizations, Processes: n.Coproduction, Lineage: n.Lineage,
		Stories: n.Stories, Communities: n.Communities, Catalogue: n.Catalogue, Calls: n.Participation,
	}
	return c
}

func english(s string) domain.Text { return domain.Text{"en": s} }

// organization makes one of a visibility.
func (c *city) organization(name string, v domain.Visibility) *organization.Organization {
	c.t.Helper()
	o, err := c.Node.Organizations.Create(c.t.Context(), c.official, name, organization.Details{Title: english("The " + name), Kind: organization.Kinds[0], Visibility: v})
	if err != nil {
		c.t.Fatal(err)
	}
	return o
}

func (c *city) community(name string, of domain.ActorID) *community.Community {
	c.t.Helper()
	x, err := c.Node.Communities.Create(c.t.Context(), c.official, name, community.Details{Title: english("The " + name), Language: "en", Organization: of})
	if err != nil {
		c.t.Fatal(err)
	}
	return x
}

func (c *city) process(name string, of, followed domain.ActorID, v domain.Visibility) *coproduction.Process {
	c.t.Helper()
	x, err := c.Coproduction.Start(c.t.Context(), c.official, coproduction.StartInput{
		Name: name, Owner: of, Followed: followed, Schema: "public-service",
		Details: coproduction.Details{Title: english("The " + name), Language: "en", Visibility: v},
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return x
}

// starterCatalogue imports what these tests name of the starter content.
func (c *city) starterCatalogue() {
	c.t.Helper()
	report, err := c.Node.Catalogue.Import(c.t.Context(), c.official, federationtest.Shelf(), false)
	if err != nil || len(report.Errors) > 0 {
		c.t.Fatalf("import: %v %v", err, report.Errors)
	}
}

// text makes the bytes of a document; "" if there is none, for the reason
// want.
func (c *city) text(what string, made any, err error, want domain.Code) string {
	c.t.Helper()
	if got := domain.CodeOf(err); got != want {
		c.t.Errorf("%s: %q (%v), not %q", what, got, err, want)
	}
	if err != nil {
		return ""
	}
	raw, err := activity.Encode(made)
	if err != nil {
		c.t.Fatalf("%s: %v", what, err)
	}
	if _, err := activity.Scan(raw); err != nil {
		c.t.Errorf("%s is not what peers accept: %v", what, err)
	}
	return string(raw)
}

// actor makes the document of an actor.
func (c *city) actor(id domain.ActorID, want domain.Code) string {
	c.t.Helper()
	a, err := c.actors.Actor(c.t.Context(), id)
	if err != nil {
		c.t.Fatal(err)
	}
	made, err := c.Actor(c.t.Context(), a)
	return c.text(string(a.IRI), made, err, want)
}

// holds checks that a document has parts, and has not those after "".
func holds(t *testing.T, text string, parts ...string) {
	t.Helper()
	wanted := true
	for _, part := range parts {
		if part == "" {
			wanted = false
		} else if strings.Contains(text, part) != wanted {
			t.Errorf("the document holds %q: %t\n%s", part, !wanted, text)
		}
	}
}

// TestActorDocuments: each kind of actor with what it belongs to; what not
// everybody may see is neither served nor named by what is.
func TestActorDocuments(t *testing.T) {
	c := newCity(t)
	c.starterCatalogue()
	open, hidden := c.organization("hall", ""), c.organization("secret_service", domain.VisibleMembers)
	mobility, whispers := c.community("mobility", open.ID), c.community("whispers", hidden.ID)

	holds(t, c.actor(open.ID, domain.OK), `"Organization"`, "The hall", "BEGIN PUBLIC KEY", "", `"interlink:process":{"language"`)
	holds(t, c.actor(mobility.ID, domain.OK), `"Group"`, "The mobility", "interlink:community", string(open.IRI))
	holds(t, c.actor(c.process("ways", open.ID, mobility.ID, "").ID, domain.OK), "The ways", `"interlink:process":{"language"`, string(open.IRI), string(mobility.IRI))
	holds(t, c.actor(c.official.Actor, domain.OK), `"Person"`, "", "@people.example")
	team, err := c.Node.Organizations.CreateTeam(t.Context(), c.official, "hall", "staff", organization.TeamDetails{
		Title: english("The staff"), Kind: organization.Kinds[0],
	})
	if err != nil {
		t.Fatal(err)
	}
	holds(t, c.actor(team.ID, domain.OK), "The staff", "interlink:team", string(open.IRI))

	c.actor(hidden.ID, domain.NotFound)
	c.actor(c.process("plot", open.ID, mobility.ID, domain.VisibleMembers).ID, domain.NotFound)
	holds(t, c.actor(whispers.ID, domain.OK), "The whispers", "", "secret_service")
	holds(t, c.actor(c.process("leaflet", hidden.ID, whispers.ID, "").ID, domain.OK), "The leaflet", string(whispers.IRI), "", "secret_service")

	for _, name := range []string{"plot", "nothing"} {
		if list, err := c.Tree(t.Context(), name, domain.Page{}); domain.CodeOf(err) != domain.NotFound || list.Items != nil {
			t.Errorf("the tree of %s: %d items, %v", name, len(list.Items), err)
		}
		if list, err := c.Clones(t.Context(), name, domain.Page{}); domain.CodeOf(err) != domain.NotFound || len(list.Items) > 0 {
			t.Errorf("the clones of %s: %d, %v", name, len(list.Items), err)
		}
	}

	a, err := c.actors.Actor(t.Context(), open.ID)
	if err != nil {
		t.Fatal(err)
	}
	gone, elsewhere := *a, *a
	gone.GoneAt, elsewhere.Host = time.Now(), "peer.example"
	made, err := c.Actor(t.Context(), &gone)
	c.text("an actor who is gone", made, err, domain.Gone)
	made, err = c.Actor(t.Context(), &elsewhere)
	c.text("an actor of another node", made, err, domain.NotFound)
}

// TestTreeDocuments: each item of a public process is served at the address
// that its tree gives, and no other process's.
func TestTreeDocuments(t *testing.T) {
	c := newCity(t)
	c.starterCatalogue()
	ways, other := c.process("ways", domain.Nobody, domain.Nobody, ""), c.process("other", domain.Nobody, domain.Nobody, "")
	list, err := c.Tree(t.Context(), "ways", domain.Page{Limit: domain.MaxPage})
	if err != nil || len(list.Items) < 3 {
		t.Fatalf("%d items, %v", len(list.Items), err)
	}
	for _, item := range list.Items {
		text := c.text("an item", item, nil, domain.OK)
		var d struct{ ID domain.IRI }
		if err := json.Unmarshal([]byte(text), &d); err != nil || !strings.HasPrefix(string(d.ID), string(ways.IRI)+"/") {
			t.Fatalf("the item is %s (%v)", text, err)
		}
		made, err := c.Item(t.Context(), "ways", d.ID)
		if got := c.text("its address", made, err, domain.OK); got != text {
			t.Errorf("the tree says\n%s\nits address\n%s", text, got)
		}
		made, err = c.Item(t.Context(), "other", d.ID)
		c.text("at another process", made, err, domain.NotFound)
	}
	if _, err := c.Item(t.Context(), "ways", other.IRI); domain.CodeOf(err) != domain.NotFound {
		t.Errorf("an address that is no item: %v", err)
	}
}

// TestTreePages: read forwards or backwards, the pages of a tree, and of that of a
// release, have all items in their order, and none has more text than one item
// beyond the bound.
func TestTreePages(t *testing.T) {
	c := newCity(t)
	c.starterCatalogue()
	c.process("long", domain.Nobody, domain.Nobody, "")
	_, tree, err := c.Coproduction.Tree(t.Context(), c.official, "long")
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range tree.Items()[:min(tree.Len(), 12)] {
		d := it.Details()
		long := strings.Repeat("long ", 3_800)
		d.Description = domain.Text{"en": long, "es": long, "lv": long}
		if err := c.Coproduction.EditItem(t.Context(), c.official, "long", it.ID, it.Revision, d); err != nil {
			t.Fatal(err)
		}
	}
	draft, err := c.Node.Releases.Draft(t.Context(), c.official, "long")
	if err != nil {
		t.Fatal(err)
	}
	version := draft.Next[0]
	if _, err := c.Node.Releases.Publish(t.Context(), c.official, "long", lineage.ReleaseInput{
		Version: version, Note: english("n"), Licence: "CC-BY-4.0", Digest: draft.Digest,
	}); err != nil {
		t.Fatal(err)
	}
	c.Documents.Releases = c.Node.Releases
	var want []string
	for _, it := range tree.Items() {
		want = append(want, string(it.ID))
	}
	for what, page := range map[string]func(domain.Page) (domain.List[any], error){
		"tree": func(p domain.Page) (domain.List[any], error) { return c.Tree(t.Context(), "long", p) },
		"release": func(p domain.Page) (domain.List[any], error) {
			return c.ReleaseTree(t.Context(), "long", version.String(), p)
		},
	} {
		for _, back := range []bool{false, true} {
			if read := c.paged(what, back, page); !slices.Equal(read, want) {
				t.Errorf("%s, backwards %t: %v, not %v", what, back, read, want)
			}
		}
	}
}

// paged reads all pages of a collection and returns the ids of its items.
func (c *city) paged(what string, back bool, page func(domain.Page) (domain.List[any], error)) (read []string) {
	c.t.Helper()
	for p := (domain.Page{Limit: domain.MaxPage, Back: back}); ; {
		list, err := page(p)
		if err != nil || len(list.Items) == 0 {
			c.t.Fatalf("%s, backwards %t: %d items, %v", what, back, len(list.Items), err)
		}
		var ids []string
		size := 0
		for _, item := range list.Items {
			text := c.text("an item", item, nil, domain.OK)
			var d struct{ ID string }
			if err := json.Unmarshal([]byte(text), &d); err != nil {
				c.t.Fatal(err)
			}
			ids, size = append(ids, path.Base(d.ID)), size+len(text)
		}
		if size > 1_000_000 { // each text is there as Markdown and as HTML
			c.t.Errorf("%s, backwards %t: a page of %d bytes", what, back, size)
		}
		if back {
			read, p.After = append(ids, read...), list.Prev
		} else {
			read, p.After = append(read, ids...), list.Next
		}
		if p.After == "" {
			return read
		}
	}
}

// TestPostDocuments: only what is public, and ours.
func TestPostDocuments(t *testing.T) {
	c := newCity(t)
	group := c.community("mobility", domain.Nobody)
	p, err := c.Node.Communities.Post(t.Context(), c.official, "mobility", community.Draft{Content: "The crossing is open.", Language: "en"})
	if err != nil {
		t.Fatal(err)
	}
	made, err := c.PostAt(t.Context(), p.ID)
	holds(t, c.text("a post", made, err, domain.OK), `"Note"`, "The crossing is open.", string(group.IRI), activity.Public)
	made, err = c.PostAt(t.Context(), "01900000-0000-7000-8000-000000000000")
	c.text("a post that is none", made, err, domain.NotFound)

	for name, change := range map[string]func(*community.Post){
		"unlisted":        func(p *community.Post) { p.Visibility = community.Unlisted },
		"of no known":     func(p *community.Post) { p.Visibility = "" },
		"for followers":   func(p *community.Post) { p.Visibility = "followers" },
		"of another node": func(p *community.Post) { p.Host = "peer.example" },
	} {
		other := *p
		change(&other)
		if _, err := c.NoteInput(t.Context(), &other); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("a post %s: %v", name, err)
		}
	}
	if err := c.Node.Communities.DeletePost(t.Context(), c.official, p.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := c.PostAt(t.Context(), p.ID); err == nil {
		t.Error("a deleted post has a document")
	}
}

// TestStoryDocuments: a story in the node's words, and its snapshot.
func TestStoryDocuments(t *testing.T) {
	c := newCity(t)
	c.starterCatalogue()
	owner := c.organization("hall", "")
	group := c.community("mobility", owner.ID)
	c.process("ways", owner.ID, group.ID, "")
	s, err := c.Node.Stories.Publish(t.Context(), c.official, story.Input{
		Slug: "safe-ways", Process: "ways", Owner: owner.ID, Community: group.ID,
		Telling: story.Telling{Title: english("Safe ways"), Summary: english("It worked."), Challenge: english("Cars.")},
	})
	if err != nil {
		t.Fatal(err)
	}
	made, err := c.StoryAt(t.Context(), s.Slug)
	text := c.text("a story", made, err, domain.OK)
	holds(t, text, `"Article"`, "Safe ways", "en page.story.challenge", string(owner.IRI), string(group.IRI)+"/followers")
	made, err = c.Story(t.Context(), s)
	if sent := c.text("as it is sent", made, err, domain.OK); sent != text {
		t.Errorf("served\n%s\nsent\n%s", text, sent)
	}
	shown, err := c.Snapshot(t.Context(), s.Slug)
	if err != nil {
		t.Fatal(err)
	}
	var written bytes.Buffer
	if err := shown.WriteTo(t.Context(), &written); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(written.Bytes())
	if shown.SHA256 != hex.EncodeToString(sum[:]) || shown.Size != int64(written.Len()) {
		t.Errorf("%d bytes of %s, written %d of %x", shown.Size, shown.SHA256, written.Len(), sum)
	}
	holds(t, c.text("its snapshot", activity.Proven(written.Bytes()), nil, domain.OK), string(owner.IRI), string(s.Snapshot.Canonical()))

	for _, slug := range []string{"nothing", ""} {
		made, err = c.StoryAt(t.Context(), slug)
		c.text("a story that is none", made, err, domain.NotFound)
		_, err := c.Snapshot(t.Context(), slug)
		c.text("its snapshot", nil, err, domain.NotFound)
	}
}

// TestEntryDocuments: what the catalogue lists is what its addresses serve.
func TestEntryDocuments(t *testing.T) {
	c := newCity(t)
	c.starterCatalogue()
	list, err := c.Entries(t.Context(), domain.Page{Limit: 100})
	if err != nil || len(list.Items) < 3 {
		t.Fatalf("%d entries, %v", len(list.Items), err)
	}
	found, err := c.Node.Catalogue.Published(t.Context(), domain.Page{Limit: 100})
	if err != nil || len(found.Items) != len(list.Items) {
		t.Fatalf("%d entries, %v", len(found.Items), err)
	}
	for i, e := range found.Items {
		made, err := c.EntryAt(t.Context(), e.Kind, e.Slug)
		text := c.text(e.Slug, made, err, domain.OK)
		holds(t, text, `"Article"`, string(e.IRI))
		if listed := c.text(e.Slug, list.Items[i], nil, domain.OK); listed != text {
			t.Errorf("%s: listed\n%s\nserved\n%s", e.Slug, listed, text)
		}
	}
	if _, err := c.EntryAt(t.Context(), catalogue.Kinds[0], "nothing"); domain.CodeOf(err) != domain.NotFound {
		t.Errorf("an entry that is none: %v", err)
	}
}

var _ = network.SubjectNode
