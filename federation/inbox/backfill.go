package inbox

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"interlink/domain"
	"interlink/domain/lineage"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// The bounds of reading a collection of another node.
const (
	maxPages = 200
	maxItems = 20_000
	maxWalk  = 15 * time.Minute
)

// Collections reads collections of other nodes, page by page.
type Collections struct {
	directory *Directory
	intake    *Intake
	actors    ByID
	log       *slog.Logger
}

// ByID reads actors by key.
type ByID interface {
	Actor(ctx context.Context, id domain.ActorID) (*network.Actor, error)
}

// NewCollections makes a reader.
func NewCollections(directory *Directory, intake *Intake, actors ByID, log *slog.Logger) *Collections {
	return &Collections{directory, intake, actors, log}
}

// Backfill reads all entries of a catalogue that this node follows; it is the
// handler of network.JobBackfill. Entries are taken as each comes, so it may
// stop anywhere and run again.
func (c *Collections) Backfill(ctx context.Context, args json.RawMessage) error {
	var a network.BackfillArgs
	if err := json.Unmarshal(args, &a); err != nil {
		return domain.Fail(domain.Invalid, "error.job").Because(err)
	}
	owner, err := c.actors.Actor(ctx, a.Catalogue)
	if err != nil {
		return err
	}
	if owner.Entries == "" {
		return domain.Fail(domain.Invalid, "error.not_a_catalogue")
	}
	taken, refused := 0, 0
	err = c.walk(ctx, owner.Entries, func(doc activity.Document) error {
		if _, _, ok := activity.ReadEntry(doc); !ok {
			refused++
			return nil
		}
		_, err := c.intake.Take(ctx, doc, Taking{Sender: owner, Update: true})
		switch domain.CodeOf(err) {
		case domain.OK:
			taken++
		case domain.Invalid, domain.Forbidden, domain.TooLarge:
			refused++
			c.log.Warn("back-fill: entry refused", "catalogue", owner.IRI, "entry", string(doc.IRI("id")), "error", err)
		default:
			return err
		}
		return nil
	})
	c.log.Info("back-fill", "catalogue", owner.IRI, "taken", taken, "refused", refused)
	return err
}

// Source reads a process of another node with its tree, to be cloned. Errors:
// Invalid for what is no process, NotFound, Gone, Unavailable, TooLarge.
func (c *Collections) Source(ctx context.Context, iri domain.IRI) (lineage.SourceProcess, error) {
	if _, err := c.directory.Refresh(ctx, iri); err != nil {
		return lineage.SourceProcess{}, err // the Offer needs its inbox
	}
	doc, err := c.intake.Fetch(ctx, iri)
	if err != nil {
		return lineage.SourceProcess{}, err
	}
	source, tree, err := activity.ReadProcess(doc)
	if err != nil {
		return source, err
	}
	err = c.walk(ctx, tree, func(doc activity.Document) error {
		if item, ok := activity.ReadItem(doc); ok {
			source.Items = append(source.Items, item)
		}
		return nil
	})
	return source, err
}

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
