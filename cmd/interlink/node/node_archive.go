package node

import (
	"context"
	"encoding/json"

	"interlink/domain/coproduction"
	"interlink/domain/nodearchive"
	"interlink/federation/document"
	"interlink/federation/inbox"
)

// own takes the whole node along, and brings others. What else a node is to
// have in its archive has a subject here.
func (n *Node) own(files coproduction.Files) {
	s, ns := n.stores, n.Namespace
	proofs := storyProofs{n.federation.documents, inbox.NewBundles(n.federation.intake, n.Network, ns)}
	node := nodearchive.Node{Base: ns.Base(), Name: n.o.Name, Summary: n.o.Summary, Lang: n.o.Language}
	shelf := nodearchive.NewShelf(n.Catalogue, n.Exchange, ns, files, n.Pictures, n.o.Name, n.mint)
	n.NodeArchives = nodearchive.NewService(s.nodeArchives, s.processes, files, []nodearchive.Subject{
		nodearchive.OfSettings(node, n.Legal, n.Gate, n.Catalogue, ns),
		nodearchive.OfOrganizations(n.Organizations, n.Pictures, s.network),
		shelf.Catalogue(),
		shelf.Versions(),
		nodearchive.OfCommunities(n.Communities, n.Portable, n.Organizations, s.nodeArchives),
		nodearchive.OfProcesses(n.Coproduction, n.Portable, n.Organizations, s.nodeArchives),
		nodearchive.OfStories(n.Stories, proofs, files),
		nodearchive.OfFiles(),
	}, n.mint, nodearchive.Head{Schema: ns.Base() + nodearchive.SchemaPath, IRI: n.self.IRI, Name: n.o.Name, Software: Version})
}

// storyProofs writes and reads that by which stories are verified.
type storyProofs struct {
	documents *document.Documents
	*inbox.Bundles
}

// Evidence implements nodearchive.Proofs.
func (p storyProofs) Evidence(ctx context.Context, slug, host string) ([]byte, error) {
	bundle, err := p.documents.Evidence(ctx, slug, host)
	if err != nil {
		return nil, err
	}
	return json.Marshal(bundle)
}

var _ nodearchive.Proofs = storyProofs{}
