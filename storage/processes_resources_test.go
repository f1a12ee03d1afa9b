package storage_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
	"interlink/storage"
	"interlink/storage/blob"
	"interlink/storage/storagetest"
)

// desk is a process in whose first task people make things.
type desk struct {
	node
	*coproduction.Service
	db            *storage.DB
	dir           string // of its files
	files         blob.Large
	ana, bo, cleo policy.Viewer // administrator, contributor, nobody
	task          domain.ID
	clock         *time.Time
}

func newDesk(t *testing.T, db *storage.DB, limits coproduction.Limits) *desk {
	t.Helper()
	ctx := t.Context()
	d := &desk{node: newNode(t, db), db: db, dir: t.TempDir()}
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	d.clock = &now
	var mu sync.Mutex // several people ask at once
	d.mint = domain.NewMint(func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(time.Millisecond)
		return now
	}, nil)
	var err error
	if d.files, err = blob.OpenLarge("", d.dir); err != nil {
		t.Fatal(err)
	}
	d.ana, d.bo, d.cleo = d.person(t, "ana"), d.person(t, "bo"), d.person(t, "cleo")
	d.Service = d.processes(catalogueOf(d.mint, 2, 2))
	d.KeepFiles(d.files, limits)
	must[*coproduction.Process](t)(d.Start(ctx, d.ana, started("gardens")))
	wantCode(t, d.PutGrant(ctx, d.ana, "gardens", coproduction.Grant{Grantee: d.bo.Actor, Allow: coproduction.MayView | coproduction.MayCreate}), domain.OK)
	_, tree, err := d.Tree(ctx, d.ana, "gardens")
	if err != nil {
		t.Fatal(err)
	}
	d.task = firstTask(t, tree).ID
	return d
}

// add adds a file with this content.
func (d *desk) add(ctx context.Context, v policy.Viewer, name, content string, details coproduction.ResourceDetails) (*coproduction.Resource, error) {
	u, err := d.Upload(ctx, v, "gardens", d.task)
	if err != nil {
		return nil, err
	}
	defer u.Close()
	if err := u.Receive(ctx, name, strings.NewReader(content)); err != nil {
		return nil, err
	}
	made, err := u.Add(ctx, details)
	if err != nil {
		return nil, err
	}
	return made[0], nil
}

// replace sends a new version of a file.
func (d *desk) replace(ctx context.Context, v policy.Viewer, id domain.ID, name, content string) (*coproduction.Resource, error) {
	u, err := d.UploadVersion(ctx, v, "gardens", id)
	if err != nil {
		return nil, err
	}
	defer u.Close()
	if err := u.Receive(ctx, name, strings.NewReader(content)); err != nil {
		return nil, err
	}
	return u.Replace(ctx, "Sharper")
}

// read reads a file to its end.
func (d *desk) read(ctx context.Context, v policy.Viewer, id domain.ID, version int) (string, error) {
	f, err := d.OpenFile(ctx, v, "gardens", id, version)
	if err != nil {
		return "", err
	}
	defer f.Close()
	content, err := io.ReadAll(f)
	return string(content), err
}

// stored counts the files on the disk.
func (d *desk) stored(t *testing.T) int {
	t.Helper()
	n := 0
	var walk func(dir string)
	walk = func(dir string) {
		entries, err := os.ReadDir(dir)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.IsDir() {
				walk(dir + "/" + e.Name())
			} else {
				n++
			}
		}
	}
	walk(d.dir)
	return n
}

// told lists the kinds of events of the process, newest first.
func (d *desk) told(t *testing.T) []domain.Event {
	t.Helper()
	return must[domain.List[domain.Event]](t)(d.History(t.Context(), d.ana, "gardens", domain.Page{})).Items
}

