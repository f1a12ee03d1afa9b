package storage_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// archived writes an archive and reads it back.
func (d *desk) archived(t *testing.T, v policy.Viewer, item domain.ID) (files map[string]string, manifest struct {
	Whole          bool
	Entries, Links []struct {
		Path, SHA256, Name, Kind, URL, By, Summary string
		Version                                    int
		Size                                       int64
		Missing, Present                           bool
	}
}) {
	t.Helper()
	a, err := d.Archive(t.Context(), v, "gardens", item)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	var out bytes.Buffer
	words := coproduction.ArchiveWords{
		Say: func(key string, _ ...any) string { return key }, Text: domain.Text.String, Person: func(id domain.ActorID) string { return "person:" + string(id) },
	}
	if err := a.Write(t.Context(), &out, words); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	files = map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, twice := files[strings.ToLower(f.Name)]; twice || strings.Contains(f.Name, "..") || strings.HasPrefix(f.Name, "/") {
			t.Errorf("the archive has %q", f.Name)
		}
		files[f.Name] = string(content)
	}
	if err := json.Unmarshal([]byte(files["manifest.json"]), &manifest); err != nil {
		t.Fatal(err)
	}
	for _, e := range manifest.Entries {
		if sum := sha256.Sum256([]byte(files[e.Path])); !e.Missing && (hex.EncodeToString(sum[:]) != e.SHA256 || int64(len(files[e.Path])) != e.Size) {
			t.Errorf("the manifest does not fit %q", e.Path)
		}
	}
	return files, manifest
}

func TestResourceArchive(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "contents", func(t *testing.T, db *storage.DB) {
		ctx, d := t.Context(), newDesk(t, db, coproduction.DefaultLimits)
		doc := must[*coproduction.Resource](t)(d.AddResource(ctx, d.bo, "gardens", d.task, coproduction.ResourceDetails{Name: "../Minutes", Body: "one", Public: true}))
		must[*coproduction.Resource](t)(d.EditResource(ctx, d.ana, "gardens", doc.ID, 1, coproduction.ResourceDetails{Name: "../Minutes", Body: "two", Public: true}, "Two"))
		must[*coproduction.Resource](t)(d.AddResource(ctx, d.bo, "gardens", d.task, coproduction.ResourceDetails{Name: "minutes", Body: "secret"}))
		must[*coproduction.Resource](t)(d.AddResource(ctx, d.bo, "gardens", d.task, coproduction.ResourceDetails{Name: "Minutes", Body: "Minutes again"}))
		must[*coproduction.Resource](t)(d.AddResource(ctx, d.bo, "gardens", d.task, coproduction.ResourceDetails{Name: "Map [of] *it*", URL: "https://maps.example/1", Public: true}))
		lost := must[*coproduction.Resource](t)(d.add(ctx, d.bo, "lost.txt", "lost", coproduction.ResourceDetails{}))
		plan := must[*coproduction.Resource](t)(d.add(ctx, d.bo, "Plan.txt", "first plan", coproduction.ResourceDetails{}))
		must[*coproduction.Resource](t)(d.replace(ctx, d.ana, plan.ID, "Plan.txt", "second plan"))
		gone := must[*coproduction.Resource](t)(d.AddResource(ctx, d.bo, "gardens", d.task, coproduction.ResourceDetails{Name: "Gone", Body: "gone"}))
		wantCode(t, d.RemoveResource(ctx, d.bo, "gardens", gone.ID), domain.OK)
		wantCode(t, d.files.Delete(ctx, lost.File.Hash), domain.OK)

		files, manifest := d.archived(t, d.bo, "")
		folder := "resources/1.1.1 Do p0_o0_t0/"
		for path, want := range map[string]string{
			folder + "_Minutes.md": "two", folder + "_Minutes.md versions/v1.md": "one", folder + "minutes.md": "secret", folder + "Minutes (2).md": "Minutes again",
			folder + "Plan.txt": "second plan", folder + "Plan.txt versions/v1 Plan.txt": "first plan",
		} {
			if got, there := files[path]; !there || got != want {
				t.Errorf("%s is %q", path, got)
			}
		}
		if len(files) != 10 || !manifest.Whole || len(manifest.Links) != 1 || !strings.Contains(files["links.md"], `[Map \[of\] \*it\*](<https://maps.example/1>)`) {
			t.Errorf("%d files, %+v\n%s", len(files), manifest.Links, files["links.md"])
		}
		for _, e := range manifest.Entries {
			if e.Missing != (e.Name == "lost.txt") {
				t.Errorf("%+v", e)
			}
			if e.Name == "../Minutes" && e.Version == 2 && (e.Summary != "Two" || e.By != "person:"+string(d.ana.Actor)) {
				t.Errorf("%+v", e)
			}
		}
		if !strings.Contains(files["process.md"], "Do p1/o1/t1") || !strings.Contains(files["process.json"], `"folder": "`+strings.TrimSuffix(folder, "/")) {
			t.Errorf("%s\n%s", files["process.md"], files["process.json"])
		}

		var again bytes.Buffer
		if err := json.Indent(&again, []byte(files["process.json"]), "", "  "); err != nil || again.String() != files["process.json"] {
			t.Errorf("%v\n%s", err, files["process.json"])
		}

		// Outsiders get what is public: no old version, nobody's name.
		files, manifest = d.archived(t, policy.Viewer{}, "")
		whole := fmt.Sprint(files)
		if len(files) != 5 || manifest.Whole || files[folder+"_Minutes.md"] != "two" || strings.Contains(whole, "secret") || strings.Contains(whole, "plan") || strings.Contains(whole, "person:") {
			t.Errorf("outsiders get %v", files)
		}
		_, tree, err := d.Tree(ctx, d.ana, "gardens")
		if err != nil {
			t.Fatal(err)
		}
		files, _ = d.archived(t, d.bo, tree.Children("")[1].ID)
		if len(files) != 3 || strings.Contains(files["process.md"], "Do p0") {
			t.Errorf("the other branch has %v", files)
		}
		_, err = d.Archive(ctx, d.bo, "gardens", "nothing")
		wantCode(t, err, domain.NotFound)

		// No more than a few are written at once.
		var open []*coproduction.Archive
		for len(open) < 100 {
			a, err := d.Archive(ctx, d.bo, "gardens", "")
			if err != nil {
				wantCode(t, err, domain.TooMany)
				break
			}
			open = append(open, a)
		}
		if len(open) == 100 {
			t.Error("a hundred archives at once")
		}
		for _, a := range open {
			a.Close()
		}
	})
}

