package storage_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// circle is some groups, the first ones of other nodes, with a post that those
// may share, beside the plainest account of who shares it.
type circle struct {
	*town
	r       *rapid.T
	groups  []*network.Actor
	post    *community.Post
	follows map[[2]int]bool // by follower and followed
	clock   int
	since   map[int]int // when who shares it began to
	ended   map[int]int // how often who is here took it back
}

// The groups of a circle: those elsewhere, the first of which is where the
// post began, come first.
const (
	circleAway = 3
	circleSize = 7
)

func newCircle(w *town, r *rapid.T, n int) *circle {
	c := &circle{town: w, r: r, follows: map[[2]int]bool{}, since: map[int]int{}, ended: map[int]int{}}
	for i := range circleAway {
		c.groups = append(c.groups, w.elsewhere(fmt.Sprintf("group%d.example", i), fmt.Sprint("g", n)))
	}
	for i := range circleSize - circleAway {
		made, err := w.service.Create(w.t.Context(), w.owner, fmt.Sprintf("circle%d_%d", n, i), community.Details{Title: domain.Text{"en": "Circle"}})
		if err != nil {
			r.Fatal(err)
		}
		a, err := w.net.Actor(w.t.Context(), made.ID)
		if err != nil {
			r.Fatal(err)
		}
		c.groups = append(c.groups, a)
	}
	home := c.groups[0]
	p, err := w.service.ReceivePost(w.t.Context(), community.Remote{
		IRI: home.IRI + "/1", Author: w.author(fmt.Sprint("p", n)), Content: "A bench", Public: true, Listed: true, Wanted: true,
		Published: time.Now(), Group: home, Addressed: []domain.IRI{home.IRI},
	})
	if err != nil || p == nil || p.Community != home.ID {
		r.Fatalf("the post: %+v (%v)", p, err)
	}
	c.post = p
	return c
}

// elsewhere adds a group of another node.
func (w *town) elsewhere(host, name string) *network.Actor {
	a := w.author(name)
	a.ID, a.Serial, a.Type, a.Host = w.mint.ActorID(), w.mint.Serial(), network.TypeGroup, host
	a.IRI = domain.IRI("https://group0.example/" + host + "/" + name) // one origin, so that the post may be of any
	a.Inbox = a.IRI + "/inbox"
	if err := w.net.SaveRemote(w.t.Context(), a); err != nil {
		w.t.Fatal(err)
	}
	return a
}

// author adds a person of another node.
func (w *town) author(name string) *network.Actor {
	iri := domain.IRI("https://group0.example/users/" + name)
	a := &network.Actor{
		ID: w.mint.ActorID(), Serial: w.mint.Serial(), IRI: iri, Type: network.TypePerson, Name: name, Host: "group0.example",
		Inbox: iri + "/inbox", CreatedAt: noon, UpdatedAt: noon, Visibility: domain.VisiblePublic,
	}
	if err := w.net.SaveRemote(w.t.Context(), a); err != nil {
		w.t.Fatal(err)
	}
	return a
}

// follow has a group here follow another, which agrees.
func (c *circle) follow(a, b int) {
	ctx := c.t.Context()
	if _, err := c.network.Follow(ctx, c.owner, c.groups[a].ID, c.groups[b].ID); err != nil {
		c.r.Fatal(err)
	}
	if b < circleAway {
		if err := c.network.ReceiveFollowAnswer(ctx, c.groups[b], c.groups[a].ID, true); err != nil {
			c.r.Fatal(err)
		}
	}
	c.follows[[2]int{a, b}] = true
}

func (c *circle) unfollow(a, b int) {
	if !c.follows[[2]int{a, b}] {
		return
	}
	ctx, over := c.t.Context(), network.Unfollowed{Follower: c.groups[a].ID, Followed: c.groups[b].ID}
	if err := c.network.Unfollow(ctx, c.owner, over.Follower, over.Followed); err != nil {
		c.r.Fatal(err)
	}
	if err := c.service.Unfollowed(ctx, over); err != nil {
		c.r.Fatal(err)
	}
	delete(c.follows, [2]int{a, b})
	c.settle()
}

// share has a group elsewhere share the post, and in the account everybody who
// has it from there.
func (c *circle) share(a int) {
	if err := c.service.ReceiveAnnounce(c.t.Context(), c.groups[a], community.Announcement{Kind: community.ObjectPost, ID: c.post.ID, IRI: c.post.IRI, At: time.Now()}); err != nil {
		c.r.Fatal(err)
	}
	c.begin(a)
	for next := []int{a}; len(next) > 0; next = next[1:] {
		for b := circleAway; b < circleSize; b++ {
			if c.follows[[2]int{b, next[0]}] && c.since[b] == 0 && c.ended[b] < 3 {
				c.begin(b)
				next = append(next, b)
			}
		}
	}
}

func (c *circle) begin(a int) {
	if c.since[a] == 0 {
		c.clock++
		c.since[a] = c.clock
	}
}

