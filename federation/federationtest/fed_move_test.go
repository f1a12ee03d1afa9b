package federationtest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/domain/profile"
	"interlink/federation/federationtest"
	"interlink/storage/storagetest"
)

const password = "correct horse battery staple"

// resident makes a person who has a password.
func (c *city) resident(t *testing.T, name string, role policy.Role) policy.Viewer {
	t.Helper()
	a, err := c.Accounts.Create(t.Context(), account.SignUp{Username: name, Email: name + "@people.example", Password: password}, role)
	if err != nil {
		t.Fatal(err)
	}
	return a.Viewer()
}

// state is how a follow stands, by the address of whom it is of.
func (c *city) state(t *testing.T, follower policy.Viewer, followed domain.IRI) network.FollowState {
	t.Helper()
	a, err := c.Network.ActorByIRI(t.Context(), follower, followed)
	if err != nil {
		return ""
	}
	state, err := c.Network.FollowState(t.Context(), follower.Actor, a.ID)
	if err != nil {
		t.Fatal(err)
	}
	return state
}

// field is the name of the only field that an error is about.
func field(err error) string {
	if fields := domain.FieldsOf(err); len(fields) == 1 {
		return fields[0].Field
	}
	return ""
}

// removal is three cities, where an actor of the first moves to the second,
// and people of the first and the third follow it.
type removal struct {
	*federationtest.Cluster
	from, to, third    *city
	clock              *timepiece
	mover              policy.Viewer // who lets it move
	old, new           *network.Actor
	neighbour, citizen policy.Viewer
}

// onRemoval plays fn with a person that moves on one database and a community
// on the other.
func onRemoval(t *testing.T, fn func(t *testing.T, r *removal)) {
	t.Helper()
	for what, database := range map[string]string{network.SubjectPerson: "sqlite", network.SubjectCommunity: "postgres"} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			r := &removal{clock: &timepiece{}}
			r.Cluster = federationtest.With(t, federationtest.Databases[database], func(o *node.Options) { o.Now = r.clock.now }, "Zaragoza", "Riga", "Gent")
			r.from, r.to, r.third = newCity(t, r.Nodes[0]), newCity(t, r.Nodes[1]), newCity(t, r.Nodes[2])
			r.mover = r.from.resident(t, "ana", policy.RoleMember)
			owner, name := r.to.resident(t, "ana_riga", policy.RoleMember), "ana_riga"
			old := "ana"
			if what == network.SubjectCommunity {
				old, name = "garden", "garden"
				for _, side := range []struct {
					at *city
					by policy.Viewer
				}{{r.from, r.mover}, {r.to, owner}} {
					if _, err := side.at.Communities.Create(t.Context(), side.by, "garden", community.Details{Title: english("Garden"), Language: "en"}); err != nil {
						t.Fatal(err)
					}
				}
			}
			var err error
			if r.old, err = r.from.Network.ActorByHandle(t.Context(), r.mover, old, ""); err != nil {
				t.Fatal(err)
			}
			if r.new, err = r.to.Network.ActorByHandle(t.Context(), owner, name, ""); err != nil {
				t.Fatal(err)
			}
			r.neighbour, r.citizen = r.from.Person("neighbour", policy.RoleMember), r.third.Person("citizen", policy.RoleMember)
			r.from.follow(t, r.neighbour, r.neighbour.Actor, r.from.handle(old))
			r.third.follow(t, r.citizen, r.citizen.Actor, r.from.handle(old))
			r.Settle()
			if err := r.from.Profiles.Move(t.Context(), r.mover, r.old.ID, string(r.new.IRI), password); field(err) != "target" {
				t.Errorf("before the new actor names the old one: %v", err)
			}
			if err := r.to.Profiles.AddAlias(t.Context(), owner, r.new.ID, r.from.handle(old)); err != nil {
				t.Fatal(err)
			}
			r.Settle()
			fn(t, r)
		})
	}
}

func (r *removal) move(t *testing.T) {
	t.Helper()
	if err := r.from.Profiles.Move(t.Context(), r.mover, r.old.ID, string(r.new.IRI), password); err != nil {
		t.Fatal(err)
	}
	r.Settle()
}

