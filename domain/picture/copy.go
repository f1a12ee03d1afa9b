package picture

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"interlink/domain"
	"interlink/domain/network"
)

// Copies shows pictures of other servers, so that readers' browsers ask none of
// these: one is read when the first reader looks at it, cleaned or drawn anew like those
// that are uploaded here, and kept in memory for a while. What cannot be read is
// not asked for again at once.
type Copies struct {
	fetch   Fetch
	now     func() time.Time
	reading chan struct{} // one for each that is being read

	mu    sync.Mutex
	known map[asked]*copied
	bytes int
}

// Fetch reads a file of another server, of at most so many bytes. Errors: those
// of the domain; TooMany if that server is asked for enough already.
type Fetch func(ctx context.Context, address domain.IRI, limit int64) ([]byte, error)

// Side is how wide and high a copy is at most, in pixels.
type Side int

// The sides of copies.
const (
	SideWhole Side = 1024 // what a post or an Interlinker shows
	SideFace  Side = 256  // of somebody; pages show it 56 wide at most
)

// The bounds of copies, in each process.
const (
	copyFor        = time.Hour        // how long one is kept
	failureFor     = 10 * time.Minute // how long one is not asked for again that could not be read
	maxCopies      = 2000
	maxCopiedBytes = 64 << 20
	maxReading     = 12              // at once: each may take MaxBytes
	waitToRead     = 2 * time.Second // for one of them to end
)

// asked is what a copy is of.
type asked struct {
	address domain.IRI
	side    Side
}

// Copied is a picture as it is shown.
type Copied struct {
	Content []byte
	Type    string // media type
	Tag     string // the same for the same content: an entity tag without its quotes
}

// copied is one that is known; what is in it, but until and used, may be read
// once done is closed.
type copied struct {
	done  chan struct{}
	read  bool // it is done
	until time.Time
	used  time.Time
	shown Copied
	err   error
}

// NewCopies makes an empty memory.
func NewCopies(fetch Fetch, now func() time.Time) *Copies {
	return &Copies{fetch: fetch, now: now, reading: make(chan struct{}, maxReading), known: map[asked]*copied{}}
}

// Copyable reports whether a file says that it is a picture of a kind that is
// read.
func Copyable(mediaType string) bool {
	switch mediaType {
	case TypePNG, TypeJPEG, TypeWebP, "image/gif", "image/jpg":
		return true
	}
	return false
}

// Served reports whether a file of a media type is a picture of those that are
// kept here.
func Served(mediaType string) bool {
	return mediaType == TypePNG || mediaType == TypeJPEG || mediaType == TypeWebP
}

// At is where this node shows the picture of an actor, beginning with a slash: a
// file of its own, or a copy, whose address changes with that of the picture. ""
// if the actor has none, or none of a kind that is read.
func At(a *network.Actor, ns domain.Namespace) string {
	switch {
	case a.Icon == "":
		return ""
	case a.Local():
		return ns.Path(a.Icon)
	case !Elsewhere(a, ns):
		return ""
	}
	return "/actors/" + string(a.ID) + "/picture?of=" + Mark(a.Icon)
}

// Elsewhere reports whether an actor shows a picture of another server that can
// be read. One that says nothing of its kind may be. A remote actor could name
// any page of this node: that is none.
func Elsewhere(a *network.Actor, ns domain.Namespace) bool {
	return !a.Local() && a.Icon != "" && !ns.Owns(a.Icon) && (a.IconType == "" || Copyable(a.IconType))
}

// Mark is a few letters that are others for another address.
func Mark(address domain.IRI) string {
	sum := sha256.Sum256([]byte(address))
	return hex.EncodeToString(sum[:6])
}

// Copy returns a picture of another server, cleaned or drawn anew. Many who look
// at once have it read once, and it goes on being read when they leave. Errors:
// as those of [Fetch]; Invalid or TooLarge for what is no picture of the bounds
// of [MaxBytes]; TooMany, which is not remembered, if enough is being read;
// [ErrPanic]; ctx's.
func (c *Copies) Copy(ctx context.Context, address domain.IRI, side Side) (Copied, error) {
	key := asked{address, side}
	found, mine := c.find(key)
	if mine {
		go c.read(context.WithoutCancel(ctx), key, found)
	}
	select {
	case <-found.done:
		return found.shown, found.err
	case <-ctx.Done():
		return Copied{}, ctx.Err()
	}
}

// find returns what is known of a picture; mine says that the caller is to have
// it read.
func (c *Copies) find(key asked) (found *copied, mine bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if found = c.known[key]; found != nil && (!found.read || now.Before(found.until)) {
		found.used = now
		return found, false
	}
	c.drop(key)
	if c.full(1) {
		c.makeRoom(now)
	}
	found = &copied{done: make(chan struct{}), used: now}
	c.known[key] = found
	return found, true
}

// full reports whether more is known than a part of what may be: 1 is all of it,
// 2 its half.
func (c *Copies) full(part int) bool {
	return len(c.known) >= maxCopies/part || c.bytes >= maxCopiedBytes/part
}

// makeRoom drops what is over, and then what nobody looked at for longest, until
// half is free. What is being read stays.
func (c *Copies) makeRoom(now time.Time) {
	c.forget(now)
	var old []asked
	for key, x := range c.known {
		if x.read {
			old = append(old, key)
		}
	}
	slices.SortFunc(old, func(a, b asked) int { return c.known[a].used.Compare(c.known[b].used) })
	for _, key := range old {
		if !c.full(2) {
			return
		}
		c.drop(key)
	}
}

// Forget drops what is over. It is called now and then, so that nothing stays of
// a picture that nobody looks at any more.
func (c *Copies) Forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forget(c.now())
}

func (c *Copies) forget(now time.Time) {
	for key, x := range c.known {
		if x.read && !now.Before(x.until) {
			c.drop(key)
		}
	}
}

func (c *Copies) drop(key asked) {
	if x := c.known[key]; x != nil {
		c.bytes -= len(x.shown.Content)
		delete(c.known, key)
	}
}

// read fills in what is known of a picture.
func (c *Copies) read(ctx context.Context, key asked, into *copied) {
	shown, err := c.draw(ctx, key)
	c.mu.Lock()
	defer c.mu.Unlock()
	defer close(into.done)
	now := c.now()
	into.shown, into.err, into.read = shown, err, true
	switch {
	case domain.CodeOf(err) == domain.TooMany:
		c.drop(key)
	case err != nil:
		into.until = now.Add(failureFor)
	default:
		into.until = now.Add(copyFor)
		c.bytes += len(shown.Content)
	}
}

// ErrPanic is the error of a picture at which what reads it failed by our fault.
var ErrPanic = errors.New("picture: panic")

// draw reads a picture and draws it.
func (c *Copies) draw(ctx context.Context, key asked) (shown Copied, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			shown, err = Copied{}, fmt.Errorf("%w: %v\n%s", ErrPanic, fault, debug.Stack())
		}
	}()
	timer := time.NewTimer(waitToRead)
	defer timer.Stop()
	select {
	case c.reading <- struct{}{}:
		defer func() { <-c.reading }()
	case <-timer.C:
		return Copied{}, domain.Fail(domain.TooMany, "error.too_many").In(time.Minute)
	}
	raw, err := c.fetch(ctx, key.address, MaxBytes)
	if err != nil {
		return Copied{}, err
	}
	d, err := drawn(ctx, raw, int(key.side))
	if err != nil {
		return Copied{}, err
	}
	sum := sha256.Sum256(d.content)
	return Copied{Content: d.content, Type: d.mediaType, Tag: hex.EncodeToString(sum[:16])}, nil
}
