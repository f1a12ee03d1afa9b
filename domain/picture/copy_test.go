package picture

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"interlink/domain"
)

// TestCopies: a picture elsewhere is read once for all who look, drawn anew,
// and again after a while; what is none is not asked for again and again.
func TestCopies(t *testing.T) {
	var asked atomic.Int64
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	files := map[domain.IRI][]byte{
		"https://far.example/1.png": encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, striped(2400, 20)) }),
		"https://far.example/2.png": []byte("<html>"),
	}
	c := NewCopies(func(_ context.Context, address domain.IRI, limit int64) ([]byte, error) {
		asked.Add(1)
		if limit != MaxBytes {
			t.Errorf("up to %d bytes", limit)
		}
		raw, ok := files[address]
		if !ok {
			return nil, domain.Fail(domain.NotFound, "error.not_found")
		}
		return raw, nil
	}, func() time.Time { return now })
	var looks sync.WaitGroup
	for range 20 {
		looks.Go(func() {
			content, kind, err := c.Copy(context.Background(), "https://far.example/1.png")
			if err != nil || kind != TypePNG {
				t.Errorf("%s: %v", kind, err)
				return
			}
			if m, err := png.DecodeConfig(bytes.NewReader(content)); err != nil || m.Width != copiedSide {
				t.Errorf("it is %d wide (%v)", m.Width, err)
			}
		})
	}
	looks.Wait()
	if n := asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
	for address, code := range map[domain.IRI]domain.Code{"https://far.example/2.png": domain.Invalid, "https://far.example/3.png": domain.NotFound} {
		asked.Store(0)
		for range 3 {
			if _, _, err := c.Copy(context.Background(), address); domain.CodeOf(err) != code {
				t.Errorf("%s: %v", address, err)
			}
		}
		if n := asked.Load(); n != 1 {
			t.Errorf("%s: asked %d times", address, n)
		}
	}
	asked.Store(0)
	now = now.Add(copyFor)
	if _, _, err := c.Copy(context.Background(), "https://far.example/1.png"); err != nil || asked.Load() != 1 {
		t.Errorf("after a while: asked %d times (%v)", asked.Load(), err)
	}
}

// TestCopyThatPanics: whoever waits for a picture whose reading panicked is told
// so, and does not wait on.
func TestCopyThatPanics(t *testing.T) {
	t.Parallel()
	c := NewCopies(func(context.Context, domain.IRI, int64) ([]byte, error) { panic("hostile") }, time.Now)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic is hidden")
			}
		}()
		_, _, _ = c.Copy(t.Context(), "https://far.example/1.png")
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if _, _, err := c.Copy(ctx, "https://far.example/1.png"); !errors.Is(err, errUnread) {
		t.Errorf("the next one is told %v", err)
	}
}
