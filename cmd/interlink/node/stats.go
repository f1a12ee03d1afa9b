package node

import (
	"context"

	"interlink/domain"
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

// Verify walks the chain of events, which is the audit log, and returns how
// many there are. Errors: Internal, naming the first that was altered or is
// missing.
func (n *Node) Verify(ctx context.Context) (int64, error) { return n.stores.events.Verify(ctx) }

// CheckHandles asks the host of the handles for this node's catalogue, as other
// servers do. Errors: NotFound if that host does not lead here, Unavailable.
func (n *Node) CheckHandles(ctx context.Context) error {
	iri, host, err := n.federation.client.Finger(ctx, "@"+n.shelf.Name+"@"+n.Namespace.HandleHost())
	if err == nil && (iri != n.shelf.IRI || host != n.Namespace.HandleHost()) {
		err = domain.Fail(domain.NotFound, "error.not_found_there", host)
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
