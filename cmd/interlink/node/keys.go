package node

import (
	"context"
	"log/slog"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/httpsig"
	"interlink/storage"
)

// RotateKeys gives local actors new signing keys: those with the given names,
// or all that have keys. Followers are told by the node that serves. leaked
// ends the old ones at once, without the overlap. It returns who got new keys,
// also beside an error. Errors: NotFound; those of [keyring.Keyring.Rotate].
func (n *Node) RotateKeys(ctx context.Context, names []string, all, leaked bool) ([]*network.Actor, error) {
	var done []*network.Actor
	ids, err := n.keyOwners(ctx, names, all)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		a, err := n.stores.network.Actor(ctx, id)
		if err != nil {
			return done, err
		}
		if a.Gone() {
			continue
		}
		if err := n.federation.keys.Rotate(ctx, id, n.self.ID, leaked); err != nil {
			return done, err
		}
		done = append(done, a)
	}
	return done, nil
}

func (n *Node) keyOwners(ctx context.Context, names []string, all bool) ([]domain.ActorID, error) {
	if all {
		return n.stores.keys.Owners(ctx)
	}
	ids := make([]domain.ActorID, len(names))
	for i, name := range names {
		a, err := n.stores.network.ActorByHandle(ctx, name, "")
		if err != nil {
			return nil, err
		}
		ids[i] = a.ID
	}
	return ids, nil
}

// schemes remembers how requests to hosts must be signed.
type schemes struct {
	hosts *storage.Hosts
	mint  *domain.Mint
	log   *slog.Logger
}

// Scheme implements remote.Schemes.
func (s schemes) Scheme(ctx context.Context, host string) httpsig.Scheme {
	h, err := s.hosts.Host(ctx, host)
	if err != nil {
		return ""
	}
	return httpsig.Scheme(h.Scheme(s.mint.Now()))
}

// Learned implements remote.Schemes.
func (s schemes) Learned(ctx context.Context, host string, scheme httpsig.Scheme) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := s.hosts.LearnScheme(ctx, host, string(scheme), s.mint.Now()); err != nil {
		s.log.Warn("remember how a host takes signatures", "host", host, "error", err)
	}
}
