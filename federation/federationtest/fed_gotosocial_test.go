package federationtest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/picture"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/federation/federationtest"
)

// acquaintance is a city that meets Bo, who is on a GoToSocial. Ana is a member of
// its community, and a reader follows nobody but Bo.
type acquaintance struct {
	t           *testing.T
	cluster     *federationtest.Cluster
	zaragoza    *city
	ana, reader *signedIn
	peer        *federationtest.GoToSocial
	bo          *federationtest.GoToSocialPerson
	boHere      *network.Actor

	news   *community.Post
	there  string                          // id of the news there
	answer federationtest.GoToSocialStatus // Bo's, to the news
}

// TestFedO16GoToSocial: a GoToSocial, which gives nothing to requests that are
// not signed, and a node find, follow, read, answer, like, share, ask for leave,
// change, delete, block, move and leave. Each step goes on from the one before.
func TestFedO16GoToSocial(t *testing.T) {
	a := &acquaintance{t: t, cluster: federationtest.New(t), peer: federationtest.NewGoToSocial(t)}
	a.zaragoza = newCity(t, a.cluster.Add("Zaragoza", nil))
	a.ana, a.reader = a.zaragoza.signedIn(t, "ana", policy.RoleMember), a.zaragoza.signedIn(t, "reader", policy.RoleMember)
	a.zaragoza.follow(t, a.ana.Viewer, a.ana.Actor, a.zaragoza.handle("mobility"))
	a.bo = a.peer.Person("bo")
	for _, step := range []struct {
		name string
		play func(*acquaintance)
	}{
		{"Bo finds and follows the community, its organisation and Ana", (*acquaintance).follow},
		{"people of the city follow Bo, who lets them", (*acquaintance).followBack},
		{"news arrive whole", (*acquaintance).publish},
		{"a thread goes on in both directions", (*acquaintance).converse},
		{"likes count on both sides, and are taken back", (*acquaintance).like},
		{"what Bo shares is shown to who follows Bo alone, and taken back", (*acquaintance).share},
		{"Bo edits and deletes", (*acquaintance).change},
		{"a member's thread comes as a boost, behind its warning", (*acquaintance).member},
		{"polls count votes of the other side", (*acquaintance).poll},
		{"a story is shown as nobody edited it", (*acquaintance).story},
		{"pictures come with their words", (*acquaintance).pictures},
		{"answers and likes wait for Bo's leave", (*acquaintance).ask},
		{"posts are for whom they are", (*acquaintance).audiences},
		{"the community edits, gets new keys, deletes", (*acquaintance).withdraw},
		{"profiles change on both sides", (*acquaintance).rename},
		{"Bo blocks Ana", (*acquaintance).block},
		{"Bo moves", (*acquaintance).move},
		{"Bo leaves", (*acquaintance).leave},
	} {
		t.Log(step.name)
		if step.play(a); t.Failed() {
			t.FailNow()
		}
	}
}

// until works what came and waits until something is so.
func (a *acquaintance) until(what string, so func() bool) {
	a.t.Helper()
	a.peer.Until(what, func() bool {
		a.cluster.Settle()
		return so()
	})
}

// here waits for a post of Bo, as somebody sees it.
func (a *acquaintance) here(iri domain.IRI, v policy.Viewer) (p *community.Post) {
	a.t.Helper()
	a.until(string(iri)+" is here", func() (found bool) {
		var err error
		p, err = a.zaragoza.Communities.PostByIRI(a.t.Context(), v, iri)
		return err == nil
	})
	return p
}

// shown waits until Bo's timeline shows an object, itself or boosted.
func (a *acquaintance) shown(iri domain.IRI) (found federationtest.GoToSocialStatus) {
	a.t.Helper()
	a.until(string(iri)+" is there", func() bool {
		var home []federationtest.GoToSocialStatus
		a.bo.Call(http.MethodGet, "/api/v1/timelines/home?limit=40", nil, &home)
		i := slices.IndexFunc(home, func(s federationtest.GoToSocialStatus) bool {
			return s.URI == iri || s.Reblog != nil && s.Reblog.URI == iri
		})
		if i >= 0 {
			found = home[i]
		}
		return i >= 0
	})
	return found
}

