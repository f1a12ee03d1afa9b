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
	ticker := time.NewTicker(askSourcesEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		if err := n.Exchange.AskDue(ctx); err != nil && ctx.Err() == nil {
			n.o.Log.Error("ask for the imports that are due", "error", err)
		}
	}
}