func TestResourceFiles(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "life", func(t *testing.T, db *storage.DB) {
		ctx, d := t.Context(), newDesk(t, db, coproduction.Limits{File: 100, Process: 1000, Node: 2000})
		_, err := d.add(ctx, d.cleo, "a.txt", "x", coproduction.ResourceDetails{})
		wantCode(t, err, domain.Forbidden)
		plan := must[*coproduction.Resource](t)(d.add(ctx, d.bo, "../../Plan.txt", "first", coproduction.ResourceDetails{Licence: "CC-BY-4.0"}))
		if plan.Name != "Plan.txt" || plan.Kind != coproduction.File || plan.File.Type != "text/plain" || plan.File.Size != 5 || plan.CreatedBy != d.bo.Actor || plan.Language != "es" {
			t.Errorf("%+v", plan)
		}
		same := must[*coproduction.Resource](t)(d.add(ctx, d.ana, "Same.txt", "first", coproduction.ResourceDetails{Name: "The same", Public: true}))
		if n := d.stored(t); n != 1 || same.Name != "The same" {
			t.Errorf("%d files are stored of one", n)
		}
		second := must[*coproduction.Resource](t)(d.replace(ctx, d.ana, plan.ID, "Plan 2.txt", "second"))
		if second.Version != 2 || second.File.Name != "Plan 2.txt" {
			t.Errorf("%+v", second)
		}
		for version, want := range map[int]string{0: "second", 1: "first", 2: "second"} {
			if got, err := d.read(ctx, d.bo, plan.ID, version); err != nil || got != want {
				t.Errorf("version %d is %q %v", version, got, err)
			}
		}
		// Outsiders read what is public, and of that the present alone.
		if got, err := d.read(ctx, policy.Viewer{}, same.ID, 0); err != nil || got != "first" {
			t.Errorf("%q %v", got, err)
		}
		_, err = d.read(ctx, d.cleo, plan.ID, 0)
		wantCode(t, err, domain.NotFound)
		must[*coproduction.Resource](t)(d.replace(ctx, d.ana, same.ID, "Same.txt", "third"))
		_, err = d.read(ctx, d.cleo, same.ID, 1)
		wantCode(t, err, domain.NotFound)

		// The old version comes back as a new one.
		back := must[*coproduction.Resource](t)(d.RestoreVersion(ctx, d.bo, "gardens", plan.ID, second.Revision, 1))
		if back.Version != 3 || back.File.Name != "Plan.txt" {
			t.Errorf("%+v", back)
		}
		versions := must[domain.List[coproduction.Version]](t)(d.Versions(ctx, d.ana, "gardens", plan.ID, domain.Page{Limit: 2}))
		if versions.Total != 3 || versions.Next == "" || versions.Items[0].Restored != 1 || versions.Items[1].Summary != "Sharper" || versions.Items[1].By != d.ana.Actor {
			t.Errorf("%+v", versions)
		}
		if more := must[domain.List[coproduction.Version]](t)(d.Versions(ctx, d.ana, "gardens", plan.ID, domain.Page{Limit: 2, After: versions.Next})); len(more.Items) != 1 || more.Items[0].Number != 1 || more.Next != "" {
			t.Errorf("%+v", more)
		}
		_, err = d.Versions(ctx, d.cleo, "gardens", same.ID, domain.Page{})
		wantCode(t, err, domain.NotFound)
		var payload coproduction.ResourceChanged
		if e := d.told(t)[0]; e.Kind != coproduction.ResourceEdited || e.Actor != d.bo.Actor || e.Decode(&payload) != nil || payload.Process != "gardens" ||
			payload.Resource != plan.ID || payload.Item != d.task || payload.Name != "Plan.txt" || payload.Version != 3 || payload.Restored != 1 || !payload.Written {
			t.Errorf("%+v %+v", e, payload)
		}
	})
	storagetest.Run(t, "limits", func(t *testing.T, db *storage.DB) {
		ctx, d := t.Context(), newDesk(t, db, coproduction.Limits{File: 100, Process: 250, Node: 260})
		refused := func(code domain.Code, key string, err error) {
			t.Helper()
			var e *domain.Error
			if !errors.As(err, &e) || e.Code != code || e.Key != key || e.Field != "file" {
				t.Errorf("%v, want %s %s", err, code, key)
			}
		}
		_, err := d.add(ctx, d.bo, "a", strings.Repeat("a", 101), coproduction.ResourceDetails{})
		refused(domain.TooLarge, "resource.file_too_large", err)
		_, err = d.add(ctx, d.bo, "a", "", coproduction.ResourceDetails{})
		refused(domain.Invalid, "resource.file_empty", err)
		u := must[*coproduction.Uploading](t)(d.Upload(ctx, d.bo, "gardens", d.task))
		cut := errors.New("cut")
		if err := u.Receive(ctx, "a", io.MultiReader(strings.NewReader("half"), iotest.ErrReader(cut))); !errors.Is(err, cut) {
			t.Error(err)
		}
		_, err = u.Add(ctx, coproduction.ResourceDetails{})
		refused(domain.Invalid, "resource.file_missing", err)
		for i := range 20 {
			if err := u.Receive(ctx, fmt.Sprint(i), strings.NewReader("0123456789")); err != nil {
				t.Fatal(err)
			}
		}
		refused(domain.Invalid, "resource.too_many_files", u.Receive(ctx, "x", strings.NewReader("x")))
		u.Close()
		if n := d.stored(t); n != 0 {
			t.Errorf("%d files are left of what was refused", n)
		}
		for _, content := range []string{"a", "b"} {
			must[*coproduction.Resource](t)(d.add(ctx, d.bo, content, strings.Repeat(content, 100), coproduction.ResourceDetails{}))
		}
		_, err = d.add(ctx, d.bo, "c", strings.Repeat("c", 51), coproduction.ResourceDetails{})
		refused(domain.TooLarge, "resource.quota", err)
		_, err = d.AddResource(ctx, d.bo, "gardens", d.task, coproduction.ResourceDetails{Name: "Text", Body: strings.Repeat("d", 51)})
		refused(domain.TooLarge, "resource.quota", err)
		must[*coproduction.Resource](t)(d.add(ctx, d.bo, "a again", strings.Repeat("a", 50), coproduction.ResourceDetails{}))
		_, err = d.add(ctx, d.bo, "e", "e", coproduction.ResourceDetails{})
		refused(domain.TooLarge, "resource.quota", err)
		_, err = d.UploadVersion(ctx, d.bo, "gardens", must[*coproduction.Resource](t)(d.AddResource(ctx, d.bo, "gardens", d.task, coproduction.ResourceDetails{Name: "Link", URL: "https://x.example/"})).ID)
		wantCode(t, err, domain.Invalid)
	})
	storagetest.Run(t, "node limit", func(t *testing.T, db *storage.DB) {
		ctx, d := t.Context(), newDesk(t, db, coproduction.Limits{File: 100, Node: 150})
		must[*coproduction.Resource](t)(d.add(ctx, d.bo, "a", strings.Repeat("a", 100), coproduction.ResourceDetails{}))
		u := must[*coproduction.Uploading](t)(d.Upload(ctx, d.bo, "gardens", d.task))
		other := must[*coproduction.Uploading](t)(d.Upload(ctx, d.bo, "gardens", d.task))
		for _, one := range []*coproduction.Uploading{u, other} {
			defer one.Close()
		}
		if err := u.Receive(ctx, "b", strings.NewReader(strings.Repeat("b", 40))); err != nil {
			t.Fatal(err)
		}
		if err := other.Receive(ctx, "c", strings.NewReader(strings.Repeat("c", 40))); err != nil {
			t.Fatal(err)
		}
		must[[]*coproduction.Resource](t)(u.Add(ctx, coproduction.ResourceDetails{}))
		_, err := other.Add(ctx, coproduction.ResourceDetails{})
		wantCode(t, err, domain.TooLarge) // both fitted when they began, one after the other does not
	})
}

