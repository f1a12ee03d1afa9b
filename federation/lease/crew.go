package lease

import "sync"

// Crew runs functions, each in a goroutine of its own, and waits for them.
// Goroutines are used again: a new one has a small stack, and to make it as
// large as signing or a statement needs takes longer than all else around it.
type Crew struct {
	next chan func()
	work sync.WaitGroup
}

func newCrew() *Crew { return &Crew{next: make(chan func())} }

// Go runs f.
func (c *Crew) Go(f func()) {
	c.work.Add(1)
	select {
	case c.next <- f:
	default:
		go c.run(f)
	}
}

// run runs f, and others until the crew is dismissed.
func (c *Crew) run(f func()) {
	for more := true; more; f, more = <-c.next {
		f()
		c.work.Done()
	}
}

// Wait waits for what runs, and dismisses the crew: nothing may be run after
// it.
func (c *Crew) Wait() {
	c.work.Wait()
	close(c.next)
}
