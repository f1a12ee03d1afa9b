package storage_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/coproduction"
	"interlink/domain/picture"
	"interlink/domain/policy"
	"interlink/storage"
	"interlink/storage/blob"
	"interlink/storage/storagetest"
)

var (
	curator = policy.Viewer{Actor: "curator", Role: policy.RoleCurator}
	member  = policy.Viewer{Actor: "member", Role: policy.RoleMember}
)

func guideOf(words string) catalogue.Writing {
	return catalogue.Writing{Note: "For " + words, Content: catalogue.Content{
		Name: domain.Text{"en": "Guide to " + words}, Summary: domain.Text{"en": "How to do it."},
		Interlinker: &catalogue.Interlinker{
			Nature: catalogue.NatureKnowledge, SPDX: "CC-BY-4.0", Difficulty: "easy", Problems: []string{"A101"},
			Documents: map[string]catalogue.Document{"en": {Text: "# Template\n\nSPDX-License-Identifier: CC0-1.0"}},
			Supports:  []catalogue.Support{{ID: "alias:gdpr", Country: "ES", Reviewed: "2026-11-01"}},
		},
	}}
}

// TestAuthoring follows an Interlinker from its draft to its end.
func TestAuthoring(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "authoring", func(t *testing.T, db *storage.DB) {
		ctx := t.Context()
		s, _ := newCatalogue(t, db)
		if _, err := s.Compose(ctx, member, "", guideOf("maps")); domain.CodeOf(err) != domain.Forbidden {
			t.Fatalf("a member who is no curator writes: %v", err)
		}
		draft, err := s.Compose(ctx, curator, "", guideOf("maps"))
		if err != nil {
			t.Fatal(err)
		}
		if draft.Slug != "guide-to-maps" || draft.Status != catalogue.Draft || draft.Version != 0 {
			t.Errorf("the draft is %+v", draft)
		}
		if got := draft.Interlinker; len(got.Detected) != 1 || got.Detected[0] != "CC0-1.0" || got.SPDX != "CC-BY-4.0" {
			t.Errorf("declared %q, detected %q", got.SPDX, got.Detected)
		}
		for _, v := range []policy.Viewer{{}, member, {Actor: "x", Role: policy.RoleModerator}} {
			if _, err := s.Entry(ctx, v, catalogue.KindInterlinker, draft.Slug, ""); domain.CodeOf(err) != domain.NotFound {
				t.Errorf("%v sees a draft: %v", v.Role, err)
			}
		}
		everything := func(when string, want int) {
			t.Helper()
			list, err := s.List(ctx, curator, catalogue.Filter{Withdrawn: true}, domain.Page{})
			if err != nil || list.Total != want {
				t.Errorf("%s: the catalogue lists %d, not %d (%v)", when, list.Total, want, err)
			}
			published, err := s.Published(ctx, domain.Page{})
			if err != nil || published.Total != want {
				t.Errorf("%s: followers get %d, not %d (%v)", when, published.Total, want, err)
			}
		}
		everything("as a draft", 0)
		if list, err := s.Drafts(ctx, curator, domain.Page{}); err != nil || list.Total != 1 {
			t.Errorf("%d drafts, %v", list.Total, err)
		}

		e, err := s.Publish(ctx, curator, draft.ID, draft.Revision, "First")
		if err != nil || e.Version != 1 {
			t.Fatal(e, err)
		}
		everything("once published", 1)
		rewritten, err := s.Rewrite(ctx, operator, e.ID, e.Revision, guideOf("streets"))
		if err != nil || rewritten.Version != 2 {
			t.Fatal(rewritten, err)
		}
		if _, err := s.Rewrite(ctx, curator, e.ID, e.Revision-1, guideOf("squares")); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("an old revision was written over: %v", err)
		}
		again, err := s.Rewrite(ctx, operator, e.ID, rewritten.Revision, guideOf("streets"))
		if err != nil || again.Version != 2 {
			t.Errorf("the same again makes version %d, %v", again.Version, err)
		}
		versions, err := s.Versions(ctx, policy.Viewer{}, e.ID, domain.Page{})
		if err != nil || versions.Total != 2 || versions.Items[0].Note != "For streets" || versions.Items[0].By != operator.Actor || versions.Items[1].Note != "First" {
			t.Errorf("versions %+v, %v", versions.Items, err)
		}
		first, err := s.Version(ctx, policy.Viewer{}, e.ID, 1)
		if err != nil || first.Content.Name["en"] != "Guide to maps" || first.Content.Interlinker.Problems[0] != "A101" {
			t.Errorf("the first version is %+v, %v", first, err)
		}

		other, err := s.Compose(ctx, curator, "other", guideOf("squares"))
		if err != nil {
			t.Fatal(err)
		}
		ending := catalogue.Ending{Status: catalogue.Deprecated, Reason: domain.Text{"en": "There is a better one."}, Replacement: other.IRI}
		if _, err := s.End(ctx, curator, e.ID, again.Revision, ending); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("a draft replaces an entry: %v", err)
		}
		if other, err = s.Publish(ctx, curator, other.ID, other.Revision, ""); err != nil {
			t.Fatal(err)
		}
		old, err := s.End(ctx, curator, e.ID, again.Revision, ending)
		if err != nil || old.Status != catalogue.Deprecated || old.Replacement != other.IRI {
			t.Fatal(old, err)
		}
		everything("once deprecated", 2)
		tool, err := coproduction.NewShelf(s).Tool(ctx, curator, e.Slug)
		if err != nil || tool.ID != e.ID {
			t.Errorf("a deprecated one cannot be used: %v", err)
		}
		rec, err := s.Recommend(ctx, curator, catalogue.Query{Problems: []string{"A101"}, Language: "en"})
		if err != nil || rec.Total != 1 || rec.Items[0].Entry.ID != other.ID {
			t.Errorf("recommended are %d, %v", rec.Total, err)
		}
		old, err = s.End(ctx, curator, e.ID, old.Revision, catalogue.Ending{Status: catalogue.Withdrawn, Replacement: other.IRI})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Rewrite(ctx, curator, e.ID, old.Revision, guideOf("roads")); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("a withdrawn one was changed: %v", err)
		}

		third, err := s.Compose(ctx, curator, "", guideOf("squares"))
		if err != nil || third.Slug != "guide-to-squares" {
			t.Fatal(third, err)
		}
		if err := s.Discard(ctx, curator, third.ID, third.Revision+1); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("discarded by an old revision: %v", err)
		}
		if err := s.Discard(ctx, curator, third.ID, third.Revision); err != nil {
			t.Fatal(err)
		}
		if _, err := s.EntryByID(ctx, curator, third.ID); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("after it was discarded: %v", err)
		}
		if err := s.Discard(ctx, curator, other.ID, other.Revision); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("a published one was discarded: %v", err)
		}
	})
}

