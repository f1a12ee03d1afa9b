package storage_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"path"
	"testing"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/picture"
	"interlink/domain/policy"
	"interlink/storage"
	"interlink/storage/blob"
	"interlink/storage/storagetest"
)

// dot is a picture of one colour.
func dot(t *testing.T, shade uint8) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 8, 8))
	img.Set(1, 1, color.Gray{Y: shade})
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestPicturesOfPosts: a picture whose bytes are swept while its post is
// being written is there afterwards; one whose post is never written is asked
// to be swept.
func TestPicturesOfPosts(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "pictures", func(t *testing.T, db *storage.DB) {
		ctx, w := t.Context(), newTown(t, db)
		files, err := blob.Open("", t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		facts := func(context.Context, policy.Viewer, *network.Actor) (policy.Facts, error) { return w.group, nil }
		pictures := picture.NewService(w.net, files, facts, w.mint, w.ns)
		hash := func(k picture.Kept) string { return path.Base(string(k.IRI)) }
		sweep := func(k picture.Kept) {
			t.Helper()
			if err := pictures.Sweep(ctx, picture.Sweep{Hash: hash(k)}); err != nil {
				t.Fatal(err)
			}
		}
		asked := func() (n int) {
			t.Helper()
			if err := db.Read().NewRaw("SELECT COUNT(*) FROM river_job WHERE CAST(args AS TEXT) LIKE ?", "%"+picture.JobSweep+"%").Scan(ctx, &n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		var kept picture.Kept
		keep := func(raw []byte) func(context.Context) (picture.Kept, error) {
			return func(ctx context.Context) (picture.Kept, error) {
				var err error
				kept, err = pictures.Keep(ctx, raw)
				if err == nil {
					sweep(kept) // of the same picture of a post that was deleted an hour ago
				}
				return kept, err
			}
		}
		p, err := w.service.Post(ctx, w.owner, "parks", community.Draft{Content: "Look", Pictures: []community.Picture{{Alt: "A dot", Keep: keep(dot(t, 1))}}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := pictures.File(ctx, hash(kept)); err != nil || len(p.Images) != 1 || p.Images[0].URL != kept.IRI {
			t.Errorf("the picture of a post is %v (%v)", p.Images, err)
		}
		sweep(kept)
		if _, err := pictures.File(ctx, hash(kept)); err != nil {
			t.Errorf("a picture that is shown was swept: %v", err)
		}

		before := asked()
		broken := func(context.Context) (picture.Kept, error) { return picture.Kept{}, errors.New("the disk is full") }
		first := func(ctx context.Context) (_ picture.Kept, err error) {
			kept, err = pictures.Keep(ctx, dot(t, 2))
			return kept, err
		}
		if _, err := w.service.Post(ctx, w.owner, "parks", community.Draft{Content: "Look", Pictures: []community.Picture{{Alt: "A dot", Keep: first}, {Alt: "Another", Keep: broken}}}); err == nil {
			t.Fatal("the post was written")
		}
		if _, err := pictures.File(ctx, hash(kept)); err != nil {
			t.Fatalf("the first picture was not kept: nothing is tested (%v)", err)
		}
		if n := asked(); n != before+1 {
			t.Errorf("%d sweeps were asked for, want one", n-before)
		}
		sweep(kept)
		if _, err := pictures.File(ctx, hash(kept)); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("a picture that nobody shows: %v", err)
		}
	})
}
