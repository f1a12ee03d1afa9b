package picture

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"interlink/domain"
	"interlink/domain/network"
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
			shown, err := c.Copy(context.Background(), "https://far.example/1.png", SideWhole)
			if err != nil || shown.Type != TypePNG || shown.Tag == "" {
				t.Errorf("%s: %v", shown.Type, err)
				return
			}
			if m, err := png.DecodeConfig(bytes.NewReader(shown.Content)); err != nil || m.Width != int(SideWhole) {
				t.Errorf("it is %d wide (%v)", m.Width, err)
			}
		})
	}
	looks.Wait()
	if n := asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
	if small, err := c.Copy(context.Background(), "https://far.example/1.png", SideFace); err != nil {
		t.Error(err)
	} else if m, err := png.DecodeConfig(bytes.NewReader(small.Content)); err != nil || m.Width != int(SideFace) {
		t.Errorf("the face is %d wide (%v)", m.Width, err)
	}
	for address, code := range map[domain.IRI]domain.Code{"https://far.example/2.png": domain.Invalid, "https://far.example/3.png": domain.NotFound} {
		asked.Store(0)
		for range 3 {
			if _, err := c.Copy(context.Background(), address, SideWhole); domain.CodeOf(err) != code {
				t.Errorf("%s: %v", address, err)
			}
		}
		if n := asked.Load(); n != 1 {
			t.Errorf("%s: asked %d times", address, n)
		}
	}
	asked.Store(0)
	now = now.Add(copyFor)
	if _, err := c.Copy(context.Background(), "https://far.example/1.png", SideWhole); err != nil || asked.Load() != 1 {
		t.Errorf("after a while: asked %d times (%v)", asked.Load(), err)
	}
}

// TestCopyThatPanics: whoever waits for a picture whose reading panicked is told
// so, and does not wait on; the node goes on.
func TestCopyThatPanics(t *testing.T) {
	t.Parallel()
	c := NewCopies(func(context.Context, domain.IRI, int64) ([]byte, error) { panic("hostile") }, time.Now)
	for range 2 {
		if _, err := c.Copy(t.Context(), "https://far.example/1.png", SideFace); !errors.Is(err, ErrPanic) || !strings.Contains(err.Error(), "hostile") {
			t.Errorf("who looks is told %v", err)
		}
	}
}

// TestCopiesOfMany: of pictures of slow servers a few are read at once; who looks
// at others is told so, and finds them once there is room. Who leaves does not
// keep others from what is being read.
func TestCopiesOfMany(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dot := encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, striped(20, 20)) })
		answer := make(chan struct{})
		var reading atomic.Int64
		c := NewCopies(func(context.Context, domain.IRI, int64) ([]byte, error) {
			reading.Add(1)
			<-answer
			return dot, nil
		}, time.Now)
		at := func(i int) domain.IRI { return domain.IRI("https://far.example/" + strconv.Itoa(i)) }
		var left, busy atomic.Int64
		var looks sync.WaitGroup
		for i := range 100 {
			looks.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
				defer cancel()
				_, err := c.Copy(ctx, at(i), SideFace)
				switch {
				case domain.CodeOf(err) == domain.TooMany:
					busy.Add(1)
				case errors.Is(err, context.DeadlineExceeded):
					left.Add(1)
				default:
					t.Errorf("%d: %v", i, err)
				}
			})
		}
		looks.Wait()
		if reading.Load() != maxReading || left.Load() != maxReading || busy.Load() != 100-maxReading {
			t.Errorf("%d are being read, %d left, %d were told to come back", reading.Load(), left.Load(), busy.Load())
		}
		close(answer)
		synctest.Wait()
		for i := range 100 {
			if _, err := c.Copy(t.Context(), at(i), SideFace); err != nil {
				t.Errorf("another look at %d: %v", i, err)
			}
		}
	})
}

// TestCopiesGo: what nobody looks at any more leaves the memory, at its time, or
// before those that are looked at, when there is too much.
func TestCopiesGo(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	dot := encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, striped(20, 20)) })
	var asked atomic.Int64
	c := NewCopies(func(context.Context, domain.IRI, int64) ([]byte, error) {
		asked.Add(1)
		return dot, nil
	}, func() time.Time { return now })
	look := func(i int) {
		if _, err := c.Copy(t.Context(), domain.IRI("https://far.example/"+strconv.Itoa(i)), SideFace); err != nil {
			t.Fatal(err)
		}
	}
	look(0)
	for i := range maxCopies {
		now = now.Add(time.Millisecond)
		look(0)
		look(i)
	}
	asked.Store(0)
	look(0)
	if n := asked.Load(); n != 0 || len(c.known) > maxCopies || c.bytes != len(c.known)*len(dot) {
		t.Errorf("what is looked at was read %d times more; %d are kept, of %d bytes", n, len(c.known), c.bytes)
	}
	now = now.Add(copyFor)
	if c.Forget(); len(c.known) != 0 || c.bytes != 0 {
		t.Errorf("%d are kept after an hour, of %d bytes", len(c.known), c.bytes)
	}
}

// TestAt: a picture of an actor is shown from here alone.
func TestAt(t *testing.T) {
	t.Parallel()
	ns, err := domain.NewNamespace("https://here.example")
	if err != nil {
		t.Fatal(err)
	}
	far := func(icon domain.IRI, kind string) *network.Actor {
		return &network.Actor{ID: "a1", Host: "far.example", Icon: icon, IconType: kind}
	}
	for what, a := range map[string]struct {
		actor *network.Actor
		want  string
	}{
		"none":                  {far("", ""), ""},
		"a file of here":        {&network.Actor{ID: "a0", Icon: "https://here.example/files/12", IconType: TypePNG}, "/files/12"},
		"one elsewhere":         {far("https://far.example/1.png", TypePNG), "/actors/a1/picture?of=" + Mark("https://far.example/1.png")},
		"one of no kind":        {far("https://far.example/1.png", ""), "/actors/a1/picture?of=" + Mark("https://far.example/1.png")},
		"one that is not drawn": {far("https://far.example/1.svg", "image/svg+xml"), ""},
		"a page of here":        {far("https://here.example/sign-out", TypePNG), ""},
	} {
		if got := At(a.actor, ns); got != a.want {
			t.Errorf("%s: %q, want %q", what, got, a.want)
		}
	}
	if Mark("https://far.example/1.png") == Mark("https://far.example/2.png") {
		t.Error("another picture has the same address")
	}
}