// TestWrittenInterlinkersAreChecked: each slip is told at its field, and
// nothing is kept.
func TestWrittenInterlinkersAreChecked(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "checked", func(t *testing.T, db *storage.DB) {
		s, _ := newCatalogue(t, db)
		for field, spoil := range map[string]func(*catalogue.Writing){
			"name":       func(w *catalogue.Writing) { w.Content.Name = nil },
			"spdx":       func(w *catalogue.Writing) { w.Content.Interlinker.SPDX = "free for all" },
			"difficulty": func(w *catalogue.Writing) { w.Content.Interlinker.Difficulty = "so-so" },
			"supports":   func(w *catalogue.Writing) { w.Content.Interlinker.Supports[0].ID = "the law" },
			"nature":     func(w *catalogue.Writing) { w.Content.Interlinker.Nature = "book" },
			"original":   func(w *catalogue.Writing) { w.Content.Interlinker.Original = "lv" },
			"note":       func(w *catalogue.Writing) { w.Note = strings.Repeat("long ", 100) },
		} {
			w := guideOf(field)
			spoil(&w)
			_, err := s.Compose(t.Context(), curator, "", w)
			fields := domain.FieldsOf(err)
			if len(fields) == 0 || fields[0].Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		if list, err := s.Drafts(t.Context(), curator, domain.Page{}); err != nil || list.Total != 0 {
			t.Errorf("%d drafts stay, %v", list.Total, err)
		}
		w := guideOf("elsewhere")
		w.Content.Interlinker.Nature = catalogue.NatureExternalSoftware
		e, err := s.Compose(t.Context(), curator, "", w)
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Publish(t.Context(), curator, e.ID, e.Revision, "")
		if fields := domain.FieldsOf(err); len(fields) != 1 || fields[0].Field != "uri" {
			t.Errorf("an external one is published without an address: %v", err)
		}
	})
}

