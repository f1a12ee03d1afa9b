package federationtest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/notification"
	"interlink/domain/organization"
	"interlink/domain/participation"
	"interlink/domain/policy"
	"interlink/federation/endpoint"
	"interlink/federation/federationtest"
)

// statement and reason are what nobody but the applicant and the reviewers may
// ever read.
const (
	statement = "I walked there every day for ten years, with grandmother's dog."
	reason    = "The dog would frighten the smaller ones, we are sorry."
)

// wanted publishes a role call for the team of a city.
func (c *city) wanted(t *testing.T, seats int, reviewers ...domain.ActorID) *participation.Call {
	t.Helper()
	call, err := c.Participation.Publish(t.Context(), c.official, participation.Draft{
		Team: "bridges", Community: "mobility", Reviewers: reviewers, Details: participation.Details{
			Title: english("Route walkers"), Duties: english("Walk the routes with the *children*."), Effort: english("four hours a week"),
			Seats: seats, Deadline: time.Now().Add(240 * time.Hour), Method: participation.ByCriteria,
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return call
}

// only returns the one application to a call.
func (c *city) only(t *testing.T, call *participation.Call) *participation.Application {
	t.Helper()
	list, err := c.Participation.Applications(t.Context(), c.official, call.ID, "", domain.Page{})
	if err != nil || list.Total != 1 {
		t.Fatalf("%d applications (%v)", list.Total, err)
	}
	return list.Items[0]
}

// abroad is a call as a person of another city sees it, and their application.
func abroad(t *testing.T, rome *city, v policy.Viewer, iri domain.IRI) (*participation.Call, func() *participation.Application) {
	t.Helper()
	call, err := rome.Participation.CallByIRI(t.Context(), v, iri)
	if err != nil {
		t.Fatal(err)
	}
	return call, func() *participation.Application {
		t.Helper()
		a, err := rome.Participation.Own(t.Context(), v, call.ID)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
}

// TestFedRoleCall: a call of Zaragoza is read in Rome, where a citizen applies;
// they are told of each step, and in the end they are a member and nothing
// else.
func TestFedRoleCall(t *testing.T) {
	t.Parallel()
	federationtest.Run(t, []string{"Zaragoza", "Rome"}, func(t *testing.T, c *federationtest.Cluster) {
		ctx := t.Context()
		zaragoza, rome := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
		team := zaragoza.bridges(t, organization.JoinInvite)
		second := zaragoza.Person("second", policy.RoleMember)
		citizen := rome.Person("citizen", policy.RoleMember)
		rome.follow(t, citizen, citizen.Actor, zaragoza.handle("mobility"))
		c.Settle()
		call := zaragoza.wanted(t, 1, zaragoza.official.Actor, second.Actor)
		c.Settle()

		copied, own := abroad(t, rome, citizen, call.IRI)
		if copied.Local() || copied.Title["en"] != "Route walkers" || copied.Seats != 1 || copied.TeamIRI != team.IRI || !copied.Open(time.Now()) || len(copied.DecidedBy) != 2 || copied.URL != call.URL {
			t.Fatalf("Rome's copy: %+v", copied)
		}
		for _, decider := range copied.DecidedBy {
			if a, err := rome.Network.ActorByIRI(ctx, citizen, decider); err != nil || a.Name == "" {
				t.Errorf("who decides, %s, has no name in Rome: %v", decider, err)
			}
		}
		if to, err := rome.Object(ctx, call.URL); err != nil || to != "/role-calls/"+string(copied.ID) {
			t.Errorf("the address of its page leads to %q, %v", to, err)
		}
		if items := rome.home(t, citizen); len(items) != 1 || items[0].IRI != call.IRI || !strings.Contains(items[0].Post.Content, string(call.URL)) {
			t.Errorf("the timeline in Rome: %+v", items)
		}
		decide := func(v policy.Viewer, d participation.Decision) error {
			t.Helper()
			a := zaragoza.only(t, call)
			d.Revision = a.Revision
			_, err := zaragoza.Participation.Decide(ctx, v, call.ID, a.ID, d)
			c.Settle()
			return err
		}
		apply := func() {
			t.Helper()
			if _, err := rome.Participation.Apply(ctx, citizen, copied.ID, statement); err != nil {
				t.Fatal(err)
			}
			c.Settle()
		}

		apply()
		if a := zaragoza.only(t, call); a.Statement != statement || a.State != participation.Submitted {
			t.Errorf("what Zaragoza received: %+v", a)
		}
		if _, err := rome.Participation.Withdraw(ctx, citizen, copied.ID); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if a := zaragoza.only(t, call); a.State != participation.Withdrawn {
			t.Errorf("withdrawn in Rome, %s in Zaragoza", a.State)
		}
		apply()
		for _, step := range []participation.Decision{
			{State: participation.Shortlisted}, {State: participation.Declined, Reason: reason, Ground: participation.GroundBalance},
		} {
			if err := decide(zaragoza.official, step); err != nil {
				t.Fatal(err)
			}
			if a := own(); a.State != step.State || a.Last().Reason != step.Reason {
				t.Errorf("Rome says %s because of %q, not %s", a.State, a.Last().Reason, step.State)
			}
		}
		if _, err := rome.Participation.Appeal(ctx, citizen, copied.ID, "It is a very small dog."); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if a := zaragoza.only(t, call); a.State != participation.Appealed || a.Last().Reason != "It is a very small dog." {
			t.Errorf("the appeal: %+v", a)
		}
		if err := decide(zaragoza.official, participation.Decision{State: participation.Accepted}); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("who declined decides on the appeal: %v", err)
		}
		if err := decide(second, participation.Decision{State: participation.Accepted}); err != nil {
			t.Fatal(err)
		}
		if a := own(); a.State != participation.Accepted {
			t.Errorf("accepted, and Rome says %s", a.State)
		}
		if got := zaragoza.roleOf(t, rome.handle("citizen")); got != organization.RoleMember {
			t.Errorf("in the team: %q", got)
		}
		if state, _ := rome.mine(t, citizen); state != organization.AbroadMember {
			t.Errorf("Rome knows of the membership: %q", state)
		}
		if again, _ := abroad(t, rome, citizen, call.IRI); again.State != participation.CallFilled {
			t.Errorf("the last seat is taken, and in Rome the call is %s", again.State)
		}

		// Nobody decides on another one.
		forgotten := zaragoza.wanted(t, 1)
		c.Settle()
		copied, own = abroad(t, rome, citizen, forgotten.IRI)
		apply()
		details := forgotten.Details
		details.Deadline = time.Time{}
		if _, err := zaragoza.Participation.Revise(ctx, zaragoza.official, forgotten.ID, forgotten.Revision, details); err != nil {
			t.Fatal(err)
		}
		if err := zaragoza.Participation.EndLasting(ctx, time.Now().Add(participation.OpenFor-participation.EndsSoon+time.Hour)); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if news, err := zaragoza.Notifications.List(ctx, zaragoza.official, notification.Filter{}, domain.Page{}); err != nil || len(news.Items) == 0 || news.Items[0].Topic != "call_ending" {
			t.Errorf("who decides is told that it ends: %+v %v", news.Items, err)
		}
		warned, err := zaragoza.Participation.Call(ctx, zaragoza.official, forgotten.ID)
		if err == nil {
			_, err = zaragoza.Participation.End(ctx, zaragoza.official, forgotten.ID, warned.Revision)
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := zaragoza.Participation.AnswerUndecided(ctx, time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if a := own(); a.State != participation.Declined || !strings.HasPrefix(a.Last().Reason, "The call is over") {
			t.Errorf("nobody decided, and Rome says %s because of %q", a.State, a.Last().Reason)
		}
	})
}

// TestFedRoleCallForged: nobody answers for another community, applies for
// another person, or makes a member of who did not ask.
func TestFedRoleCallForged(t *testing.T) {
	t.Parallel()
	federationtest.Run(t, []string{"Zaragoza", "Rome", "Riga"}, func(t *testing.T, c *federationtest.Cluster) {
		ctx := t.Context()
		zaragoza, rome, riga := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1]), newCity(t, c.Nodes[2])
		zaragoza.bridges(t, organization.JoinInvite)
		citizen := rome.Person("citizen", policy.RoleMember)
		rome.follow(t, citizen, citizen.Actor, zaragoza.handle("mobility"))
		c.Settle()
		call := zaragoza.wanted(t, 2)
		c.Settle()
		copied, own := abroad(t, rome, citizen, call.IRI)
		if _, err := rome.Participation.Apply(ctx, citizen, copied.ID, statement); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		forger, err := rome.Lookup(ctx, riga.handle("mobility"))
		if err != nil {
			t.Fatal(err)
		}
		err = rome.Participation.ReceiveAnswer(ctx, forger, participation.Answer{Call: call.IRI, Applicant: citizen.Actor, State: participation.Accepted})
		if domain.CodeOf(err) != domain.Forbidden || own().State != participation.Submitted {
			t.Errorf("another community answered: %v, %s", err, own().State)
		}
		if err := zaragoza.Participation.ReceiveWithdrawal(ctx, forgerIn(t, zaragoza, riga), call.IRI); err != nil || zaragoza.only(t, call).State != participation.Submitted {
			t.Errorf("somebody else withdrew: %v", err)
		}
		if err := rome.Organizations.ReceiveMembership(ctx, organization.Received{Group: forger.ID, Person: citizen.Actor}, true); err != nil {
			t.Fatal(err)
		}
		if state, _ := rome.mine(t, citizen); state != "" {
			t.Errorf("a group to which nobody applied made a member: %s", state)
		}
	})
}

func forgerIn(t *testing.T, at, of *city) *network.Actor {
	t.Helper()
	a, err := at.Lookup(t.Context(), of.handle("official"))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestFedRoleCallPrivate: at every address of the federation, with
// applications of people here and elsewhere, nothing is of who applied, what
// they wrote, or why they were turned down.
func TestFedRoleCallPrivate(t *testing.T) {
	t.Parallel()
	federationtest.Run(t, []string{"Zaragoza", "Rome"}, func(t *testing.T, c *federationtest.Cluster) {
		ctx := t.Context()
		zaragoza, rome := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
		zaragoza.bridges(t, organization.JoinInvite)
		citizen, neighbour := rome.Person("citizen", policy.RoleMember), zaragoza.Person("nextdoor", policy.RoleMember)
		rome.follow(t, citizen, citizen.Actor, zaragoza.handle("mobility"))
		c.Settle()
		call := zaragoza.wanted(t, 2)
		c.Settle()
		copied, _ := abroad(t, rome, citizen, call.IRI)
		for _, apply := range []struct {
			at *city
			v  policy.Viewer
			id domain.ID
		}{{rome, citizen, copied.ID}, {zaragoza, neighbour, call.ID}} {
			if _, err := apply.at.Participation.Apply(ctx, apply.v, apply.id, statement); err != nil {
				t.Fatal(err)
			}
		}
		c.Settle()
		list, err := zaragoza.Participation.Applications(ctx, zaragoza.official, call.ID, "", domain.Page{})
		if err != nil || list.Total != 2 {
			t.Fatalf("%d applications (%v)", list.Total, err)
		}
		for _, a := range list.Items {
			if _, err := zaragoza.Participation.Decide(ctx, zaragoza.official, call.ID, a.ID, participation.Decision{
				State: participation.Rejected, Reason: reason, Ground: participation.GroundOther, Revision: a.Revision,
			}); err != nil {
				t.Fatal(err)
			}
		}
		c.Settle()
		for _, city := range []*city{zaragoza, rome} {
			looked := 0
			for _, path := range city.addresses([]domain.ID{call.ID, copied.ID}, list.Items) {
				for _, accept := range []string{"application/activity+json", "text/html"} {
					got := answeredAs(t, http.MethodGet, city.URL+path, accept)
					looked++
					for _, secret := range []string{"grandmother", "frighten", "nextdoor", "application:"} {
						if strings.Contains(got, secret) {
							t.Errorf("%s%s (%s) tells %q", city.URL, path, accept, secret)
						}
					}
				}
			}
			if looked < 100 {
				t.Errorf("only %d answers were looked at", looked)
			}
		}
	})
}

// addresses lists all addresses of the federation that a node answers by GET,
// with the names and ids that could tell something, and its activities.
func (c *city) addresses(calls []domain.ID, applications []*participation.Application) []string {
	fill := func(id string) *strings.Replacer {
		return strings.NewReplacer("{id}", id, "{slug}", id, "{item}", id, "{version}", "2.1")
	}
	var all []string
	for _, r := range (&endpoint.Endpoint{Follows: c.Network}).Routes() {
		if r.Methods[0] != http.MethodGet {
			continue
		}
		for _, id := range calls {
			for _, name := range []string{"mobility", "bridges", "city_hall", "official"} {
				path := strings.ReplaceAll(fill(string(id)).Replace(r.Path), "{name}", name)
				all = append(all, path, path+"?page=first")
			}
		}
	}
	for _, a := range applications {
		all = append(all, "/activities/"+string(a.ID), "/applications/"+string(a.ID), "/role-calls/"+string(a.Call)+"/applications/"+string(a.ID))
		for _, join := range a.Joins() {
			all = append(all, "/activities/"+string(join[len(join)-36:]))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
