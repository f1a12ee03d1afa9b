package web_test

import (
	"fmt"
	"net/http"
	"testing"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/community"
	"interlink/domain/coproduction"
	"interlink/domain/moderation"
	"interlink/domain/organization"
	"interlink/domain/participation"
	"interlink/domain/policy"
	"interlink/domain/review"
	"interlink/domain/search"
	"interlink/domain/story"
	"interlink/web/api"
)

// crowd fills the lists of a site: each person does all that is listed.
type crowd struct {
	*site
	n     int
	group *organization.Organization
	team  *organization.Team
	tool  domain.IRI

	joining *participation.Call
	place   domain.ActorID // the community, in which first posts wait
}

func newCrowd(t *testing.T, s *site) *crowd {
	t.Helper()
	c := &crowd{site: s}
	var err error
	if c.group, err = s.Organizations.Organization(t.Context(), s.official, "city_lab"); err != nil {
		t.Fatal(err)
	}
	if c.team, err = s.Organizations.Team(t.Context(), s.official, "routes"); err != nil {
		t.Fatal(err)
	}
	tool, err := s.Catalogue.Entry(t.Context(), s.official, catalogue.KindInterlinker, "stakeholder-map", "")
	if err != nil {
		t.Fatal(err)
	}
	c.tool = tool.IRI
	if err := s.Coproduction.SwitchRewards(t.Context(), s.official, "safe_ways", true, true); err != nil {
		t.Fatal(err)
	}
	c.joining, err = s.Participation.SetTerms(t.Context(), s.official, "safe_ways", 0, participation.Terms{Open: true, Gives: coproduction.MayView | coproduction.MayCreate})
	if err != nil {
		t.Fatal(err)
	}
	place, err := s.Communities.Community(t.Context(), s.official, "mobility")
	if err != nil {
		t.Fatal(err)
	}
	details := community.Details{Title: place.Title, Summary: place.Summary, Language: place.Language, Organization: place.Organization, Holds: true}
	if _, err = s.Communities.Edit(t.Context(), s.official, "mobility", place.Revision, details); err != nil {
		t.Fatal(err)
	}
	c.place = place.ID
	return c
}

// phase is the first phase of the process.
func (c *crowd) phase(t *testing.T) domain.ID {
	t.Helper()
	_, tree, err := c.Coproduction.Tree(t.Context(), c.official, "safe_ways")
	if err != nil {
		t.Fatal(err)
	}
	return tree.Items()[0].ID
}

// add brings so many people more.
func (c *crowd) add(t *testing.T, more int) {
	t.Helper()
	ctx := t.Context()
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for range more {
		c.n++
		name := fmt.Sprintf("crowd%d", c.n)
		v := c.person(name, policy.RoleMember)
		_, err := c.Participation.Apply(ctx, v, c.call.ID, "I walk.")
		do(err)
		_, err = c.Participation.Ask(ctx, v, c.process.IRI, "I live there.")
		do(err)
		do(c.Organizations.AddMember(ctx, c.official, "city_lab", v.Actor, organization.RoleMember))
		_, err = c.Network.Follow(ctx, v, v.Actor, c.place)
		do(err)
		_, err = c.Communities.Post(ctx, v, "mobility", community.Draft{Content: "Hello from " + name, Language: "en"})
		do(err)
		do(c.Communities.Ban(ctx, c.official, "mobility", community.Banning{Who: v.Actor, Reason: "Spam"}))
		do(c.Organizations.AddTeamMember(ctx, c.official, "routes", v.Actor, organization.RoleMember))
		do(c.Coproduction.PutGrant(ctx, c.official, "safe_ways", coproduction.Grant{Grantee: v.Actor, Item: c.task.ID, Allow: coproduction.MayCreate}))
		_, err = c.Coproduction.Assign(ctx, c.official, "safe_ways", c.task.ID, coproduction.AssignInput{People: []domain.ActorID{v.Actor}, Subject: "Walk with " + name})
		do(err)
		_, err = c.Coproduction.Assign(ctx, v, "safe_ways", c.task.ID, coproduction.AssignInput{People: []domain.ActorID{v.Actor}, Subject: "Own " + name})
		do(err)
		_, err = c.Coproduction.Claim(ctx, v, "safe_ways", c.task.ID, coproduction.ClaimInput{Title: "Walked as " + name})
		do(err)
		_, err = c.Coproduction.AddResource(ctx, v, "safe_ways", c.task.ID, coproduction.ResourceDetails{Name: name, Body: "x", Public: true})
		do(err)
		_, err = c.Coproduction.Instantiate(ctx, v, "safe_ways", c.task.ID, "gdpr")
		do(err)
		_, err = c.Organizations.Create(ctx, v, "org_"+name, organization.Details{Title: domain.Text{"en": name}, Kind: organization.PublicAdministration})
		do(err)
		_, err = c.Organizations.CreateTeam(ctx, v, "org_"+name, "team_"+name, organization.TeamDetails{Title: domain.Text{"en": name}})
		do(err)
		do(c.Organizations.AddTeamMember(ctx, v, "team_"+name, c.official.Actor, organization.RoleMember))
		_, err = c.Communities.Create(ctx, v, "com_"+name, community.Details{Title: domain.Text{"en": name}, Language: "en"})
		do(err)
		_, err = c.Participation.Publish(ctx, v, participation.Draft{Team: "team_" + name, Community: "com_" + name, Details: participation.Details{
			Title: domain.Text{"en": name}, Duties: domain.Text{"en": "Walk."}, Seats: 1,
		}})
		do(err)
		_, err = c.Reviews.Write(ctx, v, review.Interlinker, c.tool, review.Input{Rating: 1 + c.n%5, Title: "Said by " + name, Language: "en"})
		do(err)
		told := story.Telling{Title: domain.Text{"en": "Story of " + name}, Summary: domain.Text{"en": "It worked."}, Countries: []string{"ES"}}
		_, err = c.Stories.Publish(ctx, c.official, story.Input{Slug: "story-" + name, Process: "safe_ways", Owner: c.group.ID, Keep: []domain.ID{c.phase(t)}, Telling: told})
		do(err)
		first, err := c.Stories.Story(ctx, v, "story-crowd1", "")
		do(err)
		_, err = c.Reviews.Write(ctx, v, review.Story, first.IRI, review.Input{Rating: 1 + c.n%5, Title: "Said by " + name, Language: "en"})
		do(err)
		_, err = c.Stories.SaveDraft(ctx, c.official, "safe_ways", story.Draft{Telling: told})
		do(err)
		n, _, err := c.Moderation.Give(ctx, v, "en", name, moderation.Given{
			About: c.URL + "/users/" + name, Category: moderation.Hate, Reason: "Look.", Name: name, Email: name + "@people.example", Faith: true,
		})
		do(err)
		if c.n%2 == 0 {
			_, err = c.Moderation.Decide(ctx, c.official, n.ID, moderation.Decision{Outcome: moderation.Restricted, Facts: "It is.", Ground: moderation.Terms, Provision: "§"}, false)
			do(err)
		}
	}
	c.settle()
}