func TestFedA15MoveTakesFollowersAlong(t *testing.T) {
	onRemoval(t, func(t *testing.T, r *removal) {
		if doc := served(t, string(r.new.IRI)); !slices.Contains(strs(doc["alsoKnownAs"]), string(r.old.IRI)) {
			t.Errorf("alsoKnownAs: %v", doc["alsoKnownAs"])
		}
		r.move(t)
		if doc := served(t, string(r.old.IRI)); doc["movedTo"] != string(r.new.IRI) {
			t.Errorf("movedTo: %v", doc["movedTo"])
		}
		for _, follower := range []struct {
			of *city
			v  policy.Viewer
		}{{r.from, r.neighbour}, {r.third, r.citizen}} {
			if state := follower.of.state(t, follower.v, r.new.IRI); state != network.FollowAccepted {
				t.Errorf("%s follows the new actor: %q", follower.of.URL, state)
			}
			if state := follower.of.state(t, follower.v, r.old.IRI); state != "" {
				t.Errorf("%s follows the old actor: %q", follower.of.URL, state)
			}
			told, err := follower.of.Network.Replacements(t.Context(), follower.v)
			if err != nil || len(told) != 1 || told[0].From.IRI != r.old.IRI || told[0].To.IRI != r.new.IRI {
				t.Errorf("%s is told %v (%v)", follower.of.URL, told, err)
			}
		}
		if left, err := r.from.Network.Followers(t.Context(), r.mover, r.old.ID, domain.Page{}); err != nil || left.Total != 0 {
			t.Errorf("the old actor has %d followers (%v)", left.Total, err)
		}
		want := 2
		if r.old.Subject == network.SubjectCommunity {
			want += 2 // who founded them
		}
		if got, err := r.to.Network.Followers(t.Context(), r.mover, r.new.ID, domain.Page{}); err != nil || got.Total != want {
			t.Errorf("the new actor has %d followers (%v)", got.Total, err)
		}
		if page := getPage(t, string(r.old.IRI)); !strings.Contains(page, r.new.Name+"@"+r.to.Namespace.Host()) {
			t.Error("the page does not say where it moved")
		}
	})
}

// strs are the strings of a JSON array.
func strs(v any) []string {
	var all []string
	list, _ := v.([]any)
	for _, one := range list {
		if s, ok := one.(string); ok {
			all = append(all, s)
		}
	}
	return all
}

func TestFedA15MovedActorsRefuseAndComeBack(t *testing.T) {
	onRemoval(t, func(t *testing.T, r *removal) {
		place := newPlace(t)
		r.move(t)
		name := "mobility"
		if r.old.Subject == network.SubjectCommunity {
			name = r.old.Name
		} else if _, err := r.from.Network.Follow(t.Context(), r.mover, r.mover.Actor, r.from.community.ID); err != nil {
			t.Fatal(err)
		}
		draft := community.Draft{Content: "News", Language: "en"}
		if _, err := r.from.Communities.Post(t.Context(), r.mover, name, draft); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("a post of who moved: %v", err)
		}
		if _, err := r.from.Network.Follow(t.Context(), r.neighbour, r.neighbour.Actor, r.old.ID); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("a follow of who moved: %v", err)
		}
		late := place.actor("Person", "late", nil)
		place.send(r.Cluster, r.from, place.activity("Follow", late, string(r.old.IRI), nil))
		if got := place.got("Reject"); len(got) != 1 {
			t.Errorf("a Follow from elsewhere is answered %v", got)
		}
		if err := r.from.Profiles.Return(t.Context(), r.mover, r.old.ID); err != nil {
			t.Fatal(err)
		}
		r.Settle()
		if doc := served(t, string(r.old.IRI)); doc["movedTo"] != nil {
			t.Errorf("movedTo of who is back: %v", doc["movedTo"])
		}
		if _, err := r.from.Communities.Post(t.Context(), r.mover, name, draft); err != nil {
			t.Errorf("a post of who is back: %v", err)
		}
		place.send(r.Cluster, r.from, place.activity("Follow", late, string(r.old.IRI), nil))
		if got := place.got("Accept"); len(got) != 1 {
			t.Errorf("a Follow of who is back is answered %v", got)
		}
		again := func() error {
			return r.from.Profiles.Move(t.Context(), r.mover, r.old.ID, string(r.new.IRI), password)
		}
		if err := again(); field(err) != "target" {
			t.Errorf("moving again at once: %v", err)
		}
		r.clock.advance(8 * day)
		if err := again(); err != nil {
			t.Errorf("moving again later: %v", err)
		}
	})
}

func TestFedA15MoveWantsRightAndPassword(t *testing.T) {
	onRemoval(t, func(t *testing.T, r *removal) {
		for _, other := range []policy.Viewer{{}, r.neighbour} {
			if err := r.from.Profiles.Move(t.Context(), other, r.old.ID, string(r.new.IRI), password); domain.CodeOf(err) != domain.NotFound &&
				domain.CodeOf(err) != domain.Forbidden && domain.CodeOf(err) != domain.Unauthenticated {
				t.Errorf("somebody else moves it: %v", err)
			}
		}
		if err := r.from.Profiles.Move(t.Context(), r.mover, r.old.ID, string(r.new.IRI), "wrong"); field(err) != "password" {
			t.Errorf("with a wrong password: %v", err)
		}
		if err := r.from.Profiles.Move(t.Context(), r.mover, r.old.ID, string(r.old.IRI), password); field(err) != "target" {
			t.Errorf("to itself: %v", err)
		}
		if err := r.from.Profiles.AddAlias(t.Context(), r.mover, r.old.ID, "@nobody@"+r.to.Namespace.Host()); field(err) != "alias" {
			t.Errorf("a name that is nobody's: %v", err)
		}
		if state := r.third.state(t, r.citizen, r.old.IRI); state != network.FollowAccepted {
			t.Errorf("meanwhile the citizen's follow is %q", state)
		}
	})
}

