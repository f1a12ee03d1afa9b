package storage_test

import (
	"context"
	"path"
	"testing"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/network"
	"interlink/domain/picture"
	"interlink/domain/policy"
	"interlink/storage"
	"interlink/storage/blob"
	"interlink/storage/storagetest"
)

// TestPicturesOfVersions: what an earlier version of an Interlinker shows stays
// as long as that may be read; what only a draft showed, or an entry that was
// deleted, goes.
func TestPicturesOfVersions(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "versions", func(t *testing.T, db *storage.DB) {
		ctx := t.Context()
		s, _ := newCatalogue(t, db)
		files, err := blob.Open("", t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		mint := domain.NewMint(nil, nil)
		ns, err := domain.NewNamespace("https://city.example")
		if err != nil {
			t.Fatal(err)
		}
		facts := func(context.Context, policy.Viewer, *network.Actor) (policy.Facts, error) {
			return nil, domain.Fail(domain.NotFound, "error.not_found")
		}
		pictures := picture.NewService(storage.NewNetwork(db), files, facts, mint, ns)
		s.KeepFiles(shelfFiles{nil, storage.NewProcesses(db), mint}, pictures, 1000)
		swept := func(x catalogue.Snapshot) bool {
			t.Helper()
			hash := path.Base(string(x.URL))
			if err := pictures.Sweep(ctx, picture.Sweep{Hash: hash}); err != nil {
				t.Fatal(err)
			}
			_, err := pictures.File(ctx, hash)
			return domain.CodeOf(err) == domain.NotFound
		}
		asked := func() (n int) {
			t.Helper()
			if err := db.Read().NewRaw("SELECT COUNT(*) FROM river_job WHERE CAST(args AS TEXT) LIKE ?", "%"+picture.JobSweep+"%").Scan(ctx, &n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		depict := func(e *catalogue.Entry, shade uint8) (*catalogue.Entry, catalogue.Snapshot) {
			t.Helper()
			e, err := s.Depict(ctx, curator, e.ID, e.Revision, dot(t, shade), domain.Text{"en": "A dot"})
			if err != nil {
				t.Fatal(err)
			}
			return e, e.Interlinker.Snapshots[len(e.Interlinker.Snapshots)-1]
		}
		without := func(e *catalogue.Entry, x catalogue.Snapshot) *catalogue.Entry {
			t.Helper()
			e, err := s.Undepict(ctx, curator, e.ID, e.Revision, x.URL)
			if err != nil {
				t.Fatal(err)
			}
			return e
		}

		e, err := s.Compose(ctx, curator, "", guideOf("maps"))
		if err != nil {
			t.Fatal(err)
		}
		e, draft := depict(e, 1)
		e, first := depict(without(e, draft), 2)
		if e, err = s.Publish(ctx, curator, e.ID, e.Revision, ""); err != nil {
			t.Fatal(err)
		}
		e, second := depict(without(e, first), 3)
		if !swept(draft) {
			t.Error("what only the draft showed stays")
		}
		if swept(first) || swept(second) {
			t.Error("what a version shows was swept")
		}
		old, err := s.Version(ctx, policy.Viewer{}, e.ID, 1)
		if err != nil || len(old.Content.Interlinker.Snapshots) != 1 || old.Content.Interlinker.Snapshots[0].URL != first.URL {
			t.Fatalf("the first version is %+v, %v", old, err)
		}

		if e, err = s.End(ctx, curator, e.ID, e.Revision, catalogue.Ending{Status: catalogue.Withdrawn}); err != nil {
			t.Fatal(err)
		}
		if lost, err := s.Holdings(ctx, operator, e.ID); err != nil || lost.Pictures != 2 {
			t.Errorf("%d pictures are lost, not those of all versions (%v)", lost.Pictures, err)
		}
		before := asked()
		if err := s.Delete(ctx, operator, e.ID, e.Revision, e.Name["en"]); err != nil {
			t.Fatal(err)
		}
		if n := asked(); n != before+2 {
			t.Errorf("%d pictures of what was deleted are to be swept, not 2", n-before)
		}
		if !swept(first) || !swept(second) {
			t.Error("what a deleted entry showed stays")
		}

		other, err := s.Compose(ctx, curator, "", guideOf("squares"))
		if err != nil {
			t.Fatal(err)
		}
		other, shown := depict(other, 4)
		before = asked()
		if err := s.Discard(ctx, curator, other.ID, other.Revision); err != nil {
			t.Fatal(err)
		}
		if asked() != before+1 || !swept(shown) {
			t.Error("what a discarded draft showed stays")
		}
	})
}