// reads waits until the page of the news has words, or has them no more.
func (a *acquaintance) reads(words string, want bool) {
	a.t.Helper()
	a.until("the page shows "+words, func() bool {
		return strings.Contains(a.zaragoza.page(a.t, "/posts/"+string(a.news.ID)), words) == want
	})
}

func (a *acquaintance) says(content string) *community.Post {
	a.t.Helper()
	return a.zaragoza.news(a.t, content)
}

func (a *acquaintance) follow() {
	for _, who := range []string{a.zaragoza.handle("mobility"), string(a.zaragoza.owner.IRI), a.zaragoza.handle("ana")} {
		id := a.bo.Account(who)
		a.bo.Call(http.MethodPost, "/api/v1/accounts/"+id+"/follow", map[string]any{}, nil)
		a.until(who+" is followed", func() bool {
			var with []struct{ Following bool }
			a.bo.Call(http.MethodGet, "/api/v1/accounts/relationships?id="+id, nil, &with)
			return len(with) == 1 && with[0].Following
		})
	}
}

// lets has Bo let somebody of the city follow, who follows by the handle.
func (a *acquaintance) lets(v policy.Viewer, name string) {
	a.t.Helper()
	a.boHere = a.zaragoza.follow(a.t, v, v.Actor, "@bo@"+a.peer.Host())
	a.cluster.Settle()
	a.bo.Call(http.MethodPost, "/api/v1/follow_requests/"+a.bo.Account(a.zaragoza.handle(name))+"/authorize", nil, nil)
	a.until(name+" follows Bo", func() bool { return a.zaragoza.state(a.t, v, a.bo.IRI) == network.FollowAccepted })
}

func (a *acquaintance) followBack() {
	a.lets(a.ana.Viewer, "ana")
	a.lets(a.reader.Viewer, "reader")
}

func (a *acquaintance) publish() {
	a.news = a.says("A **new** line #trams, @bo@" + a.peer.Host())
	s := a.shown(a.news.IRI)
	if a.there = s.ID; !strings.Contains(s.Content, "<strong>new</strong>") || s.Language != "en" || s.EditedAt != nil || len(s.Tags) != 1 || s.Tags[0].Name != "trams" || len(s.Mentions) != 1 || s.Mentions[0].Acct != "bo" {
		a.t.Errorf("the news is %+v", s)
	}
}

func (a *acquaintance) converse() {
	a.answer = a.bo.Post(map[string]any{
		"status": a.zaragoza.handle("mobility") + " Words of Bo #Bikes", "in_reply_to_id": a.there, "visibility": "public", "language": "de",
	})
	p := a.here(a.answer.URI, policy.Viewer{})
	if p.InReplyTo != a.news.IRI || p.Community != a.zaragoza.community.ID || p.Language != "de" {
		a.t.Errorf("the answer is %+v", p)
	}
	a.reads("Words of Bo", true)
	back, err := a.zaragoza.Communities.Reply(a.t.Context(), a.ana.Viewer, p.ID, community.Draft{Content: "Words of Ana", Language: "en"})
	if err != nil {
		a.t.Fatal(err)
	}
	a.answered(a.answer.ID, back.IRI)
}

// answered waits until an answer stands below a post there.
func (a *acquaintance) answered(id string, answer domain.IRI) {
	a.t.Helper()
	a.until(string(answer)+" stands below", func() bool {
		var context struct {
			Descendants []federationtest.GoToSocialStatus
		}
		a.bo.Call(http.MethodGet, "/api/v1/statuses/"+id+"/context", nil, &context)
		return slices.ContainsFunc(context.Descendants, func(s federationtest.GoToSocialStatus) bool { return s.URI == answer })
	})
}

func (a *acquaintance) like() {
	ctx, z := a.t.Context(), a.zaragoza.Communities
	p := a.here(a.answer.URI, policy.Viewer{})
	if err := z.Like(ctx, a.ana.Viewer, p.ID); err != nil {
		a.t.Fatal(err)
	}
	a.until("Ana's like counts there", func() bool { return a.bo.Status(a.answer.ID).Favourites == 1 })
	if err := z.Unlike(ctx, a.ana.Viewer, p.ID); err != nil {
		a.t.Fatal(err)
	}
	a.until("and no more", func() bool { return a.bo.Status(a.answer.ID).Favourites == 0 })
	for _, does := range []struct {
		verb string
		want int
	}{{"favourite", 1}, {"unfavourite", 0}} {
		a.bo.Call(http.MethodPost, "/api/v1/statuses/"+a.there+"/"+does.verb, nil, nil)
		a.until("Bo's "+does.verb+" counts here", func() bool {
			p, err := z.PostByID(ctx, policy.Viewer{}, a.news.ID)
			return err == nil && p.Likes == does.want
		})
	}
}

