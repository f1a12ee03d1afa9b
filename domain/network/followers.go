package network

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"interlink/domain"
)

// FollowersDigest is what two servers compare the followers of an actor by
// (FEP-8fcf): the XOR of the SHA-256 of their addresses.
type FollowersDigest struct {
	Count int
	sum   [sha256.Size]byte
}

// Add counts a follower in.
func (d *FollowersDigest) Add(iri domain.IRI) {
	d.Count++
	for i, b := range sha256.Sum256([]byte(iri)) {
		d.sum[i] ^= b
	}
}

// String is the digest in hexadecimal digits.
func (d *FollowersDigest) String() string { return hex.EncodeToString(d.sum[:]) }

// DigestOf makes the digest of followers, each of which is there once.
func DigestOf(followers []domain.IRI) *FollowersDigest {
	d := new(FollowersDigest)
	for _, iri := range followers {
		d.Add(iri)
	}
	return d
}

// MostCompared is how many followers of one actor a host may have to be
// compared: their list is one document.
const MostCompared = 5_000

// SyncPath is where, below a local actor, its followers are listed, to each host
// its own; the name is Mastodon's.
const SyncPath = "/followers_synchronization"

// The bounds of a comparison: how often there is one of an actor, and how many
// follows are taken back that nobody here knows of.
const (
	compareEvery = time.Hour
	mostUnknown  = 100
)

// JobCompare asks to compare which people of this node follow an actor with
// whom its own server lists.
const JobCompare = "followers.compare"

// CompareArgs are the arguments of [JobCompare].
type CompareArgs struct {
	Followed domain.ActorID `json:"followed"`
	URL      domain.IRI     `json:"url"`
	Digest   string         `json:"digest"`
}

// FollowersStore keeps what is compared.
type FollowersStore interface {
	// FollowerIRIs lists the accepted followers of an actor on a host, "" for
	// this node, at most limit.
	FollowerIRIs(ctx context.Context, followed domain.ActorID, host string, limit int) ([]domain.IRI, error)
	// SaveComparison notes when an actor's followers were compared, unless
	// they were after a time. Errors: Conflict.
	SaveComparison(ctx context.Context, id domain.ActorID, at, since time.Time, change domain.Change) error
}

// FollowersOn lists the followers of a local actor that are on a host, for
// that host alone. Errors: NotFound if they are too many for a list.
func (s *Service) FollowersOn(ctx context.Context, followed domain.ActorID, host string) ([]domain.IRI, error) {
	followers, err := s.store.FollowerIRIs(ctx, followed, host, MostCompared+1)
	if err == nil && (host == "" || len(followers) > MostCompared) {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	return followers, err
}

// ReceiveDigest takes the digest that the server of a remote actor has of the
// actor's followers here. If ours is another one, a job compares them, at most
// once an hour. What is not of the actor's own server is ignored.
func (s *Service) ReceiveDigest(ctx context.Context, actor, collection domain.IRI, args CompareArgs) error {
	a, err := s.store.ActorByIRI(ctx, actor)
	if domain.CodeOf(err) == domain.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if a.Local() || a.Gone() || a.Followers == "" || collection != a.Followers || !domain.SameOrigin(args.URL, a.IRI) {
		return nil
	}
	ours, err := s.store.FollowerIRIs(ctx, a.ID, "", MostCompared+1)
	if err != nil || len(ours) > MostCompared || DigestOf(ours).String() == args.Digest {
		return err
	}
	now := s.mint.Now()
	args.Followed = a.ID
	job := domain.Job{Kind: JobCompare, Unique: string(a.ID), Args: args, Remote: true}
	err = s.store.SaveComparison(ctx, a.ID, now, now.Add(-compareEvery), domain.Change{Jobs: []domain.Job{job}})
	if domain.CodeOf(err) == domain.Conflict {
		return nil // lately
	}
	return err
}

// ReceiveFollowers takes the list that an actor's own server has of its
// followers here, as it was asked for at a time. Who follows it by our account
// and is not listed was removed. For whoever is listed and does not follow it,
// an Undo is sent; who still waits for the answer was accepted.
func (s *Service) ReceiveFollowers(ctx context.Context, by *Actor, listed []domain.IRI, asked time.Time) error {
	known := make(map[domain.IRI]bool, len(listed))
	for _, iri := range listed {
		known[iri] = true
	}
	if err := s.removeUnlisted(ctx, by, known, asked); err != nil {
		return err
	}
	undone := 0
	for iri := range known {
		if !s.ns.Owns(iri) || undone == mostUnknown {
			continue
		}
		sent, err := s.takeListed(ctx, by, iri)
		if err != nil {
			return err
		}
		if sent {
			undone++
		}
	}
	return nil
}

// removeUnlisted ends the follows of an actor whose follower is not listed. One
// that was accepted since the list was asked for need not be on it.
func (s *Service) removeUnlisted(ctx context.Context, by *Actor, listed map[domain.IRI]bool, asked time.Time) error {
	after := domain.Serial(0)
	for {
		follows, err := s.store.LocalFollows(ctx, by.ID, after, movePage)
		if err != nil {
			return err
		}
		unlisted, err := s.unlisted(ctx, follows, listed, asked)
		if err != nil {
			return err
		}
		for _, follower := range unlisted {
			if err := s.ReceiveFollowAnswer(ctx, by, follower, false); err != nil {
				return err
			}
		}
		if len(follows) < movePage {
			return nil
		}
		after = follows[len(follows)-1].Serial
	}
}

// unlisted are those of some followers that are not listed.
func (s *Service) unlisted(ctx context.Context, follows []*Follow, listed map[domain.IRI]bool, asked time.Time) ([]domain.ActorID, error) {
	var ids []domain.ActorID
	for _, f := range follows {
		if f.AnsweredAt.Before(asked) {
			ids = append(ids, f.Follower)
		}
	}
	followers, err := s.store.Actors(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []domain.ActorID
	for _, follower := range followers {
		if !listed[follower.IRI] {
			out = append(out, follower.ID)
		}
	}
	return out, nil
}

// takeListed looks after one who is listed as a follower; sent reports whether
// an Undo is on its way.
func (s *Service) takeListed(ctx context.Context, by *Actor, iri domain.IRI) (sent bool, err error) {
	follower, err := s.store.ActorByIRI(ctx, iri)
	if domain.CodeOf(err) == domain.NotFound {
		return false, nil
	}
	if err != nil || follower.Gone() {
		return false, err
	}
	f, err := s.store.Follow(ctx, follower.ID, by.ID)
	switch {
	case domain.CodeOf(err) == domain.NotFound:
		f = &Follow{Follower: follower.ID, Followed: by.ID, IRI: s.ns.IRI("activities", string(s.mint.ID()))}
	case err != nil:
		return false, err
	case f.State == FollowPending:
		return false, s.ReceiveFollowAnswer(ctx, by, follower.ID, true)
	case f.State == FollowAccepted:
		return false, nil
	}
	return true, s.store.Record(ctx, domain.Change{Events: []domain.Event{ended(s.mint, f)}})
}