func TestResourceSweep(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "bin and sweep", func(t *testing.T, db *storage.DB) {
		ctx, d := t.Context(), newDesk(t, db, coproduction.Limits{File: 100})
		keep := must[*coproduction.Resource](t)(d.add(ctx, d.bo, "keep.txt", "keep", coproduction.ResourceDetails{}))
		gone := must[*coproduction.Resource](t)(d.add(ctx, d.bo, "gone.txt", "gone", coproduction.ResourceDetails{Public: true}))
		must[*coproduction.Resource](t)(d.replace(ctx, d.bo, gone.ID, "gone.txt", "keep"))
		wantCode(t, d.RemoveResource(ctx, d.cleo, "gardens", gone.ID), domain.Forbidden)
		wantCode(t, d.RemoveResource(ctx, d.bo, "gardens", gone.ID), domain.OK)
		_, err := d.read(ctx, d.bo, gone.ID, 0)
		wantCode(t, err, domain.Gone)
		_, err = d.Resources(ctx, d.cleo, "gardens", coproduction.ResourceFilter{Removed: true}, domain.Page{})
		wantCode(t, err, domain.NotFound)
		if bin := must[domain.List[coproduction.Resource]](t)(d.Resources(ctx, d.bo, "gardens", coproduction.ResourceFilter{Removed: true}, domain.Page{})); len(bin.Items) != 1 || bin.Items[0].RemovedBy != d.bo.Actor {
			t.Errorf("%+v", bin)
		}
		*d.clock = d.clock.Add(29 * 24 * time.Hour)
		wantCode(t, d.Sweep(ctx), domain.OK)
		wantCode(t, d.RestoreResource(ctx, d.cleo, "gardens", gone.ID), domain.Forbidden)
		wantCode(t, d.RestoreResource(ctx, d.ana, "gardens", gone.ID), domain.OK)
		wantCode(t, d.RestoreResource(ctx, d.ana, "gardens", gone.ID), domain.OK) // again changes nothing
		if got, err := d.read(ctx, d.bo, gone.ID, 1); got != "gone" || err != nil || d.told(t)[0].Kind != coproduction.ResourceRestored {
			t.Errorf("%q %v %s", got, err, d.told(t)[0].Kind)
		}
		wantCode(t, d.RemoveResource(ctx, d.ana, "gardens", gone.ID), domain.OK)
		*d.clock = d.clock.Add(31 * 24 * time.Hour)
		wantCode(t, d.RestoreResource(ctx, d.ana, "gardens", gone.ID), domain.Gone)
		for range 2 {
			wantCode(t, d.Sweep(ctx), domain.OK)
		}
		wantCode(t, d.RestoreResource(ctx, d.ana, "gardens", gone.ID), domain.Gone)
		if n := d.stored(t); n != 1 {
			t.Errorf("%d files are left, want that which another resource has", n)
		}
		if got, err := d.read(ctx, d.bo, keep.ID, 0); got != "keep" || err != nil {
			t.Errorf("%q %v", got, err)
		}
		if bin := must[domain.List[coproduction.Resource]](t)(d.Resources(ctx, d.bo, "gardens", coproduction.ResourceFilter{Removed: true}, domain.Page{})); len(bin.Items) != 0 {
			t.Errorf("%+v", bin)
		}
	})
	// Files are swept while the same bytes are uploaded again and again: no
	// resource ever lacks its bytes.
	storagetest.Run(t, "race", func(t *testing.T, db *storage.DB) {
		ctx, d := t.Context(), newDesk(t, db, coproduction.Limits{})
		store := storage.NewProcesses(db)
		done := make(chan struct{})
		var sweeping sync.WaitGroup
		sweeping.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if err := store.SweepFiles(ctx, time.Now().Add(1000*24*time.Hour), d.files.Delete); err != nil {
					t.Error(err)
					return
				}
			}
		})
		for i := range 30 {
			r, err := d.add(ctx, d.bo, "same.txt", fmt.Sprint("same ", i%3), coproduction.ResourceDetails{})
			if err != nil { // its note was swept before it had a version: nothing is half there
				if domain.CodeOf(err) == domain.Internal || domain.CodeOf(err) == domain.NotFound {
					continue
				}
				t.Fatal(err)
			}
			if got, err := d.read(ctx, d.bo, r.ID, 0); err != nil || got != fmt.Sprint("same ", i%3) {
				t.Errorf("its bytes are %q %v", got, err)
			}
			wantCode(t, d.RemoveResource(ctx, d.bo, "gardens", r.ID), domain.OK)
			wantCode(t, store.EraseResources(ctx, time.Now().Add(1000*24*time.Hour)), domain.OK)
		}
		close(done)
		sweeping.Wait()
	})
}