func (a *acquaintance) share() {
	sees := func() bool {
		return slices.ContainsFunc(a.zaragoza.home(a.t, a.reader.Viewer), func(i community.FeedItem) bool {
			return i.Verb == community.Announced && i.IRI == a.news.IRI && i.Actor == a.boHere.ID
		})
	}
	a.bo.Call(http.MethodPost, "/api/v1/statuses/"+a.there+"/reblog", nil, nil)
	a.until("the reader sees what Bo shares", sees)
	a.bo.Call(http.MethodPost, "/api/v1/statuses/"+a.there+"/unreblog", nil, nil)
	a.until("and no more", func() bool { return !sees() })
}

func (a *acquaintance) change() {
	a.bo.Call(http.MethodPut, "/api/v1/statuses/"+a.answer.ID, map[string]any{"status": a.zaragoza.handle("mobility") + " Better words"}, nil)
	a.reads("Better words", true)
	a.bo.Call(http.MethodDelete, "/api/v1/statuses/"+a.answer.ID, nil, nil)
	a.reads("Better words", false)
}

func (a *acquaintance) member() {
	p, err := a.zaragoza.Communities.Post(a.t.Context(), a.ana.Viewer, "mobility", community.Draft{Content: "Ana begins", Language: "en", Warning: "A long read"})
	if err != nil {
		a.t.Fatal(err)
	}
	s := a.shown(p.IRI)
	if s.Reblog != nil {
		s = *s.Reblog
	}
	if s.Warning != "A long read" || !strings.Contains(s.Content, "Ana begins") {
		a.t.Errorf("the member's thread is %+v", s)
	}
}

func (a *acquaintance) poll() {
	ctx, z := a.t.Context(), a.zaragoza.Communities
	ours, err := z.Post(ctx, a.zaragoza.official, "mobility", community.Draft{
		Content: "Which?", Language: "en", Poll: &community.PollDraft{Options: []string{"Red", "Blue"}, Ends: time.Now().Add(time.Hour)},
	})
	if err != nil {
		a.t.Fatal(err)
	}
	asked := a.shown(ours.IRI)
	if asked.Poll == nil || len(asked.Poll.Options) != 2 {
		a.t.Fatalf("our poll is %+v", asked)
	}
	a.bo.Call(http.MethodPost, "/api/v1/polls/"+asked.Poll.ID+"/votes", map[string]any{"choices": []int{1}}, nil)
	a.until("Bo's vote counts here", func() bool {
		p, err := z.PostByID(ctx, policy.Viewer{}, ours.ID)
		return err == nil && p.Poll.Options[1].Votes == 1 && p.Poll.Options[0].Votes == 0
	})
	theirs := a.bo.Post(map[string]any{"status": "Bo asks", "visibility": "public", "poll": map[string]any{"options": []string{"Yes", "No"}, "expires_in": 3600}})
	p := a.here(theirs.URI, a.ana.Viewer)
	if err := z.Vote(ctx, a.ana.Viewer, p.ID, []int{0}); err != nil {
		a.t.Fatal(err)
	}
	a.until("Ana's vote counts there, and here by their count", func() bool {
		p, err := z.PostByID(ctx, policy.Viewer{}, p.ID)
		return err == nil && a.bo.Status(theirs.ID).Poll.Options[0].Votes == 1 && p.Poll.Options[0].Votes == 1
	})
}

func (a *acquaintance) story() {
	a.zaragoza.starterCatalogue(a.t)
	told, err := a.zaragoza.Stories.Publish(a.t.Context(), a.zaragoza.official, story.Input{
		Slug: "safe-ways", Process: a.zaragoza.process(a.t, "safe_ways").Name, Owner: a.zaragoza.owner.ID, Community: a.zaragoza.community.ID,
		Telling: story.Telling{Title: english("Safe ways"), Summary: english("It worked."), Challenge: english("Cars."), Countries: []string{"ES"}},
	})
	if err != nil {
		a.t.Fatal(err)
	}
	s := a.shown(told.IRI)
	if s.Reblog != nil {
		s = *s.Reblog
	}
	if s.Warning != "It worked." || !strings.Contains(s.Content, "Cars.") || s.EditedAt != nil {
		a.t.Errorf("the story is %+v", s)
	}
}

