package storage_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// town is a node with a community, people here and elsewhere.
type town struct {
	*sender
	service *community.Service
	network *network.Service
	owner   policy.Viewer
	member  policy.Viewer
	outside policy.Viewer
	group   *community.Community
}

func newTown(t *testing.T, db *storage.DB) *town {
	t.Helper()
	s := newSender(t, db)
	net := network.NewService(s.net, s.mint, s.ns, network.NewGate(storage.NewRules(s.db), s.mint, s.ns, false))
	w := &town{sender: s, network: net, service: community.NewService(storage.NewCommunities(db), s.net, noOrganization, s.mint, s.ns)}
	w.owner, w.member, w.outside = w.person("owner"), w.person("member"), w.person("outside")
	group, err := w.service.Create(t.Context(), w.owner, "parks", community.Details{Title: domain.Text{"en": "Parks"}})
	if err != nil {
		t.Fatal(err)
	}
	w.group = group
	if _, err := net.Follow(t.Context(), w.member, w.member.Actor, group.ID); err != nil {
		t.Fatal(err)
	}
	return w
}

// noOrganization answers for a node without organisations.
func noOrganization(context.Context, domain.ActorID) (policy.Facts, error) {
	return nil, domain.Fail(domain.NotFound, "error.not_found")
}

func (w *town) person(name string) policy.Viewer {
	w.t.Helper()
	a := network.NewLocal(w.mint, w.ns, network.TypePerson, network.SubjectPerson, name, "users", name)
	if err := w.net.AddLocalActor(w.t.Context(), a); err != nil {
		w.t.Fatal(err)
	}
	return policy.Viewer{Actor: a.ID, Role: policy.RoleMember}
}

func (w *town) home(v policy.Viewer) []string { return w.homeOf(v, community.HomeFilter{}) }

func (w *town) homeOf(v policy.Viewer, f community.HomeFilter) []string {
	w.t.Helper()
	list, err := w.service.HomeOf(w.t.Context(), v, f, domain.Page{Limit: 100})
	if err != nil {
		w.t.Fatal(err)
	}
	var out []string
	for _, it := range list.Items {
		if it.Post == nil {
			out = append(out, it.Kind)
			continue
		}
		out = append(out, strings.TrimSuffix(strings.TrimPrefix(it.Post.Content, "<p>"), "</p>"))
	}
	return out
}

func TestCommunityPosts(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "posts", func(t *testing.T, db *storage.DB) {
		ctx, w := t.Context(), newTown(t, db)
		news, err := w.service.Post(ctx, w.owner, "parks", community.Draft{Content: "The park **opens**"})
		if err != nil || news.Author != w.group.ID {
			t.Fatalf("news by %v, %v; want by the community", news, err)
		}
		post, err := w.service.Post(ctx, w.member, "parks", community.Draft{Content: "More benches"})
		if err != nil || post.Author != w.member.Actor {
			t.Fatalf("a member's post by %v, %v", post, err)
		}
		if _, err := w.service.Post(ctx, w.outside, "parks", community.Draft{Content: "x"}); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("somebody who does not follow posted: %v", err)
		}
		if _, err := w.service.Post(ctx, policy.Viewer{}, "parks", community.Draft{Content: "x"}); domain.CodeOf(err) != domain.Unauthenticated {
			t.Errorf("nobody posted: %v", err)
		}
		if _, err := w.service.Post(ctx, w.owner, "parks", community.Draft{Content: "  "}); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("an empty post: %v", err)
		}
		reply, err := w.service.Post(ctx, w.member, "parks", community.Draft{Content: "Great", InReplyTo: news.ID})
		if err != nil || reply.InReplyTo != news.IRI {
			t.Fatalf("reply %+v, %v", reply, err)
		}
		if got := w.home(w.member); len(got) != 3 {
			t.Errorf("home of a follower: %v", got)
		}
		if got := w.home(w.outside); len(got) != 0 {
			t.Errorf("home of a stranger: %v", got)
		}
		thread, err := w.service.Thread(ctx, w.outside, reply.ID, domain.Page{})
		if err != nil || len(thread.Ancestors) != 1 {
			t.Errorf("thread: %+v, %v", thread, err)
		}
		if err := w.service.DeletePost(ctx, w.outside, post.ID); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("a stranger deleted: %v", err)
		}
		if err := w.service.DeletePost(ctx, w.owner, post.ID); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("the administrator removed a post without a reason: %v", err)
		}
		if err := w.service.RemovePost(ctx, w.owner, post.ID, community.Grounds{Reason: "Off topic"}); err != nil {
			t.Errorf("the administrator may moderate: %v", err)
		}
		if _, err := w.service.PostByID(ctx, w.member, post.ID); domain.CodeOf(err) != domain.Gone {
			t.Errorf("a deleted post: %v", err)
		}
		if got := w.home(w.member); len(got) != 2 {
			t.Errorf("home after the deletion: %v", got)
		}
		if _, err := w.service.EditPost(ctx, w.owner, news.ID, news.Revision, "The park is open"); err != nil {
			t.Errorf("edit: %v", err)
		}
		if _, err := w.service.EditPost(ctx, w.owner, news.ID, 1, "Again"); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("a lost edit: %v", err)
		}
	})
}

