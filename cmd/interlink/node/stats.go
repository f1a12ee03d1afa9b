package node

import (
	"context"

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