func (a *acquaintance) pictures() {
	var square bytes.Buffer
	if err := png.Encode(&square, image.NewGray(image.Rect(0, 0, 320, 200))); err != nil {
		a.t.Fatal(err)
	}
	p, err := a.zaragoza.Communities.Post(a.t.Context(), a.zaragoza.official, "mobility", community.Draft{Content: "Look", Language: "en", Pictures: []community.Picture{{
		Alt: "The square", Keep: func(ctx context.Context) (picture.Kept, error) { return a.zaragoza.Pictures.Keep(ctx, square.Bytes()) },
	}}})
	if err != nil {
		a.t.Fatal(err)
	}
	id := a.shown(p.IRI).ID
	a.until("the picture is there", func() bool {
		media := a.bo.Status(id).Media
		return len(media) == 1 && media[0].Description == "The square" && strings.HasPrefix(media[0].URL, a.peer.URL)
	})
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	file, _ := w.CreateFormFile("file", "square.png")
	_, _ = file.Write(square.Bytes())
	_ = w.WriteField("description", "Bo's square")
	_ = w.Close()
	var media struct{ ID string }
	if status, raw := a.bo.Upload("/api/v2/media", w.FormDataContentType(), &form); status != http.StatusOK || json.Unmarshal(raw, &media) != nil {
		a.t.Fatalf("the picture: status %d, %s", status, raw)
	}
	theirs := a.here(a.bo.Post(map[string]any{"status": "Bo shows", "visibility": "public", "spoiler_text": "Squares ahead", "media_ids": []string{media.ID}}).URI, a.ana.Viewer)
	if len(theirs.Images) != 1 || theirs.Images[0].Name != "Bo's square" || theirs.Summary != "Squares ahead" || !theirs.Sensitive {
		a.t.Errorf("Bo's picture is %+v", theirs)
	}
}

// ask has Ana answer and like two posts that ask for leave: Bo gives it for
// one, and refuses it for the other.
func (a *acquaintance) ask() {
	ctx, z := a.t.Context(), a.zaragoza.Communities
	asks := map[string]any{"always": []string{"author"}, "with_approval": []string{"public"}}
	for _, verdict := range []string{"authorize", "reject"} {
		s := a.bo.Post(map[string]any{"status": "To " + verdict, "visibility": "public", "interaction_policy": map[string]any{
			"can_reply": asks, "can_favourite": asks, "can_reblog": asks,
		}})
		p := a.here(s.URI, a.ana.Viewer)
		answer, err := z.Reply(ctx, a.ana.Viewer, p.ID, community.Draft{Content: "An answer to " + verdict, Language: "en"})
		if err != nil || !answer.Waits {
			a.t.Fatalf("%+v (%v)", answer, err)
		}
		if err := z.Like(ctx, a.ana.Viewer, p.ID); err != nil {
			a.t.Fatal(err)
		}
		var requests []struct{ ID string }
		a.until("both are asked for", func() bool {
			a.bo.Call(http.MethodGet, "/api/v1/interaction_requests", nil, &requests)
			return len(requests) == 2
		})
		for _, r := range requests {
			a.bo.Call(http.MethodPost, "/api/v1/interaction_requests/"+r.ID+"/"+verdict, map[string]any{}, nil)
		}
		if verdict == "reject" {
			a.until("Ana reads that it was not taken", func() bool {
				_, page := a.ana.ask("/me/waiting?lang=en", nil)
				return strings.Contains(page, "An answer to reject") && !strings.Contains(page, "Waits for the author")
			})
			continue
		}
		a.until("it is published with its approval", func() bool {
			approval, _ := get(a.t, string(answer.IRI)).json["replyAuthorization"].(string)
			return strings.HasPrefix(approval, a.peer.URL+"/")
		})
		a.answered(s.ID, answer.IRI)
		a.until("the like counts", func() bool { return a.bo.Status(s.ID).Favourites == 1 })
	}
}

