package view

import (
	"sync"
	"testing"
)

// TestTemplatesAreMadeOnce: one reader after the other needs one set of
// templates, and of those that several at once needed one is kept at rest.
func TestTemplatesAreMadeOnce(t *testing.T) {
	r := newRenderer(t)
	for range 3 {
		render(t, r, ErrorPage{})
	}
	if len(r.presses) != 1 {
		t.Errorf("one reader after the other: %d sets", len(r.presses))
	}
	var inside, out sync.WaitGroup
	inside.Add(cap(r.room))
	for range cap(r.room) {
		out.Go(func() {
			if err := r.press(Frame{}, func(*press) error { inside.Done(); inside.Wait(); return nil }); err != nil {
				t.Error(err)
			}
		})
	}
	out.Wait()
	if len(r.presses) != cap(r.room) {
		t.Errorf("%d readers at once: %d sets", cap(r.room), len(r.presses))
	}
	last := r.presses[len(r.presses)-1]
	r.Shrink()
	if len(r.presses) != 1 || r.presses[0] != last {
		t.Errorf("at rest: %d sets", len(r.presses))
	}
	render(t, r, ErrorPage{})
}
