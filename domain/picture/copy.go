package picture

import (
	"context"
	"errors"
	"sync"
	"time"

	"interlink/domain"
)

// Copies shows pictures of other servers, so that readers' browsers ask none of
// these: one is read when the first reader looks at it, cleaned or drawn anew like those
// that are uploaded here, and kept in memory for a while.
type Copies struct {
	fetch Fetch
	now   func() time.Time

	mu    sync.Mutex
	known map[domain.IRI]*copied
	bytes int
}

// Fetch reads a file of another server, of at most so many bytes. Errors: those
// of the domain.
type Fetch func(ctx context.Context, address domain.IRI, limit int64) ([]byte, error)

// The bounds of copies, in each process.
const (
	copiedSide     = 1024             // pixels
	copyFor        = time.Hour        // how long one is kept
	failureFor     = 10 * time.Minute // how long one is not asked for again that could not be read
	maxCopies      = 2000
	maxCopiedBytes = 64 << 20
)

// copied is one; what is in it may be read once done is closed.
type copied struct {
	done    chan struct{}
	until   time.Time
	content []byte
	kind    string
	err     error
}

// NewCopies makes an empty memory.
func NewCopies(fetch Fetch, now func() time.Time) *Copies {
	return &Copies{fetch: fetch, now: now, known: map[domain.IRI]*copied{}}
}

// Copyable reports whether a file says that it is a picture of a kind that is
// read.
func Copyable(mediaType string) bool {
	switch mediaType {
	case TypePNG, TypeJPEG, TypeWebP, "image/gif":
		return true
	}
	return false
}

// Served reports whether a file of a media type is a picture of those that are
// kept here.
func Served(mediaType string) bool {
	return mediaType == TypePNG || mediaType == TypeJPEG || mediaType == TypeWebP
}

// Copy returns a picture of another server, cleaned or drawn anew, with its media type.
// Many who look at once have it read once. Errors: as those of [Fetch]; Invalid
// or TooLarge for what is no picture of the bounds of [MaxBytes].
func (c *Copies) Copy(ctx context.Context, address domain.IRI) (content []byte, mediaType string, err error) {
	found, mine := c.find(address)
	if mine {
		c.read(context.WithoutCancel(ctx), address, found) // others wait for it too
	}
	select {
	case <-found.done:
		return found.content, found.kind, found.err
	case <-ctx.Done():
		return nil, "", ctx.Err()
	}
}

// find returns what is known of a picture; mine says that the caller is to read
// it.
func (c *Copies) find(address domain.IRI) (found *copied, mine bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if found = c.known[address]; found != nil && now.Before(found.until) {
		return found, false
	}
	if found != nil {
		c.bytes -= len(found.content)
	}
	if len(c.known) >= maxCopies || c.bytes >= maxCopiedBytes {
		clear(c.known)
		c.bytes = 0
	}
	found = &copied{done: make(chan struct{}), until: now.Add(failureFor)}
	c.known[address] = found
	return found, true
}

func (c *Copies) read(ctx context.Context, address domain.IRI, into *copied) {
	defer close(into.done)
	into.err = errUnread // for those who wait, should what draws it panic
	raw, err := c.fetch(ctx, address, MaxBytes)
	if err == nil {
		var shown *drawing
		if shown, err = drawn(ctx, raw, copiedSide); err == nil {
			into.content, into.kind = shown.content, shown.mediaType
		}
	}
	into.err = err
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil && c.known[address] == into {
		into.until = c.now().Add(copyFor)
		c.bytes += len(into.content)
	}
}

var errUnread = errors.New("picture: it was not read")