func (a *acquaintance) audiences() {
	for said, is := range map[string]community.Visibility{
		"public": community.Public, "unlisted": community.Unlisted, "private": community.Followers, "direct": community.Direct,
	} {
		s := a.bo.Post(map[string]any{"status": a.zaragoza.handle("ana") + " reads this", "visibility": said})
		if p := a.here(s.URI, a.ana.Viewer); p.Visibility != is {
			a.t.Errorf("%s is %s", said, p.Visibility)
		}
		_, err := a.zaragoza.Communities.PostByIRI(a.t.Context(), policy.Viewer{}, s.URI)
		if open := is == community.Public || is == community.Unlisted; (err == nil) != open {
			a.t.Errorf("everybody reads what is %s: %v", said, err)
		}
	}
}

func (a *acquaintance) withdraw() {
	ctx, z := a.t.Context(), a.zaragoza.Communities
	if _, err := z.EditPost(ctx, a.zaragoza.official, a.news.ID, a.news.Revision, "A newer line"); err != nil {
		a.t.Fatal(err)
	}
	a.until("our edit is there", func() bool {
		s := a.bo.Status(a.there)
		return strings.Contains(s.Content, "A newer line") && s.EditedAt != nil
	})
	if _, err := a.zaragoza.RotateKeys(ctx, []string{"mobility"}, false, false); err != nil {
		a.t.Fatal(err)
	}
	a.shown(a.says("Said with new keys").IRI)
	if err := z.DeletePost(ctx, a.zaragoza.official, a.news.ID); err != nil {
		a.t.Fatal(err)
	}
	a.until("our deletion is there", func() bool { return a.bo.Status(a.there).ID == "" })
}

func (a *acquaintance) rename() {
	ctx := a.t.Context()
	if _, err := a.zaragoza.Accounts.UpdateProfile(ctx, a.ana.Viewer, account.Profile{DisplayName: "Ana of Zaragoza", Language: "en"}); err != nil {
		a.t.Fatal(err)
	}
	id := a.bo.Account(a.zaragoza.handle("ana"))
	a.until("Ana has her new name there", func() bool {
		var there struct {
			Name string `json:"display_name"`
		}
		a.bo.Call(http.MethodGet, "/api/v1/accounts/"+id, nil, &there)
		return there.Name == "Ana of Zaragoza"
	})
	a.bo.Call(http.MethodPatch, "/api/v1/accounts/update_credentials", map[string]any{"display_name": "Bo of elsewhere"}, nil)
	a.until("Bo has a new name here", func() bool {
		bo, err := a.zaragoza.Network.ActorByIRI(ctx, a.ana.Viewer, a.bo.IRI)
		return err == nil && bo.Title == "Bo of elsewhere"
	})
}

func (a *acquaintance) block() {
	a.bo.Call(http.MethodPost, "/api/v1/accounts/"+a.bo.Account(a.zaragoza.handle("ana"))+"/block", nil, nil)
	a.until("Ana follows Bo no more", func() bool { return a.zaragoza.state(a.t, a.ana.Viewer, a.bo.IRI) != network.FollowAccepted })
}

func (a *acquaintance) move() {
	next := a.peer.Person("bo_too")
	next.Call(http.MethodPost, "/api/v1/accounts/alias", map[string]any{"also_known_as_uris": []domain.IRI{a.bo.IRI}}, nil)
	a.bo.Call(http.MethodPost, "/api/v1/accounts/move", map[string]any{"password": federationtest.GoToSocialPassword, "moved_to_uri": next.IRI}, nil)
	a.until("the reader asks to follow Bo's new account", func() bool { return a.zaragoza.state(a.t, a.reader.Viewer, next.IRI) == network.FollowPending })
}

func (a *acquaintance) leave() {
	a.bo.Call(http.MethodPost, "/api/v1/accounts/delete", map[string]any{"password": federationtest.GoToSocialPassword}, nil)
	a.until("Bo is gone here", func() bool {
		bo, err := a.zaragoza.Network.ActorByIRI(a.t.Context(), a.zaragoza.official, a.bo.IRI)
		return domain.CodeOf(err) == domain.Gone || err == nil && bo.Gone()
	})
}