func TestResourceDocuments(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "versions", func(t *testing.T, db *storage.DB) {
		ctx, d := t.Context(), newDesk(t, db, coproduction.DefaultLimits)
		doc := must[*coproduction.Resource](t)(d.AddResource(ctx, d.bo, "gardens", d.task, coproduction.ResourceDetails{Name: "Minutes", Body: "one"}))
		details := coproduction.ResourceDetails{Name: "Minutes", Body: "one\ntwo"}
		edited := must[*coproduction.Resource](t)(d.EditResource(ctx, d.ana, "gardens", doc.ID, doc.Revision, details, "Added two"))
		if edited.Version != 2 || edited.Revision != 2 {
			t.Errorf("%+v", edited)
		}
		// Bo had it open: what Ana wrote stays, and Bo is told.
		_, err := d.EditResource(ctx, d.bo, "gardens", doc.ID, doc.Revision, coproduction.ResourceDetails{Name: "Minutes", Body: "one\nthree"}, "")
		wantCode(t, err, domain.Conflict)
		if same, err := d.EditResource(ctx, d.bo, "gardens", doc.ID, doc.Revision, details, ""); err != nil || same.Version != 2 {
			t.Errorf("the same change of both is no conflict: %v", err)
		}
		// What is said of it makes no version.
		details.Licence, details.Public = "CC-BY-4.0", true
		renamed := must[*coproduction.Resource](t)(d.EditResource(ctx, d.bo, "gardens", doc.ID, 2, details, ""))
		if renamed.Version != 2 || renamed.Revision != 3 || !renamed.Public {
			t.Errorf("%+v", renamed)
		}
		if v := must[*coproduction.Version](t)(d.Version(ctx, d.bo, "gardens", doc.ID, 2)); v.Body != "one\ntwo" || v.Summary != "Added two" || v.By != d.ana.Actor {
			t.Errorf("%+v", v)
		}
		_, err = d.Version(ctx, d.cleo, "gardens", doc.ID, 1)
		wantCode(t, err, domain.NotFound)
		_, err = d.Version(ctx, d.bo, "gardens", doc.ID, 7)
		wantCode(t, err, domain.NotFound)
		_, err = d.RestoreVersion(ctx, d.bo, "gardens", doc.ID, 2, 1)
		wantCode(t, err, domain.Conflict)
		if r := must[*coproduction.Resource](t)(d.RestoreVersion(ctx, d.bo, "gardens", doc.ID, 3, 1)); r.Body != "one" || r.Version != 3 {
			t.Errorf("%+v", r)
		}
		for field, wrong := range map[string]coproduction.ResourceDetails{
			"name": {Body: "x"}, "body": {Name: "x", Body: strings.Repeat("x", coproduction.MaxBody+1)}, "language": {Name: "x", Language: "not a language"},
		} {
			_, err := d.EditResource(ctx, d.bo, "gardens", doc.ID, 4, wrong, "")
			if fields := domain.FieldsOf(err); len(fields) != 1 || fields[0].Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		_, err = d.EditResource(ctx, d.bo, "gardens", doc.ID, 4, details, strings.Repeat("x", 301))
		wantCode(t, err, domain.Invalid)
		_, err = d.EditResource(ctx, d.cleo, "gardens", doc.ID, 4, coproduction.ResourceDetails{Name: "Mine"}, "")
		wantCode(t, err, domain.Forbidden)
		wantCode(t, d.RemoveResource(ctx, d.bo, "gardens", doc.ID), domain.OK)
		_, err = d.EditResource(ctx, d.bo, "gardens", doc.ID, 4, details, "")
		wantCode(t, err, domain.Gone)
	})
	// Many write at once: each version that was saved is there, whole.
	storagetest.Run(t, "at once", func(t *testing.T, db *storage.DB) {
		ctx, d := t.Context(), newDesk(t, db, coproduction.DefaultLimits)
		doc := must[*coproduction.Resource](t)(d.AddResource(ctx, d.bo, "gardens", d.task, coproduction.ResourceDetails{Name: "Minutes", Body: "-"}))
		var all sync.WaitGroup
		var mu sync.Mutex
		saved := map[string]bool{"-": true}
		for i := range 4 {
			all.Go(func() {
				for n := 0; n < 3; {
					r, err := d.Resource(ctx, d.bo, "gardens", doc.ID)
					if err != nil {
						t.Error(err)
						return
					}
					body := fmt.Sprintf("%s\n%d.%d", r.Body, i, n)
					_, err = d.EditResource(ctx, d.bo, "gardens", doc.ID, r.Revision, coproduction.ResourceDetails{Name: "Minutes", Body: body}, "")
					if domain.CodeOf(err) == domain.Conflict {
						continue
					}
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					saved[body] = true
					mu.Unlock()
					n++
				}
			})
		}
		all.Wait()
		r := must[*coproduction.Resource](t)(d.Resource(ctx, d.bo, "gardens", doc.ID))
		if lines := strings.Count(r.Body, "\n"); lines != 12 || r.Version != 13 || len(saved) != 13 {
			t.Errorf("%d lines, version %d, %d saved", lines, r.Version, len(saved))
		}
		for n := range 13 {
			if v := must[*coproduction.Version](t)(d.Version(ctx, d.bo, "gardens", doc.ID, n+1)); !saved[v.Body] {
				t.Errorf("version %d is what nobody saved: %q", n+1, v.Body)
			}
		}
	})
	storagetest.Run(t, "interlinker", func(t *testing.T, db *storage.DB) {
		ctx, d := t.Context(), newDesk(t, db, coproduction.DefaultLimits)
		goods := catalogueOf(d.mint, 1, 1)
		canvas := goods.tools["canvas"]
		canvas.Version = 3
		goods.tools["canvas"] = canvas
		made := must[*coproduction.Resource](t)(d.processes(goods).Instantiate(ctx, d.bo, "gardens", d.task, "canvas"))
		if r := must[*coproduction.Resource](t)(d.Resource(ctx, d.bo, "gardens", made.ID)); r.InterlinkerVersion != 3 || r.Interlinker != canvas.IRI || r.CreatedBy != d.bo.Actor {
			t.Errorf("%+v", r)
		}
	})
}

// counter counts queries.
type counter struct{ n int }

func (*counter) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }

func (c *counter) AfterQuery(context.Context, *bun.QueryEvent) { c.n++ }

func TestResourceLists(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "filters", func(t *testing.T, db *storage.DB) {
		ctx, d := t.Context(), newDesk(t, db, coproduction.DefaultLimits)
		must[*coproduction.Resource](t)(d.AddResource(ctx, d.bo, "gardens", d.task, coproduction.ResourceDetails{Name: "Text", Body: "words", Public: true}))
		must[*coproduction.Resource](t)(d.AddResource(ctx, d.ana, "gardens", d.task, coproduction.ResourceDetails{Name: "Link", URL: "https://x.example/"}))
		must[*coproduction.Resource](t)(d.add(ctx, d.ana, "File.txt", "words", coproduction.ResourceDetails{}))
		_, tree, err := d.Tree(ctx, d.ana, "gardens")
		if err != nil {
			t.Fatal(err)
		}
		task := must[coproduction.Item](t)(tree.Item(d.task))
		objective := must[coproduction.Item](t)(tree.Item(task.Parent))
		other := tree.Children("")[1].ID
		for want, f := range map[string]coproduction.ResourceFilter{
			"Text Link File.txt": {}, "Text": {Kind: coproduction.Document}, "Link File.txt": {By: d.ana.Actor}, "Link": {By: d.ana.Actor, Kind: coproduction.Link},
			"Text Link File.txt ": {Item: d.task}, "Text Link File.txt  ": {Item: objective.ID}, "Text Link File.txt   ": {Item: objective.Parent}, "": {Item: other},
		} {
			list := must[domain.List[coproduction.Resource]](t)(d.Resources(ctx, d.bo, "gardens", f, domain.Page{}))
			var names []string
			for _, r := range list.Items {
				names = append(names, r.Name)
				if r.Body != "" {
					t.Error("a list carries bodies")
				}
			}
			if got := strings.Join(names, " "); got != strings.TrimSpace(want) || list.Total != len(names) {
				t.Errorf("%+v finds %q (%d)", f, got, list.Total)
			}
		}
		if makers := must[[]domain.ActorID](t)(d.ResourceMakers(ctx, d.bo, "gardens")); len(makers) != 2 {
			t.Errorf("%v", makers)
		}
		if makers := must[[]domain.ActorID](t)(d.ResourceMakers(ctx, d.cleo, "gardens")); len(makers) != 1 || makers[0] != d.bo.Actor {
			t.Errorf("%v", makers)
		}
	})
	storagetest.Run(t, "queries", func(t *testing.T, db *storage.DB) {
		ctx, d := t.Context(), newDesk(t, db, coproduction.DefaultLimits)
		count := &counter{}
		db.Read().AddQueryHook(count) //nolint:staticcheck // the service has this database already
		counted := func(page domain.Page) int {
			count.n = 0
			must[domain.List[coproduction.Resource]](t)(d.Resources(ctx, d.bo, "gardens", coproduction.ResourceFilter{}, page))
			return count.n
		}
		add := func(n int) {
			for i := range n {
				must[*coproduction.Resource](t)(d.AddResource(ctx, d.bo, "gardens", d.task, coproduction.ResourceDetails{Name: fmt.Sprint(i), Body: "x"}))
			}
		}
		add(1)
		few := counted(domain.Page{Limit: 100})
		add(40)
		if many := counted(domain.Page{Limit: 100}); many != few || few == 0 {
			t.Errorf("%d queries for one resource, %d for 41", few, many)
		}
	})
}