// TestQueries: no list of co-production asks the database more often if more is
// in it, on its page or by the API.
func TestQueries(t *testing.T) {
	s := newSite(t)
	c := newCrowd(t, s)
	account, err := s.Accounts.ByUsername(t.Context(), "official")
	if err != nil {
		t.Fatal(err)
	}
	token, err := s.Accounts.CreateToken(t.Context(), account, "queries", []policy.Scope{policy.ScopeRead, policy.ScopeWrite, policy.ScopeAdmin})
	if err != nil {
		t.Fatal(err)
	}
	for place, query := range map[search.Place]string{
		search.Catalogue: "q=map", search.Stories: "q=story", search.Processes: "q=safe", search.Communities: "q=com", search.Timeline: "kind=polls", search.Tag: "tag=streets",
	} {
		if _, err := s.Searches.Save(t.Context(), s.official, place, query, "", true); err != nil {
			t.Fatal(err)
		}
	}
	r := s.as("official")
	process := "/processes/safe_ways"
	joining := "/role-calls/" + string(c.joining.ID)
	pages := []string{
		process, process + "/assignments", process + "/contributions", process + "/resources", process + "/people", process + "/log", process + "/releases", process + "/improvements", process + "/uses", process + "/guide/" + string(s.task.ID),
		"/me/assignments", "/me/applications", "/me/memberships", "/me/searches", "/me/notifications", "/admin/log", "/admin/notices", "/admin/notices?state=decided",
		"/role-calls", joining, joining + "/applications", process + "/joining", "/role-calls/" + string(s.call.ID), "/role-calls/" + string(s.call.ID) + "/applications", "/teams/routes", "/teams/routes/members", "/organizations/city_lab/teams",
		"/organizations", "/organizations/city_lab", "/organizations/city_lab/members", "/communities", "/communities/mobility/people", "/communities/mobility/held", "/communities/mobility/log", "/communities/mobility/archive", "/timeline?from=communities", "/admin/held", "/admin/filters", "/statements", "/transparency", "/legal/privacy/versions",
		"/interlinkers/stakeholder-map", "/interlinkers/stakeholder-map/reviews", "/stories", "/stories/story-crowd1", "/stories/story-crowd1/reviews", process + "/publish", "/interlinkers/stakeholder-map/reuse", process + "/reuse",
	}
	lists := []string{
		process + "/assignments", process + "/contributions", process + "/resources", process + "/grants", process + "/log", process + "/uses", process + "/history", process + "/improvements",
		"/assignments", "/applications", "/notifications", "/log", "/role-calls", "/role-calls/" + string(s.call.ID) + "/applications", "/teams/routes/members", "/processes",
		"/organizations", "/organizations/city_lab/members", "/organizations/city_lab/teams", "/communities", "/communities/mobility/bans", "/communities/mobility/held", "/held", "/statements", "/moderation/notices", "/transparency",
		"/interlinkers/stakeholder-map/reviews", "/stories/story-crowd1/reviews",
	}
	measure := func(where string) (queries uint64, size int) {
		t.Helper()
		request := r.request(http.MethodGet, where, nil)
		if len(where) > len(api.Path) && where[:len(api.Path)] == api.Path {
			request.Header.Set("Authorization", "Bearer "+token)
			request.Header.Del("Cookie")
		}
		before := s.Reads()
		got := r.do(request)
		if got.status != http.StatusOK {
			t.Errorf("%s: status %d", where, got.status)
		}
		return s.Reads() - before, len(got.body)
	}
	var all []string
	all = append(all, pages...)
	for _, path := range lists {
		all = append(all, api.Path+path+"?limit=100")
	}
	c.add(t, 3)
	few, small := map[string]uint64{}, map[string]int{}
	for _, path := range all {
		measure(path) // what is read once
		few[path], small[path] = measure(path)
	}
	c.add(t, 9)
	measure("/catalogue") // whose index counts the uses anew, once
	grown := 0
	for _, path := range all {
		many, large := measure(path)
		if many > few[path] { // what is kept some seconds, keys or rules, may have been read anew
			many, large = measure(path)
		}
		if many > few[path] {
			t.Errorf("%s: %d queries for 3 people, %d for 12", path, few[path], many)
		}
		if large > small[path] {
			grown++
		}
	}
	if grown < len(all)*2/3 {
		t.Errorf("only %d of %d lists have more in them", grown, len(all))
	}
}
