package node

import (
	"context"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue/exchange"
)

// fetchFile implements exchange.Fetch, with the client that may ask other
// servers.
func (n *Node) fetchFile(ctx context.Context, address domain.IRI, known exchange.Stamp, limit int64) (exchange.File, error) {
	read, err := n.federation.client.File(ctx, address, known.ETag, known.Modified, limit)
	return exchange.File{
		From: read.From, Body: read.Body, Unchanged: read.Unchanged, Stamp: exchange.Stamp{ETag: read.ETag, Modified: read.Modified},
	}, err
}

// askSourcesEvery is how often the sources are looked at that are due.
const askSourcesEvery = time.Minute

// askSources asks for the imports that are due, until ctx ends.
func (n *Node) askSources(ctx context.Context) error {
	return n.every(ctx, askSourcesEvery, "ask for the imports that are due", n.Exchange.AskDue)
}
