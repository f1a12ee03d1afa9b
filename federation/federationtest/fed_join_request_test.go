package federationtest_test

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/coproduction"
	"interlink/domain/network"
	"interlink/domain/notification"
	"interlink/domain/participation"
	"interlink/domain/policy"
	"interlink/federation/endpoint"
	"interlink/federation/federationtest"
)

// joining is a process of Zaragoza which somebody of Rome wants to join.
type joining struct {
	*federationtest.Cluster
	t              *testing.T
	zaragoza, rome *city
	process        *coproduction.Process
	citizen        policy.Viewer
	session        string // of somebody who looks at pages in Rome
}

func newJoining(t *testing.T, c *federationtest.Cluster) *joining {
	t.Helper()
	x := &joining{Cluster: c, t: t, zaragoza: newCity(t, c.Nodes[0]), rome: newCity(t, c.Nodes[1])}
	x.citizen = x.rome.Person("citizen", policy.RoleMember)
	x.start(domain.VisiblePublic)
	if _, err := x.rome.Lookup(t.Context(), x.zaragoza.handle("gardens")); err != nil {
		t.Fatal(err)
	}
	return x
}

func (x *joining) start(v domain.Visibility) {
	x.t.Helper()
	var err error
	x.process, err = x.zaragoza.Coproduction.Start(x.t.Context(), x.zaragoza.official, coproduction.StartInput{
		Name: "gardens", Details: coproduction.Details{Title: english("School gardens"), Language: "en", Visibility: v},
	})
	if err != nil {
		x.t.Fatal(err)
	}
}

// set says whether the process takes requests, and what they give.
func (x *joining) set(open bool, gives coproduction.Rights) *participation.Call {
	x.t.Helper()
	now, err := x.zaragoza.Participation.Joining(x.t.Context(), x.zaragoza.official, "gardens")
	if err != nil {
		x.t.Fatal(err)
	}
	c, err := x.zaragoza.Participation.SetTerms(x.t.Context(), x.zaragoza.official, "gardens", now.Revision, participation.Terms{Open: open, Gives: gives, Words: english("Parents, above all.")})
	if err != nil {
		x.t.Fatal(err)
	}
	return c
}

// ask sends the request of the citizen.
func (x *joining) ask() *participation.Application {
	x.t.Helper()
	a, err := x.rome.Participation.Ask(x.t.Context(), x.citizen, x.process.IRI, statement)
	if err != nil {
		x.t.Fatal(err)
	}
	x.Settle()
	return x.own(a.Call)
}

// own is the request as the citizen sees it in Rome.
func (x *joining) own(call domain.ID) *participation.Application {
	x.t.Helper()
	a, err := x.rome.Participation.Own(x.t.Context(), x.citizen, call)
	if err != nil {
		x.t.Fatal(err)
	}
	return a
}

// decide decides on the one request there is.
func (x *joining) decide(by policy.Viewer, c *participation.Call, d participation.Decision) error {
	x.t.Helper()
	a := x.zaragoza.only(x.t, c)
	d.Revision = a.Revision
	_, err := x.zaragoza.Participation.Decide(x.t.Context(), by, c.ID, a.ID, d)
	x.Settle()
	return err
}

// held are the rights of somebody in the whole process.
func (x *joining) held(handle string) coproduction.Rights {
	x.t.Helper()
	who, err := x.zaragoza.Lookup(x.t.Context(), handle)
	if err != nil {
		x.t.Fatal(err)
	}
	p, err := x.zaragoza.Coproduction.Process(x.t.Context(), x.zaragoza.official, "gardens")
	if err != nil {
		x.t.Fatal(err)
	}
	var held coproduction.Rights
	for _, r := range coproduction.EachRight {
		if p.Holds(who.ID, r) {
			held |= r
		}
	}
	return held
}

// times counts the notifications of a topic.
func (c *city) times(t *testing.T, v policy.Viewer, topic notification.Topic) (n int) {
	t.Helper()
	for _, got := range c.told(t, v) {
		if got == topic {
			n++
		}
	}
	return n
}

