package node

import (
	"context"
	"io"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/storage"
)

// templates keeps the files of Interlinkers beside those of processes: a file
// is kept once, whatever has it.
type templates struct {
	files coproduction.Files
	store *storage.Processes
	mint  *domain.Mint
	most  int64 // bytes of all files of the node; 0 for any
}

// Receive implements catalogue.Files.
func (t templates) Receive(ctx context.Context, from io.Reader, most int64) (*domain.Incoming, error) {
	if most == 0 {
		most = 1 << 50
	}
	return t.files.Receive(ctx, from, most)
}

// Reserve implements catalogue.Files.
func (t templates) Reserve(ctx context.Context, hash, mediaType string, size int64) error {
	return t.store.ReserveFile(ctx, coproduction.Stored{Hash: hash, Type: mediaType, Size: size}, t.mint.Now(), t.most)
}

// fetchTemplate implements coproduction.Fetch, with the client that may ask
// other servers.
func (n *Node) fetchTemplate(ctx context.Context, address domain.IRI, limit int64) ([]byte, error) {
	read, err := n.federation.client.File(ctx, address, "", "", limit)
	return read.Body, err
}
