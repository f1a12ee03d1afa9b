package inbox

import (
	"cmp"
	"context"

	"interlink/domain"
	"interlink/domain/lineage"
	"interlink/federation/activity"
)

// Head reads what another node says of a process as a whole, to be cloned; it
// implements lineage.Reader. Errors: Invalid for what is no process, NotFound,
// Gone, Unavailable.
func (c *Collections) Head(ctx context.Context, iri domain.IRI) (lineage.Head, error) {
	var h lineage.Head
	if _, err := c.directory.Refresh(ctx, iri); err != nil {
		return h, err // the Offer needs its inbox
	}
	doc, err := c.intake.Fetch(ctx, iri)
	if err != nil {
		return h, err
	}
	if h.SourceProcess, h.Tree, h.Resources, err = activity.ReadProcess(doc); err != nil {
		return h, err
	}
	if doc, err = c.intake.Fetch(ctx, h.Tree); err != nil {
		return h, err
	}
	said := activity.ReadTree(doc)
	h.Version, h.Digest, h.Total = cmp.Or(said.Version, h.Version), said.Digest, max(0, said.Total)
	return h, nil
}

// Page reads one page of the tree or the resources of a process; it implements
// lineage.Reader. The address of a collection stands for its first page.
func (c *Collections) Page(ctx context.Context, at domain.IRI) (lineage.SourcePage, error) {
	var page lineage.SourcePage
	doc, err := c.intake.Fetch(ctx, at)
	if err != nil {
		return page, err
	}
	objects := doc.Objects("orderedItems")
	if first := doc.IRI("first"); first != at && domain.SameOrigin(first, at) && len(objects) == 0 {
		if doc, err = c.intake.Fetch(ctx, first); err != nil {
			return page, err
		}
		at, objects = first, doc.Objects("orderedItems")
	}
	for _, object := range objects[:min(len(objects), maxOnPage)] {
		if item, ok := activity.ReadItem(object); ok {
			page.Items = append(page.Items, item)
		} else if r, ok := activity.ReadResource(object); ok {
			page.Resources = append(page.Resources, r)
		}
	}
	if next := doc.IRI("next"); next != at {
		page.Next = next
	}
	return page, nil
}

// Source reads a process of another node with the headings of its items, to be
// looked at.
// Errors: those of [Collections.Head]; TooLarge; Invalid if its node says
// that it is another.
func (c *Collections) Source(ctx context.Context, iri domain.IRI) (lineage.SourceProcess, error) {
	for try := 1; ; try++ {
		head, err := c.Head(ctx, iri)
		if err != nil {
			return head.SourceProcess, err
		}
		source, sum := head.SourceProcess, lineage.NewDigester()
		err = c.walk(ctx, head.Tree, func(doc activity.Document) error {
			if item, ok := activity.ReadItem(doc); ok {
				sum.Add(item)
				source.Items = append(source.Items, item.Heading())
			}
			return nil
		})
		if err != nil || head.Digest == "" || sum.Sum() == head.Digest {
			return source, err
		}
		if after, err := c.Head(ctx, iri); err != nil || after.Digest == head.Digest || try == mostReadings {
			return source, domain.Fail(domain.Invalid, "clone.digest_differs", iri.Host()).Because(err)
		} // else somebody worked there while it was read
	}
}

// Along counts the public resources of a process of another node, as that says;
// which of them go along with a clone is by the licence of each.
func (c *Collections) Along(ctx context.Context, iri domain.IRI) (int, error) {
	doc, err := c.intake.Fetch(ctx, iri)
	if err != nil {
		return 0, err
	}
	_, _, at, err := activity.ReadProcess(doc)
	if err != nil || at == "" {
		return 0, err
	}
	if doc, err = c.intake.Fetch(ctx, at); err != nil {
		return 0, err
	}
	return max(0, int(doc.Int("totalItems"))), nil
}

// mostReadings is how often a tree is read that changes meanwhile.
const mostReadings = 3