// TestFedJoinRequest: a citizen of Rome asks to join a process of Zaragoza, is
// told of each step, appeals, and gets in the end exactly what its terms say.
func TestFedJoinRequest(t *testing.T) {
	t.Parallel()
	federationtest.Run(t, []string{"Zaragoza", "Rome"}, func(t *testing.T, c *federationtest.Cluster) {
		x := newJoining(t, c)
		second := x.zaragoza.Person("second", policy.RoleMember)
		if err := x.zaragoza.Coproduction.AddAdministrator(t.Context(), x.zaragoza.official, "gardens", second.Actor); err != nil {
			t.Fatal(err)
		}
		call := x.set(true, coproduction.MayView|coproduction.MayCreate)
		if a := x.ask(); a.State != participation.Submitted {
			t.Fatalf("asked, and Rome says %s", a.State)
		}
		if a := x.zaragoza.only(t, call); a.Statement != statement || a.State != participation.Submitted {
			t.Errorf("what Zaragoza received: %+v", a)
		}
		for _, v := range []policy.Viewer{x.zaragoza.official, second} {
			if n := x.zaragoza.times(t, v, "application_received"); n != 1 {
				t.Errorf("an administrator of the process is told %d times", n)
			}
		}
		for _, step := range []participation.Decision{
			{State: participation.Shortlisted}, {State: participation.Declined, Reason: reason, Ground: participation.GroundBalance},
		} {
			if err := x.decide(x.zaragoza.official, call, step); err != nil {
				t.Fatal(err)
			}
			if a := x.own(x.only()); a.State != step.State || a.Last().Reason != step.Reason {
				t.Errorf("Rome says %s because of %q, not %s", a.State, a.Last().Reason, step.State)
			}
		}
		if _, err := x.rome.Participation.Appeal(t.Context(), x.citizen, x.only(), "It is a very small dog."); err != nil {
			t.Fatal(err)
		}
		x.Settle()
		yes := participation.Decision{State: participation.Accepted, Reason: "Welcome."}
		if err := x.decide(x.zaragoza.official, call, yes); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("who declined decides on the appeal: %v", err)
		}
		if held := x.held(x.rome.handle("citizen")); held != 0 {
			t.Errorf("before the acceptance they may %s", held)
		}
		if err := x.decide(second, call, yes); err != nil {
			t.Fatal(err)
		}
		if a := x.own(x.only()); a.State != participation.Accepted || a.Last().Reason != "Welcome." {
			t.Errorf("accepted, and Rome says %+v", a.Last())
		}
		if held := x.held(x.rome.handle("citizen")); held != coproduction.MayView|coproduction.MayCreate {
			t.Errorf("accepted, they may %q", held)
		}
		if n := x.rome.times(t, x.citizen, "application_decided"); n != 3 {
			t.Errorf("told of %d decisions, not 3", n)
		}
		// Who asks again and still has the rights is answered at once by them;
		// whose rights were taken back asks anew, and somebody decides.
		if a := x.ask(); a.State != participation.Accepted {
			t.Errorf("asked again with the rights, and Rome says %s", a.State)
		}
		who, err := x.zaragoza.Lookup(t.Context(), x.rome.handle("citizen"))
		if err != nil {
			t.Fatal(err)
		}
		if err := x.zaragoza.Coproduction.RevokeGrant(t.Context(), x.zaragoza.official, "gardens", who.ID, ""); err != nil {
			t.Fatal(err)
		}
		x.Settle()
		if a := x.ask(); a.State != participation.Submitted {
			t.Errorf("asked again without the rights, and Rome says %s", a.State)
		}
		if err := x.decide(second, call, yes); err != nil {
			t.Fatal(err)
		}
		if held := x.held(x.rome.handle("citizen")); held != coproduction.MayView|coproduction.MayCreate {
			t.Errorf("accepted anew, they may %q", held)
		}
	})
}

// only is the one call for join requests that Rome knows of.
func (x *joining) only() domain.ID {
	x.t.Helper()
	c, err := x.rome.Participation.CallByIRI(x.t.Context(), x.citizen, x.process.IRI)
	if err != nil {
		x.t.Fatal(err)
	}
	return c.ID
}

