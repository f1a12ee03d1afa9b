package node

import (
	"context"
	"net/http"
	"time"

	"interlink/domain"
	"interlink/federation/remote"
	"interlink/storage"
)

// maxWebhookAnswer is how much of an answer is read: nothing of it is used.
const maxWebhookAnswer = 1 << 10

// postWebhook implements webhook.Post, with the client that may ask other
// servers.
func (n *Node) postWebhook(ctx context.Context, to domain.IRI, header map[string]string, body []byte) (int, error) {
	of := http.Header{}
	for name, value := range header {
		of.Set(name, value)
	}
	answer, err := n.federation.client.Call(ctx, remote.Call{Method: http.MethodPost, URL: to, Header: of, Body: body, Limit: maxWebhookAnswer, Cut: true})
	return answer.Status, err
}

// tellWebhooks makes the posts of what happens in processes, until ctx ends.
func (n *Node) tellWebhooks(ctx context.Context) error {
	events := n.db.Watch(storage.TopicEvents)
	for ctx.Err() == nil {
		did, err := n.Webhooks.Step(ctx)
		if err != nil && ctx.Err() == nil {
			n.o.Log.Error("tell webhooks of events", "error", err)
		}
		if did > 0 && err == nil {
			continue
		}
		timer := time.NewTimer(time.Second) // another process may have changed something
		select {
		case <-ctx.Done():
		case <-events:
		case <-timer.C:
		}
		timer.Stop()
	}
	return nil
}
