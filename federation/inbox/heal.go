package inbox

import (
	"context"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// maxHealed is how many entries are read again in one check; the next one
// goes on.
const maxHealed = 1_000

// Check compares the copies of a followed catalogue with its digest, and
// reads what differs; it is the handler of catalogue.JobCheck. A catalogue
// that has no digest is left as it is.
func (c *Collections) Check(ctx context.Context, args network.BackfillArgs) error {
	owner, err := c.catalogue(ctx, args.Catalogue)
	if err != nil {
		return err
	}
	if fresh, err := c.directory.Refresh(ctx, owner.IRI); err == nil && fresh.Entries != "" {
		owner = fresh
	} else if err != nil {
		return c.copies.Checked(ctx, owner.ID, err)
	}
	left, err := c.heal(ctx, owner)
	if domain.Ours(err) {
		return err
	}
	if err == nil && left > 0 {
		err = domain.Fail(domain.Conflict, "error.conflict") // not all as it is there yet
	}
	return c.copies.Checked(ctx, owner.ID, err)
}

// heal reads what differs, and returns how much of that is left.
func (c *Collections) heal(ctx context.Context, owner *network.Actor) (left int, err error) {
	doc, err := c.intake.Fetch(ctx, owner.Entries)
	if err != nil {
		return 0, err
	}
	at := doc.IRI("interlink:digest")
	if !domain.SameOrigin(at, owner.Entries) {
		return 0, nil
	}
	if doc, err = c.intake.Fetch(ctx, at); err != nil {
		return 0, err
	}
	there, items, err := activity.ReadDigest(doc)
	if err == nil {
		err = c.bury(ctx, owner, doc.IRI("interlink:deleted"))
	}
	if err != nil {
		return 0, err
	}
	marks, err := c.copies.CopyMarks(ctx, owner.ID)
	if err != nil {
		return 0, err
	}
	for _, part := range catalogue.DigestOf(marks).Differing(there) {
		var listed []catalogue.Mark
		if items[part] != "" {
			if doc, err = c.intake.Fetch(ctx, items[part]); err != nil {
				return 0, err
			}
			if listed, err = activity.ReadPart(doc); err != nil {
				return 0, err
			}
		}
		read, ask := catalogue.Difference(catalogue.InPart(marks, part), listed)
		for _, iri := range append(read, ask...) {
			if left++; left > maxHealed {
				continue
			}
			if err := c.again(ctx, owner, iri); err != nil {
				return 0, err
			}
		}
	}
	return max(0, left-maxHealed), nil
}

// bury erases the copies of what a catalogue says it deleted.
func (c *Collections) bury(ctx context.Context, owner *network.Actor, at domain.IRI) error {
	if !domain.SameOrigin(at, owner.Entries) {
		return nil
	}
	doc, err := c.intake.Fetch(ctx, at)
	if err != nil {
		return err
	}
	deleted, err := activity.ReadDeleted(doc)
	for _, iri := range deleted {
		if err == nil {
			err = c.copies.ReceiveDeletion(ctx, owner, iri)
		}
	}
	return err
}

// again reads one entry from its own server: it is kept as it is there, erased
// if it was deleted, or withdrawn if it is not found. What its server says of it otherwise
// changes nothing.
func (c *Collections) again(ctx context.Context, owner *network.Actor, iri domain.IRI) error {
	doc, err := c.intake.Fetch(ctx, iri)
	switch domain.CodeOf(err) {
	case domain.OK:
	case domain.Gone:
		return c.copies.ReceiveDeletion(ctx, owner, iri)
	case domain.NotFound:
		return c.copies.ReceiveLoss(ctx, owner, iri)
	case domain.Unavailable, domain.Internal:
		return err
	default:
		return nil
	}
	_, err = c.intake.Take(ctx, doc, Taking{Sender: owner, Update: true, Wanted: true})
	switch domain.CodeOf(err) {
	case domain.Unavailable, domain.Internal:
		return err
	}
	return nil
}

// Read reads one entry again that changed more often than is taken at once; it
// is the handler of catalogue.JobRead.
func (c *Collections) Read(ctx context.Context, args catalogue.ReadArgs) error {
	doc, err := c.intake.Fetch(ctx, args.Entry)
	if err != nil {
		return err
	}
	owner, err := c.directory.Actor(ctx, doc.IRI("attributedTo"))
	if err != nil {
		return err
	}
	_, err = c.intake.Take(ctx, doc, Taking{Sender: owner, Update: true, Wanted: true})
	return err
}

// List reads a trust list that this node subscribed to, with the proof of
// whom it is attributed to (FEP-8b32); it is the handler of
// catalogue.JobList.
func (c *Collections) List(ctx context.Context, args catalogue.ListArgs) error {
	list, err := c.list(ctx, args.List)
	if domain.Ours(err) {
		return err
	}
	return c.copies.ReceiveList(ctx, args.List, list, err)
}

func (c *Collections) list(ctx context.Context, iri domain.IRI) (*catalogue.TrustList, error) {
	doc, err := c.intake.Fetch(ctx, iri)
	if err != nil {
		return nil, err
	}
	list, err := activity.ReadTrustList(doc)
	if err != nil {
		return nil, err
	}
	if !c.proofs.Of(ctx, doc, list.Owner) {
		return nil, domain.Fail(domain.Invalid, "error.signature")
	}
	return list, nil
}