// moves tells by a person of the place that it moves.
func (s *scene) moves(from, to string) {
	s.place.t.Helper()
	s.place.send(s.Cluster, s.city, s.place.activity("Move", from, from, members{"target": to}))
}

// stays checks that the reader follows bo, and asked nobody else.
func (s *scene) stays(t *testing.T, why string, asked int) {
	t.Helper()
	if got := s.place.got("Follow"); len(got) != asked {
		t.Errorf("%s: asked %v", why, got[asked:])
	}
	if state := s.state(t, s.reader, domain.IRI(s.bo)); state != network.FollowAccepted {
		t.Errorf("%s: the old follow is %q", why, state)
	}
}

func TestFedA15MoveOfOthersIsProven(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		cy := s.place.actor("Person", "cy", nil)
		s.moves(s.bo, cy)
		s.stays(t, "the new actor does not name the old one", 1)

		cy = s.place.actor("Person", "cy", members{"alsoKnownAs": []string{s.bo}})
		dee := s.place.actor("Person", "dee", nil)
		s.place.send(s.Cluster, s.city, s.place.activity("Move", dee, s.bo, members{"target": cy}))
		s.stays(t, "somebody else says so", 1)

		s.moves(s.bo, s.bo)
		s.stays(t, "to itself", 1)

		far := newPlace(t)
		elsewhere := far.actor("Person", "bo", members{"alsoKnownAs": []string{s.bo}})
		s.rule(t, domain.IRI(elsewhere).Host(), network.VerdictBlock)
		s.moves(s.bo, elsewhere)
		if got := far.got("Follow"); len(got) != 0 {
			t.Errorf("a blocked host was asked: %v", got)
		}
		s.stays(t, "to a blocked host", 1)

		s.place.actor("Person", "cy", members{"alsoKnownAs": []string{s.bo}, "movedTo": dee})
		s.moves(s.bo, cy)
		s.stays(t, "to one that moved on", 1)
	})
}

func TestFedA15MoveEndsTheOldFollowOnceAccepted(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		cy := s.place.actor("Person", "cy", members{"alsoKnownAs": []string{s.bo}})
		s.place.actor("Person", "bo", members{"movedTo": cy})
		s.moves(s.bo, cy)
		s.stays(t, "not accepted yet", 2)
		ask := s.place.got("Follow")[1]
		s.moves(s.bo, cy)
		s.stays(t, "the same move again", 2)

		s.place.send(s.Cluster, s.city, s.place.activity("Accept", cy, ask, nil))
		if now, before := s.state(t, s.reader, domain.IRI(cy)), s.state(t, s.reader, domain.IRI(s.bo)); now != network.FollowAccepted || before != "" {
			t.Errorf("accepted: new %q, old %q", now, before)
		}
		one(t, s.place.got("Undo"))

		// back and forth: bo says that it is at cy's, and each moves once in
		// seven days
		s.moves(cy, s.bo)
		s.place.actor("Person", "dee", members{"alsoKnownAs": []string{s.bo, cy}})
		s.place.actor("Person", "bo", members{"alsoKnownAs": []string{cy}})
		s.moves(s.bo, s.place.URL+"/users/dee")
		if got := s.place.got("Follow"); len(got) != 2 {
			t.Errorf("asked: %v", got[2:])
		}
	})
}

func TestFedA15ManyFollowersMoveInPages(t *testing.T) {
	c := federationtest.On(t, storagetest.SQLite, "Zaragoza")
	s := &scene{Cluster: c, city: newCity(t, c.Nodes[0]), place: newPlace(t)}
	s.bo = s.place.actor("Person", "bo", nil)
	bo, err := s.Lookup(t.Context(), s.place.handle("bo"))
	if err != nil {
		t.Fatal(err)
	}
	const many = 210 // more than one page
	for i := range many {
		v := s.Person(fmt.Sprintf("citizen%d", i), policy.RoleMember)
		if _, err := s.Network.Follow(t.Context(), v, v.Actor, bo.ID); err != nil {
			t.Fatal(err)
		}
		if err := s.Network.ReceiveFollowAnswer(t.Context(), bo, v.Actor, true); err != nil {
			t.Fatal(err)
		}
	}
	cy := s.place.actor("Person", "cy", members{"alsoKnownAs": []string{s.bo}})
	s.moves(s.bo, cy)
	asked := map[any]bool{}
	for _, follow := range s.place.got("Follow") {
		if follow["object"] == cy {
			asked[follow["actor"]] = true
		}
	}
	if len(asked) != many {
		t.Errorf("%d of %d followers asked to follow the new actor", len(asked), many)
	}
}

