package inbox

import (
	"context"
	"slices"
	"time"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// The bounds of reading what was said before somebody here listened.
const (
	mostHistory      = 60 // of one outbox
	mostHistoryPages = 6
	mostFeatured     = 20
	mostReads        = 120 // documents of one job
	mostReadsOn      = 60  // … of one host
	mostAbove        = 20  // how far up a thread
	mostBelow        = 3   // how far down, where there is no list of all
	mostThreads      = 10  // of one community
	mostInThread     = 100
	mostHistoryFor   = 5 * time.Minute
)

// Past is what a reader of the past needs of the domain.
type Past interface {
	Posts
	ReceiveOldAnnounce(ctx context.Context, by *network.Actor, kind string, id domain.ID, object domain.IRI, at time.Time) error
	ReceivePin(ctx context.Context, by *network.Actor, object domain.IRI) error
}

// Later asks for jobs again.
type Later interface {
	Again(ctx context.Context, job domain.Job) error
}

// ReadPast sets what keeps what is read of the past.
func (c *Collections) ReadPast(ns domain.Namespace, past Past, later Later) {
	c.ns, c.past, c.later = ns, past, later
}

// reading is one job that reads the past: politely, and not for ever. What is
// known is not read again, so it may be stopped anywhere and run again.
type reading struct {
	*Collections
	reads int
	on    map[string]int
	only  domain.IRI // whose server alone is asked; "" for all
}

var errEnough = domain.Fail(domain.TooLarge, "error.collection_size", mostReads)

// fetch reads a document, if this job did not read too many.
func (r *reading) fetch(ctx context.Context, iri domain.IRI) (activity.Document, error) {
	if r.only != "" && !domain.SameOrigin(iri, r.only) {
		return nil, errEnough
	}
	if r.reads++; r.reads > mostReads {
		return nil, errEnough
	}
	if r.on[iri.Host()]++; r.on[iri.Host()] > mostReadsOn {
		return nil, errEnough
	}
	return r.intake.Fetch(ctx, iri)
}

// afterwards has a job done later whose server does not answer now. What else
// fails of one thing does not stop the others.
func (c *Collections) afterwards(ctx context.Context, err error, later func(time.Time) (domain.Job, bool)) error {
	if domain.CodeOf(err) != domain.Unavailable || ctx.Err() != nil {
		return nil //nolint:nilerr // of one thing
	}
	job, ok := later(c.now().Add(pause(err, c.now())))
	if !ok {
		return nil
	}
	return c.later.Again(ctx, job)
}

// History reads what an actor of another node published lately, and what it
// shows first, if anybody here follows it; it is the handler of
// network.JobHistory.
func (c *Collections) History(ctx context.Context, args network.HistoryArgs) error {
	a, err := c.actors.Actor(ctx, args.Actor)
	if err != nil || a.Local() || a.Gone() || a.Outbox == "" {
		return ignore(err, domain.NotFound)
	}
	if follows, err := c.past.Follows(ctx, a.ID); err != nil || !follows {
		return err
	}
	reading, stop := context.WithTimeout(ctx, mostHistoryFor)
	defer stop()
	r := &pastOf{reading: newReading(c), actor: a}
	problem := r.read(reading)
	c.log.Info("history", "actor", a.IRI, "taken", r.taken, "reads", r.reads, "problem", problem)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return c.afterwards(ctx, problem, args.Later)
}

func newReading(c *Collections) *reading { return &reading{Collections: c, on: map[string]int{}} }

// ignore drops an error of a code.
func ignore(err error, code domain.Code) error {
	if domain.CodeOf(err) == code {
		return nil
	}
	return err
}

// pastOf reads the past of one actor.
type pastOf struct {
	*reading
	actor *network.Actor
	taken int
}

func (r *pastOf) read(ctx context.Context) error {
	items, problem := r.outbox(ctx)
	slices.Reverse(items) // the oldest first: answers find what they answer
	var threads []activity.Document
	for _, item := range items {
		doc, err := r.item(ctx, item)
		if domain.CodeOf(err) == domain.Unavailable {
			problem = err
		}
		if doc != nil && doc.IRI("inReplyTo") == "" {
			threads = append(threads, doc)
		}
	}
	if err := r.pinned(ctx); err != nil { // after what was published: what is shown first alone is in no timeline
		problem = err
	}
	if r.actor.Type != network.TypeGroup {
		return problem
	}
	slices.Reverse(threads)
	for _, doc := range threads[:min(len(threads), mostThreads)] {
		if err := r.below(ctx, doc, 0); domain.CodeOf(err) == domain.Unavailable {
			problem = err
		}
	}
	return problem
}

// outbox lists the newest activities of the actor, the newest first.
func (r *pastOf) outbox(ctx context.Context) (items []activity.Document, err error) {
	doc, err := r.fetch(ctx, r.actor.Outbox)
	if err != nil {
		return nil, err
	}
	for range mostHistoryPages {
		for _, item := range doc.Objects("orderedItems") {
			if items = append(items, item); len(items) == mostHistory {
				return items, nil
			}
		}
		next := doc.IRI("next")
		if first := doc.Object("first"); next == "" && len(first) > 1 && len(items) == 0 {
			doc = first // it is sent along
			continue
		}
		if next == "" && len(items) == 0 {
			next = doc.IRI("first")
		}
		if next == "" || !domain.SameOrigin(next, r.actor.Outbox) {
			return items, nil
		}
		if doc, err = r.fetch(ctx, next); err != nil {
			return items, err
		}
	}
	return items, nil
}

// item takes what one activity of the outbox is about: what the actor wrote,
// and, of a community, what it shared. It returns the object, nil if nothing
// was taken.
func (r *pastOf) item(ctx context.Context, item activity.Document) (activity.Document, error) {
	if item.IRI("actor") != r.actor.IRI {
		return nil, nil
	}
	how := Taking{Wanted: true, Old: true}
	object, at := item.Object("object"), item.Time("published")
	iri, _ := item.Reference("object")
	switch item.Type() {
	case "Create":
	case "Announce":
		if r.actor.Type != network.TypeGroup {
			return nil, nil
		}
		how.Announcer = r.actor
		if kind := object.Type(); activity.Known(kind) {
			if kind != "Create" && kind != "Update" {
				return nil, nil
			}
			iri, _ = object.Reference("object")
			object = object.Object("object")
		}
	default:
		return nil, nil
	}
	if iri == "" || r.ns.Owns(iri) {
		return nil, nil
	}
	known, err := r.past.Knows(ctx, iri)
	if err != nil {
		return nil, err
	}
	doc := object // a poll stands otherwise by now than when it was shared
	if object.Type() == "Question" || object.IRI("id") != iri || object.IRI("attributedTo") == "" || !domain.SameOrigin(iri, r.actor.IRI) || how.Announcer == nil && object.IRI("attributedTo") != r.actor.IRI {
		if known && how.Announcer == nil {
			return nil, nil
		}
		if doc, err = r.fetch(ctx, iri); err != nil {
			return nil, err
		}
	}
	if how.Announcer == nil && doc.IRI("attributedTo") != r.actor.IRI {
		return nil, domain.Fail(domain.Forbidden, "error.origin")
	}
	taken, err := r.intake.Take(ctx, doc, how)
	if err != nil || taken.Kind == "" {
		return nil, err
	}
	if !known {
		r.taken++
	}
	if how.Announcer != nil && (taken.Kind != community.ObjectPost || doc.IRI("inReplyTo") == "") {
		err = r.past.ReceiveOldAnnounce(ctx, r.actor, taken.Kind, taken.ID, taken.IRI, at)
	}
	return doc, err
}

// pinned reads what the actor shows first.
func (r *pastOf) pinned(ctx context.Context) error {
	if r.actor.Featured == "" {
		return nil
	}
	doc, err := r.fetch(ctx, r.actor.Featured)
	if err != nil {
		return err
	}
	items := references(doc, "orderedItems", "items")
	items = items[:min(len(items), mostFeatured)]
	slices.Reverse(items) // the newest pin is shown first
	var problem error
	for _, iri := range items {
		if err := r.one(ctx, iri, Taking{Wanted: true, Old: true, Aside: true, Announcer: r.actor}); err != nil {
			problem = err
			continue
		}
		if err := r.past.ReceivePin(ctx, r.actor, iri); err != nil && domain.CodeOf(err) != domain.NotFound {
			return err
		}
	}
	return problem
}

// references are the addresses of the items of a collection or page.
func references(doc activity.Document, names ...string) (all []domain.IRI) {
	for _, name := range names {
		all = append(all, doc.IRIs(name)...)
	}
	return all
}

// one takes a post by its address, unless it is known.
func (r *reading) one(ctx context.Context, iri domain.IRI, how Taking) error {
	if iri == "" || r.ns.Owns(iri) {
		return nil
	}
	if known, err := r.past.Knows(ctx, iri); err != nil || known {
		return err
	}
	doc, err := r.fetch(ctx, iri)
	if err != nil {
		return err
	}
	if doc.IRI("id") != iri {
		return domain.Fail(domain.Forbidden, "error.origin")
	}
	_, err = r.intake.Take(ctx, doc, how)
	return err
}

// Thread reads what is above a post of another node that answers what is not
// known here, and what else was said in the thread; it is the handler of
// network.JobThread.
func (c *Collections) Thread(ctx context.Context, args network.ThreadArgs) error {
	if known, err := c.past.Knows(ctx, args.Post); err != nil || !known {
		return err // it was deleted meanwhile
	}
	reading, stop := context.WithTimeout(ctx, mostHistoryFor)
	defer stop()
	r := newReading(c)
	if !args.Wide {
		r.only = args.Post
	}
	problem := r.thread(reading, args.Parent)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return c.afterwards(ctx, problem, args.Later)
}

func (r *reading) thread(ctx context.Context, at domain.IRI) error {
	var above []activity.Document
	var first activity.Document
	for range mostAbove {
		if at == "" || r.ns.Owns(at) {
			break
		}
		known, err := r.past.Knows(ctx, at)
		if err != nil {
			return err
		}
		doc, err := r.fetch(ctx, at)
		if err != nil {
			if known || len(above) > 0 && domain.CodeOf(err) != domain.Unavailable {
				break // what is below stands without it
			}
			return err
		}
		if doc.IRI("id") != at {
			return domain.Fail(domain.Forbidden, "error.origin")
		}
		if first = doc; !known {
			above = append(above, doc)
		}
		at = doc.IRI("inReplyTo")
	}
	slices.Reverse(above) // answers find what they answer
	for _, doc := range above {
		if _, err := r.intake.Take(ctx, doc, Taking{Wanted: true, Old: true}); err != nil {
			return err
		}
	}
	if first == nil {
		return nil
	}
	return r.below(ctx, first, 0)
}

// below reads what was said in the thread of a post: by the collection of all
// of it (FEP-f228), or by the answers to each.
func (r *reading) below(ctx context.Context, doc activity.Document, depth int) error {
	id := doc.IRI("id")
	at := doc.IRI("context")
	whole := depth == 0 && at != "" && at != id && domain.SameOrigin(at, id)
	var items []domain.IRI
	var problem error
	if whole {
		items, problem = r.listed(ctx, at)
		whole = problem == nil && len(items) > 0
	}
	if !whole {
		if at, _ = doc.Reference("replies"); at == "" || !domain.SameOrigin(at, id) {
			return problem
		}
		if items, problem = r.listed(ctx, at); problem != nil {
			return problem
		}
	}
	for _, iri := range items {
		if iri == id || r.ns.Owns(iri) {
			continue
		}
		if known, err := r.past.Knows(ctx, iri); err != nil {
			return err
		} else if known {
			continue
		}
		answer, err := r.fetch(ctx, iri)
		switch {
		case err == errEnough: //nolint:errorlint // the very one
			continue
		case domain.CodeOf(err) == domain.Unavailable:
			problem = err
			continue
		case err != nil || answer.IRI("id") != iri:
			continue
		}
		to := answer.IRI("inReplyTo")
		if to == "" {
			continue // it is no part of the thread
		}
		if known, err := r.past.Knows(ctx, to); err != nil || !known {
			if err != nil {
				return err
			}
			continue
		}
		if taken, err := r.intake.Take(ctx, answer, Taking{Wanted: true, Old: true}); err != nil || taken.Kind == "" || whole || depth+1 >= mostBelow {
			continue
		}
		if err := r.below(ctx, answer, depth+1); err != nil {
			problem = err
		}
	}
	return problem
}

// listed are the addresses in a collection, on its pages, which are of its own
// server.
func (r *reading) listed(ctx context.Context, collection domain.IRI) (items []domain.IRI, err error) {
	doc, err := r.fetch(ctx, collection)
	if err != nil {
		return nil, err
	}
	seen := map[domain.IRI]bool{collection: true}
	for range mostHistoryPages {
		for _, iri := range references(doc, "orderedItems", "items") {
			if items = append(items, iri); len(items) == mostInThread {
				return items, nil
			}
		}
		next := doc.IRI("next")
		if first := doc.Object("first"); len(first) > 1 {
			doc = first
			continue
		}
		if next == "" {
			next = doc.IRI("first")
		}
		if next == "" || seen[next] || !domain.SameOrigin(next, collection) {
			return items, nil
		}
		seen[next] = true
		if doc, err = r.fetch(ctx, next); err != nil {
			return items, err
		}
	}
	return items, nil
}
