package node

import (
	"context"
	"encoding/json"
	"time"

	"interlink/domain"
	"interlink/domain/audit"
	"interlink/domain/network"
	"interlink/storage"
)

// Stats is what the operator sees of a node, and tools read as JSON.
type Stats struct {
	Local       storage.Objects `json:"local"`       // objects of this node, by kind
	Remote      storage.Objects `json:"remote"`      // copies of other nodes' objects
	LocalPosts  int             `json:"localPosts"`  // as Local.Posts
	RemotePosts int             `json:"remotePosts"` // as Remote.Posts
	Queues      network.Queues  `json:"queues"`      // what waits
}

// Verify walks the chain of events, which is the audit log. Errors: those of
// [audit.Verify].
func (n *Node) Verify(ctx context.Context, c audit.Check) (audit.Verified, error) {
	return audit.Verify(ctx, n.stores.events, c)
}

// ProvenHead tells where the chain of events ends, as a document that the node
// has signed (FEP-8b32): who keeps it can prove later what the log was.
func (n *Node) ProvenHead(ctx context.Context) ([]byte, error) {
	head, err := n.Audit.Head(ctx)
	if err != nil {
		return nil, err
	}
	now := n.mint.Now()
	document, err := json.Marshal(map[string]any{
		"@context": []string{"https://www.w3.org/ns/activitystreams", "https://w3id.org/security/data-integrity/v1"},
		"id":       n.Namespace.IRI("log", "head"), "node": n.self.IRI, "seq": head.Seq, "hash": head.Hash, "links": head.Links, "time": now.Format(time.RFC3339),
	})
	if err != nil {
		return nil, err
	}
	return n.federation.keys.Prove(ctx, n.self.ID, document, now)
}

// CheckHandles asks the host of the handles for this node's catalogue, as other
// servers do. Errors: NotFound if that host does not lead here, Unavailable.
func (n *Node) CheckHandles(ctx context.Context) error {
	iri, host, err := n.federation.client.Finger(ctx, "@"+n.shelf.Name+"@"+n.Namespace.HandleHost())
	if err == nil && (iri != n.shelf.IRI || host != n.Namespace.HandleHost()) {
		err = domain.Fail(domain.NotFound, "error.not_found_there", network.ShownHost(host))
	}
	return err
}

// Stats counts what the node has and what waits in its queues.
func (n *Node) Stats(ctx context.Context) (Stats, error) {
	var s Stats
	var err error
	if s.Local, s.Remote, err = n.db.Objects(ctx); err != nil {
		return s, err
	}
	s.LocalPosts, s.RemotePosts = s.Local.Posts, s.Remote.Posts
	s.Queues, err = n.stores.activities.Queues(ctx)
	return s, err
}

// ReadStats counts in the database of a node without opening the rest of it:
// what watches a node asks often.
func ReadStats(ctx context.Context, o Options) (Stats, error) {
	n, err := connect(ctx, o)
	if err != nil {
		return Stats{}, err
	}
	defer n.Close()
	return n.Stats(ctx)
}