// TestFedJoinRequestHere: people of the node ask in the same way; who sees the
// process only may be let in to work, and keeps what else they have.
func TestFedJoinRequestHere(t *testing.T) {
	t.Parallel()
	federationtest.Run(t, []string{"Zaragoza", "Rome"}, func(t *testing.T, c *federationtest.Cluster) {
		x, ctx := newJoining(t, c), t.Context()
		neighbour := x.zaragoza.Person("neighbour", policy.RoleMember)
		service := x.zaragoza.Participation
		if _, err := service.Ask(ctx, neighbour, x.process.IRI, statement); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("a process that takes no requests: %v", err)
		}
		if _, err := service.SetTerms(ctx, neighbour, "gardens", 0, participation.Terms{Open: true, Gives: coproduction.MayView}); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("somebody opens the process of others: %v", err)
		}
		call := x.set(true, coproduction.MayView)
		if _, err := service.Ask(ctx, x.zaragoza.official, x.process.IRI, statement); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("who is in asks: %v", err)
		}
		if _, err := service.Ask(ctx, neighbour, x.process.IRI, " "); len(domain.FieldsOf(err)) != 1 || domain.FieldsOf(err)[0].Field != "statement" {
			t.Errorf("without a statement: %v", err)
		}
		let := func() {
			t.Helper()
			if _, err := service.Ask(ctx, neighbour, x.process.IRI, statement); err != nil {
				t.Fatal(err)
			}
			if err := x.decide(x.zaragoza.official, call, participation.Decision{State: participation.Accepted}); err != nil {
				t.Fatal(err)
			}
		}
		let()
		if held := x.held(x.zaragoza.handle("neighbour")); held != coproduction.MayView {
			t.Errorf("they may %q", held)
		}
		if told := x.zaragoza.told(t, neighbour); !slices.Equal(told, []notification.Topic{"application_decided"}) {
			t.Errorf("told %v", told)
		}
		if _, err := service.Ask(ctx, neighbour, x.process.IRI, statement); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("who is in asks again: %v", err)
		}
		call = x.set(true, coproduction.MayView|coproduction.MayCreate)
		let() // as more is given now
		if held := x.held(x.zaragoza.handle("neighbour")); held != coproduction.MayView|coproduction.MayCreate {
			t.Errorf("let in again, they may %q", held)
		}
		if err := x.zaragoza.Coproduction.RevokeGrant(ctx, x.zaragoza.official, "gardens", neighbour.Actor, ""); err != nil {
			t.Fatal(err)
		}
		let() // as it was taken back
		if held := x.held(x.zaragoza.handle("neighbour")); held != coproduction.MayView|coproduction.MayCreate {
			t.Errorf("let in a third time, they may %q", held)
		}
	})
}

// says checks what the copy in Rome says of how people come in.
func (x *joining) says(want network.Openness) domain.ActorID {
	x.t.Helper()
	a, err := x.rome.Network.ActorByIRI(x.t.Context(), x.citizen, x.process.IRI)
	if err != nil {
		x.t.Fatal(err)
	}
	if a.Openness != want {
		x.t.Errorf("the copy says %q, not %q", a.Openness, want)
	}
	return a.ID
}

// look reads a page of Rome as somebody who is signed in there.
func (x *joining) look(page string) string {
	x.t.Helper()
	ctx, secret := x.t.Context(), "correct horse battery staple"
	if x.session == "" {
		if _, err := x.rome.Accounts.Create(ctx, account.SignUp{Username: "looker", Email: "looker@people.example", Password: secret}, policy.RoleMember); err != nil {
			x.t.Fatal(err)
		}
		var err error
		if x.session, _, err = x.rome.Accounts.SignIn(ctx, "looker", secret, "127.0.0.1"); err != nil {
			x.t.Fatal(err)
		}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
	if err != nil {
		x.t.Fatal(err)
	}
	r.Header.Set("Cookie", "interlink_session="+x.session)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		x.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		x.t.Fatal(err)
	}
	return string(body)
}