// shelfFiles keeps files as a node does.
type shelfFiles struct {
	coproduction.Files
	store *storage.Processes
	mint  *domain.Mint
}

func (f shelfFiles) Reserve(ctx context.Context, hash, mediaType string, size int64) error {
	return f.store.ReserveFile(ctx, coproduction.Stored{Hash: hash, Type: mediaType, Size: size}, f.mint.Now(), 0)
}

type noPictures struct{}

func (noPictures) Keep(context.Context, []byte) (picture.Kept, error) {
	return picture.Kept{IRI: "https://city.example/files/aa", Type: "image/png", Width: 2, Height: 1, Again: func(context.Context) error { return nil }}, nil
}

// TestTemplatesThatAreFiles: who attaches a file can hand it out; who names a
// file of the node by its hash gets nothing.
func TestTemplatesThatAreFiles(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "templates", func(t *testing.T, db *storage.DB) {
		ctx := t.Context()
		s, _ := newCatalogue(t, db)
		files, err := blob.OpenLarge("", t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		processes := storage.NewProcesses(db)
		s.KeepFiles(shelfFiles{files, processes, domain.NewMint(nil, nil)}, noPictures{}, 1000)
		e, err := s.Compose(ctx, curator, "", guideOf("files"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Attach(ctx, curator, e.ID, e.Revision, "es", "plantilla.txt", strings.NewReader(strings.Repeat("x", 1001))); domain.CodeOf(err) != domain.TooLarge {
			t.Errorf("a file that is too large: %v", err)
		}
		if e, err = s.Attach(ctx, curator, e.ID, e.Revision, "es", "plantilla.txt", strings.NewReader("Plantilla")); err != nil {
			t.Fatal(err)
		}
		hash := e.Interlinker.Documents["es"].Hash
		if _, d, err := s.File(ctx, curator, e.Slug, hash); err != nil || d.Name != "plantilla.txt" || d.Size != 9 {
			t.Errorf("the file is %+v, %v", d, err)
		}
		if _, _, err := s.File(ctx, member, e.Slug, hash); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("the file of a draft: %v", err)
		}
		forged := guideOf("files")
		forged.Content.Interlinker.Documents = map[string]catalogue.Document{"lv": {Name: "x.pdf", Hash: hash, URL: "https://city.example/x"}}
		if e, err = s.Rewrite(ctx, curator, e.ID, e.Revision, forged); err != nil {
			t.Fatal(err)
		}
		if _, there := e.Interlinker.Documents["lv"]; there || e.Interlinker.Documents["es"].Hash != hash {
			t.Errorf("the documents are %+v", e.Interlinker.Documents)
		}
		other, err := s.Compose(ctx, curator, "", forged)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.File(ctx, curator, other.Slug, hash); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("a file by its hash alone: %v", err)
		}
		far := domain.NewMint(nil, nil).Now().AddDate(1, 0, 0)
		if err := processes.SweepFiles(ctx, far, files.Delete); err != nil {
			t.Fatal(err)
		}
		kept, err := files.Open(ctx, hash)
		if err != nil {
			t.Fatalf("the template was swept: %v", err)
		}
		defer kept.Close()
		if raw, err := io.ReadAll(kept); string(raw) != "Plantilla" {
			t.Errorf("the template is %q, %v", raw, err)
		}

		if e, err = s.Depict(ctx, curator, e.ID, e.Revision, []byte("png"), domain.Text{"en": "A page."}); err != nil || len(e.Interlinker.Snapshots) != 1 {
			t.Fatal(e, err)
		}
		shown := func(want bool) {
			t.Helper()
			if got, err := storage.NewNetwork(db).Shown(ctx, "https://city.example/files/aa"); err != nil || got != want {
				t.Errorf("the picture is shown: %t, %v", got, err)
			}
		}
		shown(true)
		if e, err = s.Undepict(ctx, curator, e.ID, e.Revision, "https://city.example/files/aa"); err != nil {
			t.Fatal(err)
		}
		shown(false)
		if e, err = s.Detach(ctx, curator, e.ID, e.Revision, "es"); err != nil || e.Interlinker.Documents["es"].Hash != "" {
			t.Errorf("detached: %+v, %v", e.Interlinker.Documents, err)
		}
	})
}