// TestResourceArchiveHides: who works in one task of a process that is for its
// members takes along what is written about that one, not about what holds it.
func TestResourceArchiveHides(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "contents", func(t *testing.T, db *storage.DB) {
		ctx, d := t.Context(), newDesk(t, db, coproduction.DefaultLimits)
		_, tree, err := d.Tree(ctx, d.ana, "gardens")
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range tree.Items() {
			details := it.Details()
			details.Description = domain.Text{"en": "What is written about " + string(it.ID)}
			wantCode(t, d.EditItem(ctx, d.ana, "gardens", it.ID, it.Revision, details), domain.OK)
		}
		p := must[*coproduction.Process](t)(d.Process(ctx, d.ana, "gardens"))
		closed := p.Details()
		closed.Visibility = domain.VisibleMembers
		must[*coproduction.Process](t)(d.Edit(ctx, d.ana, "gardens", p.Revision, closed))
		wantCode(t, d.PutGrant(ctx, d.ana, "gardens", coproduction.Grant{Grantee: d.cleo.Actor, Item: d.task, Allow: coproduction.MayView}), domain.OK)
		files, _ := d.archived(t, d.cleo, "")
		for _, name := range []string{"process.md", "process.json"} {
			if got := strings.Count(files[name], "What is written about "); got != 1 || !strings.Contains(files[name], "What is written about "+string(d.task)) {
				t.Errorf("%s tells of %d items:\n%s", name, got, files[name])
			}
		}
		files, _ = d.archived(t, d.ana, "")
		if got := strings.Count(files["process.md"], "What is written about "); got != tree.Len() {
			t.Errorf("the whole tells of %d items", got)
		}
	})
}

// TestResourceArchiveMemory: an archive of 2,000 resources is written as it is
// read, and a broken connection ends it.
func TestResourceArchiveMemory(t *testing.T) {
	d := newDesk(t, storagetest.Open(t, storagetest.SQLite(t)), coproduction.Limits{})
	ctx := t.Context()
	body := strings.Repeat("0123456789abcdef\n", 4000) // 68 kB; 136 MB in all
	store := storage.NewProcesses(d.db)
	p := must[*coproduction.Process](t)(d.Process(ctx, d.ana, "gardens"))
	for range 20 {
		var w coproduction.Written
		for range 100 {
			r := coproduction.Resource{
				ID: d.mint.ID(), Serial: d.mint.Serial(), Process: p.ID, Item: d.task, Kind: coproduction.Document, Name: "Minutes", Body: body,
				Language: "en", CreatedBy: d.bo.Actor, CreatedAt: d.mint.Now(), UpdatedAt: d.mint.Now(), Version: 1, Revision: 1,
			}
			w.Resources = append(w.Resources, r)
			w.Versions = append(w.Versions, coproduction.ResourceVersion{Resource: r.ID, Version: coproduction.Version{Number: 1, Body: body, By: d.bo.Actor, At: r.CreatedAt}})
		}
		wantCode(t, store.SaveProcess(ctx, p, w, domain.Change{}), domain.OK)
	}
	a := must[*coproduction.Archive](t)(d.Archive(ctx, d.bo, "gardens", ""))
	words := coproduction.ArchiveWords{Say: func(key string, _ ...any) string { return key }, Text: domain.Text.String}
	var most uint64
	written := int64(0)
	watch := writer(func(p []byte) (int, error) {
		if written += int64(len(p)); written%(1<<17) < int64(len(p)) {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
		return len(p), nil
	})
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := a.Write(ctx, watch, words); err != nil {
		t.Fatal(err)
	}
	a.Close()
	if grown := int64(most) - int64(before.HeapAlloc); grown > 40<<20 {
		t.Errorf("it took %d MB of memory", grown>>20)
	}
	a = must[*coproduction.Archive](t)(d.Archive(ctx, d.bo, "gardens", ""))
	defer a.Close()
	hung := errors.New("hung up")
	if err := a.Write(ctx, writer(func([]byte) (int, error) { return 0, hung }), words); !errors.Is(err, hung) {
		t.Errorf("%v", err)
	}
}

type writer func(p []byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }
