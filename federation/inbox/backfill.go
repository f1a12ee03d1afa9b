package inbox

import (
	"context"
	"log/slog"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/network"
	"interlink/federation/activity"
	"interlink/federation/remote"
)

// The bounds of reading a collection of another node.
const (
	maxPages = 200
	maxItems = 20_000
	maxWalk  = 15 * time.Minute
)

// Copies are the commands on what is copied of other nodes' catalogues.
type Copies interface {
	Begin(ctx context.Context, owner *network.Actor) (*catalogue.Subscription, error)
	TakePage(ctx context.Context, owner *network.Actor, sub *catalogue.Subscription, page catalogue.Page) error
	Postpone(ctx context.Context, sub *catalogue.Subscription, at time.Time) error
	CopyMarks(ctx context.Context, catalogue domain.ActorID) ([]catalogue.Mark, error)
	Checked(ctx context.Context, catalogue domain.ActorID, failed error) error
	ReceiveDeletion(ctx context.Context, owner *network.Actor, iri domain.IRI) error
	ReceiveLoss(ctx context.Context, owner *network.Actor, iri domain.IRI) error
	ReceiveList(ctx context.Context, iri domain.IRI, read *catalogue.TrustList, problem error) error
}

// Collections reads collections of other nodes, page by page.
type Collections struct {
	directory *Directory
	intake    *Intake
	actors    ByID
	copies    Copies
	proofs    *Proofs
	now       func() time.Time
	log       *slog.Logger

	own    Own
	stamps Stamps

	ns    domain.Namespace
	past  Past
	later Later
}

// ReadLineage sets what reads this node's own documents, and where stamps are
// kept.
func (c *Collections) ReadLineage(own Own, stamps Stamps) {
	c.own, c.stamps = own, stamps
}

// ByID reads actors by key.
type ByID interface {
	Actor(ctx context.Context, id domain.ActorID) (*network.Actor, error)
}

// NewCollections makes a reader.
func NewCollections(directory *Directory, intake *Intake, actors ByID, copies Copies, proofs *Proofs, now func() time.Time, log *slog.Logger) *Collections {
	return &Collections{directory: directory, intake: intake, actors: actors, copies: copies, proofs: proofs, now: now, log: log}
}

// Backfill reads the entries of a catalogue that this node follows, one page
// after the other; it is the handler of network.JobBackfill. Each page is kept
// with what comes after it, so it may stop anywhere and run again. A node that
// does not answer, or asks for patience, is asked again later.
func (c *Collections) Backfill(ctx context.Context, args network.BackfillArgs) error {
	owner, err := c.catalogue(ctx, args.Catalogue)
	if err != nil {
		return err
	}
	sub, err := c.copies.Begin(ctx, owner)
	if err != nil || sub == nil || sub.NotBefore.After(c.now()) {
		return err
	}
	for sub.State == catalogue.SubscriptionReading {
		page, err := c.page(ctx, owner, sub.Next)
		if domain.CodeOf(err) == domain.Unavailable && ctx.Err() == nil {
			return c.copies.Postpone(ctx, sub, c.now().Add(pause(err, c.now())))
		}
		if err == nil && page.Next != "" && sub.Pages >= mostPages {
			page.Next = "" // it leads to no end
		}
		if err == nil {
			err = c.copies.TakePage(ctx, owner, sub, page)
		}
		if domain.CodeOf(err) == domain.Conflict {
			return nil // paused, halted, or read by somebody else
		}
		if err != nil {
			return err
		}
	}
	c.log.Info("back-fill", "catalogue", owner.IRI, "state", sub.State, "taken", sub.Taken, "refused", sub.Refused)
	return nil
}

// mostPages is how many pages of a catalogue are read: its quota of entries,
// five to a page.
const mostPages = 4_000

// pause is how long to wait before a page is asked for again: as long as its
// server asks, else some minutes.
func pause(err error, now time.Time) time.Duration {
	if wait := remote.Wait(err, now); wait > 0 {
		return wait
	}
	return 5 * time.Minute
}

// catalogue reads the actor of a job.
func (c *Collections) catalogue(ctx context.Context, id domain.ActorID) (*network.Actor, error) {
	owner, err := c.actors.Actor(ctx, id)
	if err == nil && owner.Entries == "" {
		err = domain.Fail(domain.Invalid, "error.not_a_catalogue")
	}
	return owner, err
}

// page reads one page of the entries of a catalogue; "" is the first, or all
// of a collection without pages.
func (c *Collections) page(ctx context.Context, owner *network.Actor, at domain.IRI) (catalogue.Page, error) {
	first := at == ""
	if first {
		at = owner.Entries
	}
	doc, err := c.intake.Fetch(ctx, at)
	if err != nil {
		return catalogue.Page{}, err
	}
	total := int(doc.Int("totalItems"))
	if next := doc.IRI("first"); first && next != "" && domain.SameOrigin(next, owner.Entries) {
		if doc, err = c.intake.Fetch(ctx, next); err != nil {
			return catalogue.Page{}, err
		}
	}
	page := catalogue.Page{Total: total}
	for _, item := range doc.Objects("orderedItems") {
		in, by, ok := activity.ReadEntry(item)
		if !ok || by != owner.IRI {
			page.Refused++
			continue
		}
		if page.Entries = append(page.Entries, in); len(page.Entries) == maxOnPage {
			break
		}
	}
	if next := doc.IRI("next"); next != at && domain.SameOrigin(next, owner.Entries) {
		page.Next = next
	}
	return page, nil
}

// maxOnPage is how many entries of one page are taken.
const maxOnPage = 500

// walk calls fn for the objects of a collection: inline, or on its pages,
// which must be on the collection's own server and lead to an end. Errors:
// TooLarge if they do not, or not in a quarter of an hour.
func (c *Collections) walk(ctx context.Context, collection domain.IRI, fn func(activity.Document) error) error {
	endless := domain.Fail(domain.TooLarge, "error.collection_size", maxItems)
	ctx, cancel := context.WithTimeoutCause(ctx, maxWalk, endless)
	defer cancel()
	doc, err := c.intake.Fetch(ctx, collection)
	if err != nil {
		return err
	}
	next, items, seen := doc.IRI("first"), 0, map[domain.IRI]bool{collection: true}
	for pages := 0; ; pages++ {
		for _, item := range doc.Objects("orderedItems") {
			if items++; items > maxItems {
				return endless
			}
			if err := fn(item); err != nil {
				return err
			}
		}
		if pages > 0 {
			next = doc.IRI("next")
		}
		if next == "" {
			return nil
		}
		if pages >= maxPages || seen[next] || !domain.SameOrigin(next, collection) {
			return endless
		}
		seen[next] = true
		if doc, err = c.intake.Fetch(ctx, next); err != nil {
			if context.Cause(ctx) == endless { //nolint:errorlint // the very one
				return endless
			}
			return err
		}
	}
}