// TestHomeOfOneSort: a home is narrowed to what one sort of those that are
// followed published or passed on, also where another passed it on later.
func TestHomeOfOneSort(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "home", func(t *testing.T, db *storage.DB) {
		ctx, w := t.Context(), newTown(t, db)
		followed := map[community.Followed]*network.Actor{}
		for from, a := range map[community.Followed]*network.Actor{
			community.FollowedPeople:     network.NewLocal(w.mint, w.ns, network.TypePerson, network.SubjectPerson, "ana", "users", "ana"),
			community.FollowedProcesses:  network.NewLocal(w.mint, w.ns, network.TypeGroup, network.SubjectProcess, "paths", "processes", "paths"),
			community.FollowedCatalogues: network.NewLocal(w.mint, w.ns, network.TypeService, network.SubjectCatalogue, "catalogue", "catalogue"),
		} {
			if err := w.net.AddLocalActor(ctx, a); err != nil {
				t.Fatal(err)
			}
			if _, err := w.network.Follow(ctx, w.member, w.member.Actor, a.ID); err != nil {
				t.Fatal(err)
			}
			followed[from] = a
		}
		news, err := w.service.Post(ctx, w.owner, "parks", community.Draft{Content: "News #Trees"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.service.Post(ctx, w.member, "parks", community.Draft{Content: "My own"}); err != nil {
			t.Fatal(err)
		}
		if err := w.service.FollowTag(ctx, w.member, "trees"); err != nil {
			t.Fatal(err)
		}
		for _, from := range []community.Followed{community.FollowedProcesses, community.FollowedCatalogues, community.FollowedPeople} {
			if got := w.homeOf(w.member, community.HomeFilter{From: from}); len(got) != 0 {
				t.Errorf("%s: %q before anything is passed on", from, got)
			}
			if err := w.service.ReceiveAnnounce(ctx, followed[from], community.Announcement{Kind: community.ObjectPost, ID: news.ID, IRI: news.IRI, At: noon}); err != nil {
				t.Fatal(err)
			}
			if got := w.homeOf(w.member, community.HomeFilter{From: from}); len(got) != 1 || !strings.HasPrefix(got[0], "News") {
				t.Errorf("%s: %q", from, got)
			}
		}
		for from, n := range map[community.Followed]int{community.FollowedAny: 2, community.FollowedCommunities: 2, community.FollowedTags: 1} {
			if got := w.homeOf(w.member, community.HomeFilter{From: from}); len(got) != n {
				t.Errorf("%q: %q; want %d", from, got, n)
			}
		}
		if got := w.homeOf(w.member, community.HomeFilter{From: community.FollowedCommunities, Kind: community.HomePolls}); len(got) != 0 {
			t.Errorf("polls: %q", got)
		}
	})
}

func TestPostsFromElsewhere(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "receive", func(t *testing.T, db *storage.DB) {
		ctx, w := t.Context(), newTown(t, db)
		ana := w.follower("far.example", "ana", false)
		ana.Followers = ana.IRI + "/followers"
		post := func(n int, to ...domain.IRI) community.Remote {
			iri := domain.IRI(fmt.Sprintf("https://far.example/p/%d", n))
			in := community.Remote{IRI: iri, Type: "Note", Author: ana, Content: fmt.Sprintf("<p>%d<script>x</script></p>", n), Addressed: to, Published: noon}
			for _, a := range to {
				if a == "https://www.w3.org/ns/activitystreams#Public" {
					in.Public, in.Listed = true, true
				}
			}
			return in
		}
		const public = "https://www.w3.org/ns/activitystreams#Public"
		if p, err := w.service.ReceivePost(ctx, post(1, public)); err != nil || p != nil {
			t.Fatalf("a post nobody here reads was kept: %v, %v", p, err)
		}
		if _, err := w.network.Follow(ctx, w.outside, w.outside.Actor, ana.ID); err != nil {
			t.Fatal(err)
		}
		if err := w.network.ReceiveFollowAnswer(ctx, ana, w.outside.Actor, true); err != nil {
			t.Fatal(err)
		}
		for range 2 { // twice is once
			if p, err := w.service.ReceivePost(ctx, post(2, public)); err != nil || p.Content != "<p>2</p>" || p.Visibility != community.Public {
				t.Fatalf("received %+v, %v", p, err)
			}
		}
		if _, err := w.service.ReceivePost(ctx, post(3, ana.Followers)); err != nil {
			t.Fatal(err)
		}
		member, err := w.net.Actor(ctx, w.member.Actor)
		if err != nil {
			t.Fatal(err)
		}
		direct, err := w.service.ReceivePost(ctx, post(4, member.IRI))
		if err != nil || direct.Visibility != community.Direct {
			t.Fatalf("direct %+v, %v", direct, err)
		}
		if got := w.home(w.outside); len(got) != 2 {
			t.Errorf("the follower sees %v, want 3 and 2", got)
		}
		if _, err := w.service.PostByID(ctx, w.outside, direct.ID); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("a direct post was shown to somebody else: %v", err)
		}
		if _, err := w.service.PostByID(ctx, w.member, direct.ID); err != nil {
			t.Errorf("a direct post was kept from whom it is for: %v", err)
		}
		timeline, err := w.service.Timeline(ctx, policy.Viewer{}, ana.ID, domain.Page{})
		if err != nil || len(timeline.Items) != 1 {
			t.Errorf("the public feed of ana has %d items, want the public one; %v", len(timeline.Items), err)
		}
		group, err := w.service.ReceivePost(ctx, post(5, public, w.group.IRI))
		if err != nil || group.Community != w.group.ID {
			t.Fatalf("addressed to the community: %+v, %v", group, err)
		}
		update := post(2, public)
		update.Updated, update.Content = noon.AddDate(0, 0, 1), "<p>two</p>"
		if p, err := w.service.ReceiveUpdate(ctx, update); err != nil || p.Content != "<p>two</p>" || !p.Published.Equal(noon) {
			t.Errorf("update: %+v, %v", p, err)
		}
		mallory := w.follower("evil.example", "mallory", false)
		update.Author = mallory
		if _, err := w.service.ReceiveUpdate(ctx, update); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("somebody else's update: %v", err)
		}
		if err := w.service.ReceiveDeletion(ctx, mallory, update.IRI, ""); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("somebody else's deletion: %v", err)
		}
		if err := w.service.ReceiveDeletion(ctx, ana, update.IRI, ""); err != nil {
			t.Fatal(err)
		}
		if _, err := w.service.PostByIRI(ctx, w.outside, update.IRI); domain.CodeOf(err) != domain.Gone {
			t.Errorf("after the deletion: %v", err)
		}
		forged := post(9, public)
		forged.IRI = "https://elsewhere.example/p/9"
		if _, err := w.service.ReceivePost(ctx, forged); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("a post of another origin: %v", err)
		}
		if _, remote, err := w.service.Counts(ctx); err != nil || remote != 3 {
			t.Errorf("%d remote posts, want 3; %v", remote, err)
		}
	})
}
