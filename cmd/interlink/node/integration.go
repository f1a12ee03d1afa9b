package node

import (
	"context"
	"net/http"
	"time"

	"interlink/domain/integration"
	"interlink/federation/remote"
)

// tickets signs for the software Interlinkers of this node.
func (n *Node) tickets() tickets {
	return tickets{secret: n.o.Secret, issuer: n.Namespace.Base(), now: n.mint.Now}
}

// askTool implements integration.Ask, with the client that may ask other
// servers.
func (n *Node) askTool(ctx context.Context, r integration.Request) (integration.Answer, error) {
	header := http.Header{"Accept": {"application/json, */*;q=0.5"}}
	if r.Token != "" {
		header.Set("Authorization", "Bearer "+r.Token)
	}
	answer, err := n.federation.client.Call(ctx, remote.Call{Method: r.Method, URL: r.URL, Header: header, Limit: r.Limit})
	return integration.Answer{Status: answer.Status, Type: answer.MediaType(), Name: answer.FileName(), Body: answer.Body}, err
}

// checkToolsEvery is how often software Interlinkers are looked for that are to
// be asked whether they work.
const checkToolsEvery = time.Minute

// checkTools asks for the checks that are due, until ctx ends.
func (n *Node) checkTools(ctx context.Context) error {
	return n.every(ctx, checkToolsEvery, "ask for the checks of software Interlinkers", n.Integrations.AskChecks)
}