func TestFedA34OwnProfilesAreTold(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		me, err := s.Network.Actor(t.Context(), s.reader, s.reader.Actor)
		if err != nil {
			t.Fatal(err)
		}
		settings := profile.Settings{
			Fields:    []network.Field{{Name: "Web", Value: "https://mobility.example/?a=1&b"}, {Name: "Where", Value: `<b>"Here"</b>`}},
			Indexable: true, Sites: []string{"news.example"},
		}
		for id, by := range map[domain.ActorID]policy.Viewer{s.community.ID: s.official, s.owner.ID: s.official, me.ID: s.reader} {
			a, err := s.Network.Actor(t.Context(), by, id)
			if err != nil {
				t.Fatal(err)
			}
			s.send("Follow", string(a.IRI), nil)
			before := len(s.place.got("Update"))
			if err := s.Profiles.Edit(t.Context(), by, id, settings); err != nil {
				t.Fatal(err)
			}
			s.Settle()
			updates := s.place.got("Update")
			if len(updates) != before+1 {
				t.Fatalf("%s: %d updates", a.IRI, len(updates)-before)
			}
			doc := updates[before]["object"].(members)
			want := `[{"name":"Web","type":"PropertyValue","value":"<a href=\"https://mobility.example/?a=1&amp;b\" rel=\"me nofollow noopener noreferrer\">https://mobility.example/?a=1&amp;b</a>"},` +
				`{"name":"Where","type":"PropertyValue","value":"&lt;b&gt;&#34;Here&#34;&lt;/b&gt;"}]`
			if got := marshal(t, doc["attachment"]); got != unescaped(want) && got != want {
				t.Errorf("%s: attachment %s", a.IRI, got)
			}
			if doc["discoverable"] != false || doc["indexable"] != true {
				t.Errorf("%s: discoverable %v, indexable %v", a.IRI, doc["discoverable"], doc["indexable"])
			}
			if page := getPage(t, string(a.IRI)); !strings.Contains(page, `rel="me nofollow noopener noreferrer"`) || strings.Contains(page, "<b>\"Here") {
				t.Errorf("%s: the page does not show the lines as they must be", a.IRI)
			}
			if err := s.Profiles.Edit(t.Context(), viewer("nobody"), id, settings); err == nil {
				t.Errorf("%s: somebody else changes it", a.IRI)
			}
		}
	})
}

// unescaped is JSON in which < > and & are escaped, as encoding/json does.
func unescaped(s string) string {
	return strings.NewReplacer("<", `\u003c`, ">", `\u003e`, "&", `\u0026`).Replace(s)
}

func TestFedA33OwnSwitchesAndSites(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		me, err := s.Network.Actor(t.Context(), s.reader, s.reader.Actor)
		if err != nil {
			t.Fatal(err)
		}
		if doc := served(t, string(me.IRI)); doc["discoverable"] != true || marshal(t, doc["attributionDomains"]) != `["`+s.Namespace.Host()+`"]` {
			t.Errorf("by default: %v, %v", doc["discoverable"], doc["attributionDomains"])
		}
		if err := s.Profiles.Edit(t.Context(), s.reader, me.ID, profile.Settings{Sites: []string{"https://News.example/x", "news.example"}}); err != nil {
			t.Fatal(err)
		}
		if doc := served(t, string(me.IRI)); doc["discoverable"] != false || doc["indexable"] != false ||
			marshal(t, doc["attributionDomains"]) != `["`+s.Namespace.Host()+`","news.example"]` {
			t.Errorf("as chosen: %v, %v, %v", doc["discoverable"], doc["indexable"], doc["attributionDomains"])
		}
		for name, wrong := range map[string]profile.Settings{
			"fieldValue1": {Fields: []network.Field{{Name: "Web"}}},
			"fieldName2":  {Fields: []network.Field{{}, {Value: "x"}}},
			"fieldName1":  {Fields: slices.Repeat([]network.Field{{Name: "a", Value: "b"}}, 5)},
			"sites":       {Sites: []string{"two words"}},
		} {
			if err := s.Profiles.Edit(t.Context(), s.reader, me.ID, wrong); field(err) != name {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
