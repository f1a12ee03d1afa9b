package inbox

import (
	"context"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/httpsig"
)

// Comparisons are the commands that compare followers with other servers
// (FEP-8fcf).
type Comparisons interface {
	ReceiveDigest(ctx context.Context, actor, collection domain.IRI, args network.CompareArgs) error
	ReceiveFollowers(ctx context.Context, by *network.Actor, listed []domain.IRI, asked time.Time) error
}

// CompareBy sets what compares the followers of those who send.
func (h *Handler) CompareBy(c Comparisons) { h.comparisons = c }

// compare looks at what a request says of its actor's followers here, if the
// actor signed it; of one digest once in a while. It never fails the request.
func (h *Handler) compare(ctx context.Context, req *request) {
	if h.comparisons == nil || req.followers == "" || req.brought || req.signer != req.in.Actor {
		return
	}
	said, err := httpsig.ReadFollowers(req.followers)
	if err != nil || !h.compared.due(string(req.signer)+" "+said.Digest, h.mint.Now()) {
		return
	}
	args := network.CompareArgs{URL: domain.IRI(said.URL), Digest: said.Digest}
	if err := h.comparisons.ReceiveDigest(ctx, req.signer, domain.IRI(said.Collection), args); err != nil {
		h.log.Warn("inbox: compare followers", "actor", req.signer, "error", err)
	}
}

// comparePages is how many pages of a list of followers are read.
const comparePages = 10

// Compare makes the handler of network.JobCompare: it reads whom the server of
// an actor lists as followers of this node. A list that cannot be read now, or
// is not what the digest was made of, changes nothing: the next digest asks
// again.
func (c *Collections) Compare(commands Comparisons) func(context.Context, network.CompareArgs) error {
	return func(ctx context.Context, args network.CompareArgs) error {
		by, err := c.actors.Actor(ctx, args.Followed)
		if err != nil {
			return err
		}
		asked := c.now()
		listed, err := c.followersListed(ctx, args.URL)
		if err == nil && network.DigestOf(listed).String() != args.Digest {
			err = domain.Fail(domain.Invalid, "error.document")
		}
		if err != nil && ctx.Err() == nil {
			c.log.Info("followers cannot be compared", "actor", by.IRI, "error", err)
			return nil
		}
		if err != nil {
			return err
		}
		return commands.ReceiveFollowers(ctx, by, listed, asked)
	}
}

// followersListed reads a list, each item once. Errors: Invalid for one of too
// many pages or items, or with pages elsewhere.
func (c *Collections) followersListed(ctx context.Context, at domain.IRI) (listed []domain.IRI, err error) {
	doc, err := c.intake.Fetch(ctx, at)
	if err == nil && doc.IRI("id") != at {
		err = domain.Fail(domain.Invalid, "error.id_elsewhere", string(at))
	}
	if err != nil {
		return nil, err
	}
	seen, step := map[domain.IRI]bool{}, "first"
	for pages := 0; ; pages++ {
		for _, iri := range append(doc.IRIs("orderedItems"), doc.IRIs("items")...) {
			if !seen[iri] {
				seen[iri], listed = true, append(listed, iri)
			}
		}
		next, page := doc.Reference(step)
		step = "next"
		switch {
		case next == "" && page == nil:
			return listed, nil
		case pages == comparePages || len(listed) > network.MostCompared:
			return nil, domain.Fail(domain.Invalid, "error.document_size")
		case page != nil: // it is in the document already
			doc = page
			continue
		case !domain.SameOrigin(next, at):
			return nil, domain.Fail(domain.Invalid, "error.origin")
		}
		if doc, err = c.intake.Fetch(ctx, next); err != nil {
			return nil, err
		}
	}
}