// TestFedJoinRequestClosed: its document says that a process takes no requests,
// and to its followers that it does from now on. Who asks nevertheless is told
// so, and may ask again once it does.
func TestFedJoinRequestClosed(t *testing.T) {
	t.Parallel()
	federationtest.Run(t, []string{"Zaragoza", "Rome"}, func(t *testing.T, c *federationtest.Cluster) {
		x := newJoining(t, c)
		if a := x.ask(); a.State != participation.Rejected {
			t.Errorf("a closed process, and Rome says %s", a.State)
		}
		if n := x.rome.times(t, x.citizen, "application_decided"); n != 1 {
			t.Errorf("told %d times", n)
		}
		// The form reads again what said that it takes none: nobody in Rome follows it.
		form := x.rome.URL + "/join-requests?target=" + url.QueryEscape(string(x.process.IRI))
		if body := x.look(form); !strings.Contains(body, "It takes no requests") || strings.Contains(body, `name="statement"`) {
			t.Errorf("the form of a closed process:\n%s", body)
		}
		x.set(true, coproduction.MayView)
		if body := x.look(form); !strings.Contains(body, `name="statement"`) {
			t.Errorf("the form once it is open:\n%s", body)
		}
		x.says(network.Moderated)
		x.set(false, coproduction.MayView)
		if _, err := x.rome.Refresh(t.Context(), x.process.IRI); err != nil {
			t.Fatal(err)
		}
		copied := x.says(network.InviteOnly)
		if _, err := x.rome.Network.Follow(t.Context(), x.citizen, x.citizen.Actor, copied); err != nil {
			t.Fatal(err)
		}
		x.Settle()
		call := x.set(true, coproduction.MayView)
		x.Settle()
		x.says(network.Moderated)
		if _, err := x.rome.Participation.Appeal(t.Context(), x.citizen, x.only(), "It is open now."); err != nil {
			t.Fatal(err)
		}
		x.Settle()
		if a := x.zaragoza.only(t, call); a.State != participation.Submitted || a.Statement != "It is open now." {
			t.Errorf("asked again: %s, %q", a.State, a.Statement)
		}
		if _, err := x.rome.Participation.Withdraw(t.Context(), x.citizen, x.only()); err != nil {
			t.Fatal(err)
		}
		x.Settle()
		if a := x.zaragoza.only(t, call); a.State != participation.Withdrawn {
			t.Errorf("withdrawn in Rome, %s in Zaragoza", a.State)
		}
	})
}

// TestFedJoinRequestPrivate: a process that only its members may know of takes
// no requests and answers none; no address tells of those that were made.
func TestFedJoinRequestPrivate(t *testing.T) {
	t.Parallel()
	federationtest.Run(t, []string{"Zaragoza", "Rome"}, func(t *testing.T, c *federationtest.Cluster) {
		x, ctx := newJoining(t, c), t.Context()
		call := x.set(true, coproduction.MayView)
		x.ask()
		if err := x.decide(x.zaragoza.official, call, participation.Decision{State: participation.Rejected, Reason: reason, Ground: participation.GroundOther}); err != nil {
			t.Fatal(err)
		}
		paths := map[string]bool{"/role-calls/" + string(call.ID): true, "/processes/gardens": true, "/processes/gardens/joining": true}
		for _, r := range (&endpoint.Endpoint{Follows: x.zaragoza.Network}).Routes() {
			paths[strings.NewReplacer("{name}", "gardens", "{id}", string(call.ID), "{slug}", "gardens", "{item}", string(call.ID), "{version}", "2.1").Replace(r.Path)] = true
		}
		for path := range paths {
			for _, accept := range []string{"application/activity+json", "text/html"} {
				got := answeredAs(t, http.MethodGet, x.zaragoza.URL+path, accept)
				for _, secret := range []string{"grandmother", "frighten", "citizen@"} {
					if strings.Contains(got, secret) {
						t.Errorf("%s (%s) tells %q", path, accept, secret)
					}
				}
			}
		}

		p, err := x.zaragoza.Coproduction.Process(ctx, x.zaragoza.official, "gardens")
		if err != nil {
			t.Fatal(err)
		}
		d := p.Details()
		d.Visibility = domain.VisibleMembers
		if _, err := x.zaragoza.Coproduction.Edit(ctx, x.zaragoza.official, "gardens", p.Revision, d); err != nil {
			t.Fatal(err)
		}
		who, err := x.zaragoza.Lookup(ctx, x.rome.handle("citizen"))
		if err != nil {
			t.Fatal(err)
		}
		if err := x.zaragoza.Participation.ReceiveApplication(ctx, who, x.process.IRI, "https://rome.example/activities/9", "Let me in."); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("a private process takes the request of a stranger: %v", err)
		}
		if _, err := x.zaragoza.Participation.Call(ctx, policy.Viewer{Actor: who.ID, Role: policy.RoleRemote}, call.ID); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("the call of a private process is shown: %v", err)
		}
		if _, err := x.zaragoza.Participation.SetTerms(ctx, x.zaragoza.official, "gardens", call.Revision, participation.Terms{Open: true, Gives: coproduction.MayView}); len(domain.FieldsOf(err)) != 1 {
			t.Errorf("a private process is opened: %v", err)
		}
	})
}
