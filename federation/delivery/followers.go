package delivery

import (
	"bytes"
	"context"
	"sync"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/httpsig"
)

// Followers tells with what the followers of a local actor are compared.
type Followers interface {
	// FollowerDigests returns a public actor and the digests of its followers
	// by host. Errors: NotFound for any other actor.
	FollowerDigests(ctx context.Context, actor domain.ActorID) (*network.Actor, map[string]*network.FollowersDigest, error)
}

// The digests of an actor serve a fan-out: they are read once a minute, for all
// hosts together, and of so many actors at once. One that is too old costs the
// other side one look at the list, which is always the newest.
const (
	digestFor  = time.Minute
	mostActors = 256
)

// digests remembers what was read.
type digests struct {
	mu sync.Mutex
	of map[domain.ActorID]*actorDigests
}

type actorDigests struct {
	until  time.Time
	read   sync.Once
	actor  *network.Actor // nil if there is none
	byHost map[string]*network.FollowersDigest
}

// get finds the place of an actor's digests, which may be still to be read.
func (d *digests) get(actor domain.ActorID, now time.Time) *actorDigests {
	d.mu.Lock()
	defer d.mu.Unlock()
	if known := d.of[actor]; known != nil && now.Before(known.until) {
		return known
	}
	if d.of == nil || len(d.of) >= mostActors {
		d.of = map[domain.ActorID]*actorDigests{}
	}
	fresh := &actorDigests{until: now.Add(digestFor)}
	d.of[actor] = fresh
	return fresh
}

// followers is what a delivery to the followers of its actor says of those on
// its host (FEP-8fcf); "" for any other delivery.
func (w *Worker) followers(ctx context.Context, d *network.Delivery) string {
	if w.o.Followers == nil || !bytes.Contains(d.Raw, []byte(`/followers"`)) {
		return ""
	}
	known := w.digests.get(d.Actor, w.o.Now())
	known.read.Do(func() {
		actor, byHost, err := w.o.Followers.FollowerDigests(ctx, d.Actor)
		if err == nil {
			known.actor, known.byHost = actor, byHost
		} else if domain.CodeOf(err) != domain.NotFound {
			w.o.Log.Warn("digest of followers", "actor", d.Actor, "error", err)
		}
	})
	digest := known.byHost[d.Host]
	if digest == nil || digest.Count > network.MostCompared || !bytes.Contains(d.Raw, []byte(`"`+known.actor.Followers+`"`)) {
		return ""
	}
	return httpsig.FollowersHeader{
		Collection: string(known.actor.Followers), URL: string(known.actor.IRI) + network.SyncPath, Digest: digest.String(),
	}.String()
}