func (c *circle) takeBack(a int) {
	if err := c.service.ReceiveUndoAnnounce(c.t.Context(), c.groups[a].ID, c.post.IRI); err != nil {
		c.r.Fatal(err)
	}
	delete(c.since, a)
	c.settle()
}

// leave has a group elsewhere be deleted.
func (c *circle) leave(a int) {
	if err := c.service.ReceiveAuthorDeletion(c.t.Context(), c.groups[a]); err != nil {
		c.r.Fatal(err)
	}
	delete(c.since, a)
	for b := range circleSize {
		delete(c.follows, [2]int{b, a})
	}
	c.settle()
}

// purge has the host of a group elsewhere be blocked and purged; it is let in
// again, with nothing left of it.
func (c *circle) purge(a int) {
	ctx, host, gate := c.t.Context(), c.groups[a].Host, network.NewGate(storage.NewRules(c.db), c.mint, c.ns, false)
	gate.AbandonBy(c.service.AbandonHost)
	staff := policy.Viewer{Actor: c.owner.Actor, Role: policy.RoleAdmin}
	if _, err := gate.Set(ctx, staff, network.Rule{Host: host, Verdict: network.VerdictBlock}); err != nil {
		c.r.Fatal(err)
	}
	if err := gate.RunPurge(ctx, network.PurgeArgs{Host: host}); err != nil {
		c.r.Fatal(err)
	}
	if err := gate.Lift(ctx, staff, host); err != nil {
		c.r.Fatal(err)
	}
	delete(c.since, a)
	for b := range circleSize {
		delete(c.follows, [2]int{b, a})
	}
	c.settle()
}

// settle ends in the account what has no reason any more.
func (c *circle) settle() {
	var over []int
	for b := circleAway; b < circleSize; b++ {
		if c.since[b] != 0 && !c.founded(b, c.since[b], nil) {
			over = append(over, b)
		}
	}
	for _, b := range over {
		delete(c.since, b)
		c.ended[b]++
	}
}

// founded walks every way from a group to one elsewhere, which counts if it is
// where the post began, or shared it before anybody on the way did.
func (c *circle) founded(b, first int, way []int) bool {
	for a := range circleSize {
		switch {
		case !c.follows[[2]int{b, a}] || c.since[a] == 0 || slices.Contains(way, a):
		case a == 0 || a < circleAway && c.since[a] < first:
			return true
		case a >= circleAway && c.founded(a, min(first, c.since[a]), append(way, b)):
			return true
		}
	}
	return false
}

func (c *circle) check(step string) {
	shares, err := storage.NewCommunities(c.db).Shares(c.t.Context(), c.post.IRI)
	if err != nil {
		c.r.Fatal(err)
	}
	for i, g := range c.groups {
		listed := i >= circleAway // else if a community here follows it
		for b := circleAway; b < circleSize; b++ {
			listed = listed || c.follows[[2]int{b, i}]
		}
		shown := slices.ContainsFunc(shares, func(s community.Share) bool { return s.Group == g.ID })
		if shown != (listed && c.since[i] != 0) {
			c.r.Fatalf("after %s: group %d shares it: %t", step, i, shown)
		}
	}
}

// TestSharesFounded: however groups follow each other, and in whatever order
// they share and take back and stop following, a community shares something as
// long as it has it from where it began, and no longer: a ring holds up nothing.
func TestSharesFounded(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "circle", func(t *testing.T, db *storage.DB) {
		w, n := newTown(t, db), 0
		w.network.SpeakBy(func(ctx context.Context, v policy.Viewer, a *network.Actor) (policy.Facts, error) {
			return w.service.CommunityByID(ctx, v, a.ID)
		})
		rapid.Check(t, func(r *rapid.T) {
			n++
			c := newCircle(w, r, n)
			here, any := rapid.IntRange(circleAway, circleSize-1), rapid.IntRange(0, circleSize-1)
			for _, pair := range rapid.SliceOfN(rapid.Custom(func(r *rapid.T) [2]int { return [2]int{here.Draw(r, "who"), any.Draw(r, "whom")} }), 4, 9).Draw(r, "follows") {
				if pair[0] != pair[1] {
					c.follow(pair[0], pair[1])
				}
			}
			for range rapid.IntRange(2, 8).Draw(r, "steps") {
				step := rapid.SampledFrom([]string{"share", "share", "take back", "follow", "unfollow", "leave", "purge"}).Draw(r, "step")
				a, b, away := here.Draw(r, "a"), any.Draw(r, "b"), rapid.IntRange(0, circleAway-1).Draw(r, "away")
				switch {
				case step == "share":
					c.share(away)
				case step == "take back":
					c.takeBack(away)
				case step == "leave":
					c.leave(away)
				case step == "purge" && away > 0: // the post is of the first one's
					c.purge(away)
				case step == "purge":
				case a == b:
				case step == "follow":
					c.follow(a, b)
				default:
					c.unfollow(a, b)
				}
				c.check(step)
			}
		})
	})
}
