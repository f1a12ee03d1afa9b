package federationtest_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/policy"
	"interlink/domain/portable"
	"interlink/federation/federationtest"
)

// exportOf writes what somebody may see of a process into an archive.
func (c *city) exportOf(t *testing.T, v policy.Viewer, name string) ([]byte, *taken) {
	t.Helper()
	e, err := c.Portable.Export(t.Context(), v, name)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := e.Write(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	d, err := e.Whole(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), &taken{e.Head, d}
}

// taken is what was written into an archive.
type taken struct {
	Head     portable.Head
	Document *portable.Process
}

// imports imports what was brought, and waits for it.
func (c *city) imports(ctx context.Context, id domain.ID, in portable.Input) (*portable.Bringing, bool, error) {
	b, done, err := c.Portable.Begin(ctx, c.official, id, in)
	if err != nil || done {
		return b, done, err
	}
	if b, err = c.Portable.Finish(ctx, b); err == nil && b.State != portable.ImportDone {
		err = b.Problem.Err()
	}
	return b, false, err
}

func (c *city) bring(t *testing.T, raw []byte) *portable.Bringing {
	t.Helper()
	b, err := c.Portable.Bring(t.Context(), c.official, bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestPortableProcess: a process is exported in one country and imported in
// another as it was, and from there again; its file can be cloned too, and its
// people learn of that. What is private stays out of what everybody gets.
func TestPortableProcess(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Riga"}, func(t *testing.T, c *federationtest.Cluster) {
		zaragoza, riga := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
		zaragoza.starterCatalogue(t)
		original := zaragoza.process(t, "safe_ways")
		walker := zaragoza.Person("walker_of_routes", policy.RoleMember)
		ctx := t.Context()
		_, tree, err := zaragoza.Coproduction.Tree(ctx, zaragoza.official, "safe_ways")
		if err != nil {
			t.Fatal(err)
		}
		items := tree.Items()
		i := slices.IndexFunc(items, func(it coproduction.Item) bool { return it.Kind == coproduction.Task })
		task := items[i].ID
		check := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		check(zaragoza.Coproduction.PutGrant(ctx, zaragoza.official, "safe_ways", coproduction.Grant{Grantee: walker.Actor, Allow: coproduction.MayView | coproduction.MayCreate}))
		note, err := zaragoza.Coproduction.AddResource(ctx, walker, "safe_ways", task, coproduction.ResourceDetails{Name: "Notes", Body: "first words", Licence: "CC-BY-4.0", Public: true})
		check(err)
		_, err = zaragoza.Coproduction.EditResource(ctx, walker, "safe_ways", note.ID, note.Revision, coproduction.ResourceDetails{Name: "Notes", Body: "second words", Licence: "CC-BY-4.0", Public: true}, "summary of walker")
		check(err)
		_, err = zaragoza.Coproduction.AddResource(ctx, zaragoza.official, "safe_ways", task, coproduction.ResourceDetails{Name: "Budget", Body: "private figures"})
		check(err)
		_, err = zaragoza.Coproduction.SetTaskStatus(ctx, zaragoza.official, "safe_ways", task, items[i].Revision, coproduction.InProgress)
		check(err)
		check(zaragoza.Coproduction.DisableItem(ctx, zaragoza.official, "safe_ways", items[len(items)-1].ID))
		u, err := zaragoza.Coproduction.Upload(ctx, zaragoza.official, "safe_ways", task)
		check(err)
		check(u.Receive(ctx, "map.txt", strings.NewReader("a map of streets")))
		_, err = u.Add(ctx, coproduction.ResourceDetails{Licence: "CC-BY-4.0", Public: true})
		check(err)
		u.Close()
		c.Settle()

		raw, whole := zaragoza.exportOf(t, zaragoza.official, "safe_ways")
		document, err := whole.Document.Encode()
		check(err)
		for _, secret := range []string{"@people.", "@example", "argon2", "PRIVATE KEY", "password"} {
			if bytes.Contains(document, []byte(secret)) {
				t.Errorf("the export has %q in it", secret)
			}
		}
		if len(whole.Document.Resources) != 3 || len(whole.Document.Resources[0].Versions) != 2 || len(whole.Document.Grants) != 1 || len(whole.Document.History) == 0 {
			t.Errorf("the export has %d resources, %d grants, %d events", len(whole.Document.Resources), len(whole.Document.Grants), len(whole.Document.History))
		}
		_, open := zaragoza.exportOf(t, policy.Viewer{}, "safe_ways")
		public, err := open.Document.Encode()
		check(err)
		for _, secret := range []string{"walker_of_routes", "users/official", "Budget", "summary of walker"} {
			if bytes.Contains(public, []byte(secret)) {
				t.Errorf("the public export has %q in it", secret)
			}
		}
		if len(open.Document.Resources) != 2 || len(open.Document.Items) != len(items)-1 {
			t.Errorf("the public export has %d resources and %d items", len(open.Document.Resources), len(open.Document.Items))
		}

		brought := riga.bring(t, raw)
		tried, err := riga.Portable.Try(ctx, riga.official, brought.ID, portable.Input{})
		check(err)
		if _, err := riga.Coproduction.Process(ctx, riga.official, "safe_ways"); domain.CodeOf(err) != domain.NotFound || len(tried.Lost) == 0 {
			t.Errorf("a trial made something (%v), or reports nothing: %v", err, tried.Lost)
		}
		made, again, err := riga.imports(ctx, brought.ID, portable.Input{})
		check(err)
		if again || made.Made == "" {
			t.Errorf("imported: %+v", made)
		}
		if twice, again, err := riga.imports(ctx, riga.bring(t, raw).ID, portable.Input{}); err != nil || !again || twice.Made != made.Made {
			t.Errorf("a second time: %v %v %v", twice, again, err)
		}
		c.Settle()

		// As it was: all but who administers it, and that both are in Riga now.
		_, there := riga.exportOf(t, riga.official, "safe_ways")
		admin := riga.Namespace.IRI("users", "official")
		there.Document.Administrators = slices.DeleteFunc(there.Document.Administrators, func(iri domain.IRI) bool { return iri == admin })
		there.Document.History = there.Document.History[:len(whole.Document.History)]
		second, err := there.Document.Encode()
		check(err)
		if !bytes.Equal(document, second) {
			a, b := strings.Split(string(document), "\n"), strings.Split(string(second), "\n")
			for n := range min(len(a), len(b)) {
				if a[n] != b[n] {
					t.Errorf("line %d:\n%s\n%s", n, a[n], b[n])
					break
				}
			}
		}
		here, err := riga.Coproduction.Process(ctx, riga.official, "safe_ways")
		check(err)
		if len(here.Administrators) != 1 || here.Administrators[0] != riga.official.Actor || len(here.Grants) != 0 {
			t.Errorf("a file gave roles in Riga: %v %v", here.Administrators, here.Grants)
		}
		if !slices.Contains(made.Lost, portable.Lost{IRI: zaragoza.Namespace.IRI("users", "walker_of_routes"), Reason: portable.LostRole}) {
			t.Errorf("the report does not name the walker: %v", made.Lost)
		}

		// Whoever writes a file makes nobody of this node anything, also not a maker.
		mate := riga.Person("mate", policy.RoleMember)
		forged := *whole.Document
		named := riga.Namespace.IRI("users", "mate")
		forged.Administrators = []domain.IRI{named}
		forged.Grants = []portable.Grant{{Grantee: named, Allow: coproduction.MayView}}
		forged.Resources = slices.Clone(forged.Resources)
		for i := range forged.Resources {
			forged.Resources[i].CreatedBy = named
		}
		z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
		check(err)
		var b bytes.Buffer
		check(portable.Write(&b, whole.Head, &forged, func(p portable.Part) (io.ReadCloser, error) { return z.Open("files/" + p.SHA256) }))
		_, _, err = riga.imports(ctx, riga.bring(t, b.Bytes()).ID, portable.Input{Name: "forged"})
		check(err)
		c.Settle()
		here, err = riga.Coproduction.Process(ctx, riga.official, "forged")
		check(err)
		list, err := riga.Coproduction.Resources(ctx, riga.official, "forged", coproduction.ResourceFilter{}, domain.Page{})
		check(err)
		if len(here.Administrators) != 1 || len(here.Grants) != 0 || slices.ContainsFunc(list.Items, func(r coproduction.Resource) bool { return r.CreatedBy == mate.Actor }) {
			t.Errorf("a file made somebody something: %v %v", here.Administrators, here.Grants)
		}

		// On the node that it is of, it becomes a process beside the first.
		same := zaragoza.bring(t, raw)
		if _, _, err := zaragoza.imports(ctx, same.ID, portable.Input{}); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("over the first: %v", err)
		}
		_, _, err = zaragoza.imports(ctx, same.ID, portable.Input{Name: "safe_ways_too"})
		check(err)
		if _, tree, err := zaragoza.Coproduction.Tree(ctx, zaragoza.official, "safe_ways"); err != nil || tree.Len() != len(items) {
			t.Errorf("the first has %d items (%v)", tree.Len(), err)
		}

		// Who names bytes that others keep here, and does not bring them, gets none.
		var bare bytes.Buffer
		check(portable.Write(&bare, portable.Head{IRI: "https://far.example/processes/x", Owner: "https://far.example/processes/x", Name: "bare", ExportedAt: whole.Head.ExportedAt}, whole.Document,
			func(portable.Part) (io.ReadCloser, error) {
				return nil, domain.Fail(domain.NotFound, "error.not_found")
			}))
		empty := zaragoza.bring(t, bare.Bytes())
		if _, along, err := zaragoza.Portable.Source(ctx, zaragoza.official, empty.ID); err != nil || slices.ContainsFunc(along, func(r lineage.SourceResource) bool { return r.Body != "" || r.File.Hash != "" }) {
			t.Errorf("a clone would get bytes that were not brought: %v (%v)", along, err)
		}
		_, _, err = zaragoza.imports(ctx, empty.ID, portable.Input{Name: "bare"})
		check(err)
		if list, err := zaragoza.Coproduction.Resources(ctx, zaragoza.official, "bare", coproduction.ResourceFilter{}, domain.Page{}); err != nil || len(list.Items) != 0 {
			t.Errorf("an import got bytes that were not brought: %v (%v)", list.Items, err)
		}

		// The same file is cloned: by another person, who sees nothing of it else.
		source, along, err := riga.Portable.Source(ctx, riga.official, riga.bring(t, raw).ID)
		check(err)
		published, err := zaragoza.Lineage.Published(ctx, zaragoza.official, "safe_ways")
		check(err)
		if want, err := published.Digest(ctx); err != nil || source.Digest() != want || len(along) != 2 {
			t.Errorf("the file is another source than the process (%v), %d resources", err, len(along))
		}
		if _, err := riga.Lookup(ctx, string(original.IRI)); err != nil {
			t.Fatal(err)
		}
		work, err := riga.Lineage.Begin(ctx, riga.official, source, lineage.CloneInput{Name: "a_clone", Owner: riga.owner.ID, Published: true, Resources: along})
		check(err)
		work, err = riga.Lineage.Hasten(ctx, work)
		check(err)
		clone, err := riga.Coproduction.Process(ctx, riga.official, "a_clone")
		check(err)
		if o := clone.ClonedFrom; o.IRI != original.IRI || o.Digest != source.Digest() || o.Version == "" || work.Manifest.Resources != 2 {
			t.Errorf("the clone: %+v %+v", o, work.Manifest)
		}
		c.Settle()
		if clones, err := zaragoza.Lineage.Clones(ctx, zaragoza.official, "safe_ways", domain.Page{}); err != nil || len(clones.Items) != 1 || !clones.Items[0].Compared {
			t.Errorf("Zaragoza learnt of %v (%v)", clones.Items, err)
		}
		stranger := riga.Person("stranger", policy.RoleMember)
		if _, err := riga.Portable.Brought(ctx, stranger, brought.ID); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("somebody else sees what was brought: %v", err)
		}

		// Who works there while it is about to be written is not too late: it is one
		// state of the process, and its head is of that.
		moving, err := zaragoza.Portable.Export(ctx, zaragoza.official, "safe_ways")
		check(err)
		d := items[0].Details()
		d.Description = english("Written meanwhile")
		check(zaragoza.Coproduction.EditItem(ctx, zaragoza.official, "safe_ways", items[0].ID, items[0].Revision, d))
		var file bytes.Buffer
		check(moving.Write(ctx, &file))
		moved, err := portable.Read(bytes.NewReader(file.Bytes()), int64(file.Len()))
		check(err)
		content, err := moved.Document.Whole()
		check(err)
		if source, err := content.Source(moved.Head); err != nil || source.Digest() != moved.Head.Tree || content.Items[0].Description["en"] != "Written meanwhile" {
			t.Errorf("changed meanwhile, it has %v and another tree (%v)", content.Items[0].Description, err)
		}

		// A later export brings it up to date: what changed in Zaragoza is taken,
		// what Riga made of it stays.
		title := func(c *city, words string, more ...string) {
			t.Helper()
			p, err := c.Coproduction.Process(ctx, c.official, "safe_ways")
			check(err)
			d := coproduction.Details{Title: domain.Text{"en": words}, Summary: p.Summary, Aim: p.Aim, Challenges: p.Challenges, Language: p.Language, Visibility: p.Visibility}
			for _, summary := range more {
				d.Summary = domain.Text{"en": summary}
			}
			_, err = c.Coproduction.Edit(ctx, c.official, "safe_ways", p.Revision, d)
			check(err)
		}
		title(riga, "Riga's ways")
		title(zaragoza, "Safer ways", "A summary of Zaragoza.")
		r, err := zaragoza.Coproduction.Resource(ctx, zaragoza.official, "safe_ways", note.ID)
		check(err)
		_, err = zaragoza.Coproduction.EditResource(ctx, zaragoza.official, "safe_ways", note.ID, r.Revision, coproduction.ResourceDetails{Name: "Notes of the walk", Body: "third words", Licence: "CC-BY-4.0", Public: true}, "")
		check(err)
		_, err = zaragoza.Coproduction.AddItem(ctx, zaragoza.official, "safe_ways", "", 0, coproduction.ItemDetails{Name: english("A later phase")})
		check(err)
		_, err = riga.Coproduction.AddItem(ctx, riga.official, "safe_ways", "", 0, coproduction.ItemDetails{Name: english("A phase of Riga")})
		check(err)
		c.Settle()
		later, _ := zaragoza.exportOf(t, zaragoza.official, "safe_ways")
		news := riga.bring(t, later)
		told, err := riga.Portable.Try(ctx, riga.official, news.ID, portable.Input{Update: "safe_ways"})
		check(err)
		if len(told.Changes) < 4 || !slices.ContainsFunc(told.Changes, func(c portable.Change) bool { return c.Outcome == portable.OutcomeKept && c.ID == "" }) {
			t.Errorf("what would change: %+v", told.Changes)
		}
		updated, _, err := riga.imports(ctx, news.ID, portable.Input{Update: "safe_ways"})
		check(err)
		if updated.Made != made.Made || !slices.EqualFunc(updated.Changes, told.Changes, func(a, b portable.Change) bool { return a.ID == b.ID && a.Outcome == b.Outcome }) {
			t.Errorf("updated: %+v", updated)
		}
		p, now, err := riga.Coproduction.Tree(ctx, riga.official, "safe_ways")
		check(err)
		if p.Title["en"] != "Riga's ways" || p.Summary["en"] != "A summary of Zaragoza." || now.Len() != len(items)+2 {
			t.Errorf("updated it is %v, %v, with %d items", p.Title, p.Summary, now.Len())
		}
		if r, err := riga.Coproduction.Resource(ctx, riga.official, "safe_ways", note.ID); err != nil || r.Body != "third words" || r.Name != "Notes of the walk" || r.Version != 3 || r.CreatedBy != riga.official.Actor {
			t.Errorf("the notes are %+v (%v)", r, err)
		}
		if _, again, err := riga.imports(ctx, riga.bring(t, later).ID, portable.Input{Update: "safe_ways"}); err != nil || !again {
			t.Errorf("the same again: %v (%v)", again, err)
		}
		if _, _, err := riga.imports(ctx, riga.bring(t, raw).ID, portable.Input{Update: "safe_ways"}); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("an earlier one after it: %v", err)
		}
	})
}
