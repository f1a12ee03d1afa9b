package federationtest_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/organization"
	"interlink/domain/participation"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/federation/federationtest"
	"interlink/web/api"
)

// plant leaves what a story must never tell wherever a process has room for it:
// names, handles, addresses of e-mail, rights, applications, what people were
// asked to do and did, what they said, and what they kept to themselves. All of
// it has the word "planted".
func (c *city) plant(t *testing.T, process string) {
	t.Helper()
	ctx := t.Context()
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	person := func(name string) policy.Viewer { return c.Person("planted_"+name, policy.RoleMember) }
	lead, member, applicant := person("lead"), person("member"), person("applicant")
	do(c.Organizations.AddMember(ctx, c.official, "city_hall", lead.Actor, organization.RoleAdministrator))
	_, err := c.Organizations.CreateTeam(ctx, c.official, "city_hall", "planted_team", organization.TeamDetails{Title: english("The planted team")})
	do(err)
	team, err := c.Organizations.Team(ctx, c.official, "planted_team")
	do(err)
	do(c.Organizations.AddTeamMember(ctx, c.official, "planted_team", member.Actor, organization.RoleMember))
	do(c.Coproduction.AddAdministrator(ctx, c.official, process, lead.Actor))
	do(c.Coproduction.PutGrant(ctx, c.official, process, coproduction.Grant{Grantee: team.ID, Allow: coproduction.MayView | coproduction.MayCreate}))
	_, tree, err := c.Coproduction.Tree(ctx, c.official, process)
	do(err)
	var task coproduction.Item
	for _, it := range tree.Items() {
		if it.Kind == coproduction.Task && task.ID == "" {
			task = it
		}
	}
	do(c.Coproduction.EditItem(ctx, c.official, process, task.ID, task.Revision, coproduction.ItemDetails{
		Name: english("Ask planted.one@people.example"), Description: english("Write to planted.two+x@people.example, or @planted_lead@" + c.Namespace.Host() + "."), Problems: task.Problems,
	}))
	_, err = c.Coproduction.Assign(ctx, c.official, process, task.ID, coproduction.AssignInput{People: []domain.ActorID{member.Actor}, Subject: "A planted subject", Instructions: "Planted instructions"})
	do(err)
	do(c.Coproduction.SwitchRewards(ctx, c.official, process, true, true))
	_, err = c.Coproduction.Claim(ctx, member, process, task.ID, coproduction.ClaimInput{Title: "A planted contribution"})
	do(err)
	for _, r := range []coproduction.ResourceDetails{
		{Name: "Minutes", Body: "Said by planted.three@people.example.", Public: true, Licence: "CC-BY-4.0"},
		{Name: "All rights reserved", Body: "planted words that nobody may use", Public: true, Licence: "CC-BY-ND-4.0"},
		{Name: "No licence", Body: "planted words that say nothing of it", Public: true},
		{Name: "planted and private", Body: "planted", Licence: "CC0-1.0"},
		{Name: "Form", URL: "https://form.example/?to=planted.four%40people.example", Public: true, Licence: "CC0-1.0"},
	} {
		_, err = c.Coproduction.AddResource(ctx, member, process, task.ID, r)
		do(err)
	}
	call, err := c.Participation.Publish(ctx, c.official, participation.Draft{Team: "planted_team", Community: "mobility", Details: participation.Details{
		Title: english("People wanted"), Duties: english("Walk."), Seats: 1,
	}})
	do(err)
	_, err = c.Participation.Apply(ctx, applicant, call.ID, "My planted motivation")
	do(err)
}

// TestStoryTellsNothingOfPeople plants such data everywhere and searches all
// that is published of the story: what followers are sent, what other nodes and
// programs read, what people see, here and where there is a copy.
func TestStoryTellsNothingOfPeople(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Rome"}, func(t *testing.T, c *federationtest.Cluster) {
		ctx := t.Context()
		zaragoza, rome := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
		zaragoza.starterCatalogue(t)
		zaragoza.process(t, "safe_ways")
		zaragoza.plant(t, "safe_ways")
		citizen := rome.Person("citizen", policy.RoleMember)
		rome.follow(t, citizen, citizen.Actor, zaragoza.handle("city_hall"))
		c.Settle()
		told, err := zaragoza.Stories.Publish(ctx, zaragoza.official, story.Input{
			Slug: "safe-ways", Process: "safe_ways", Owner: zaragoza.owner.ID,
			Telling: story.Telling{Title: english("Children walk alone again"), Summary: english("It worked.")},
		})
		if err != nil {
			t.Fatal(err)
		}
		c.Settle()
		copied, err := rome.Stories.StoryByIRI(ctx, citizen, told.IRI)
		if err != nil || copied.Digest != told.Digest {
			t.Fatalf("Rome's copy: %+v, %v", copied, err)
		}
		bodies := published(t, zaragoza, rome, copied.Address())
		for where, body := range bodies {
			for _, never := range []string{"planted", "people.example"} {
				if at := strings.Index(strings.ToLower(body), never); at >= 0 {
					t.Errorf("%s has %q: …%s…", where, never, body[max(0, at-100):min(len(body), at+100)])
				}
			}
		}
		shot := bodies["/stories/safe-ways/snapshot"]
		if strings.Count(shot, `"attribution":"City hall"`) != 2 || !strings.Contains(shot, "Said by [") {
			t.Errorf("what may not be used by others is not linked to with attribution: %s", shot)
		}
		sourceGoes(t, c, zaragoza, rome, told, copied)
	})
}

// published is all that is to be had of the story, by address.
func published(t *testing.T, zaragoza, rome *city, copied string) map[string]string {
	t.Helper()
	bodies := map[string]string{}
	for _, path := range []string{
		"/stories/safe-ways", "/stories/safe-ways/snapshot", "/stories/safe-ways/evidence", "/organizations/city_hall/outbox?page=first",
		"html /stories/safe-ways", "html /stories", api.Path + "/stories/safe-ways", api.Path + "/stories/safe-ways/snapshot", api.Path + "/stories",
	} {
		bodies[path] = toldAt(t, zaragoza.URL, path)
	}
	for _, path := range []string{"html " + copied, copied + "/evidence", api.Path + copied, api.Path + copied + "/snapshot"} {
		bodies["in Rome "+path] = toldAt(t, rome.URL, path)
	}
	return bodies
}

// toldAt is the body at an address that anybody may read.
func toldAt(t *testing.T, node, path string) string {
	t.Helper()
	accept := "application/activity+json"
	if html, ok := strings.CutPrefix(path, "html "); ok {
		path, accept = html, "text/html"
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, node+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", accept)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK || len(body) == 0 {
		t.Fatalf("%s%s: %d, %v", node, path, answer.StatusCode, err)
	}
	return string(body)
}

// sourceGoes: what the story shows stays whole when its source is emptied; a new
// version supersedes it everywhere, and a withdrawal leaves a tombstone.
func sourceGoes(t *testing.T, c *federationtest.Cluster, zaragoza, rome *city, told, copied *story.Story) {
	t.Helper()
	ctx := t.Context()
	_, tree, err := zaragoza.Coproduction.Tree(ctx, zaragoza.official, "safe_ways")
	if err != nil {
		t.Fatal(err)
	}
	phases := 0
	for _, it := range tree.Items() {
		if it.Kind != coproduction.Phase {
			continue
		}
		if phases++; phases == 1 {
			continue
		}
		if err := zaragoza.Coproduction.DisableItem(ctx, zaragoza.official, "safe_ways", it.ID); err != nil {
			t.Fatal(err)
		}
	}
	same, err := zaragoza.Stories.Story(ctx, policy.Viewer{}, "safe-ways", "")
	if err != nil || same.Digest != told.Digest || same.Snapshot.Digest() != told.Digest {
		t.Errorf("after its source was emptied: %+v, %v", same, err)
	}
	if _, err := zaragoza.Stories.Revise(ctx, zaragoza.official, "safe-ways", same.Revision, story.Input{Telling: told.Telling}); err != nil {
		t.Fatal(err)
	}
	c.Settle()
	next, err := rome.Stories.StoryByIRI(ctx, policy.Viewer{}, told.IRI)
	if err != nil || next.Version != 2 || next.Digest == copied.Digest || len(next.Snapshot.Process.Items) >= len(copied.Snapshot.Process.Items) {
		t.Errorf("the second version in Rome: %+v, %v", next, err)
	}
	if _, err := zaragoza.Stories.Withdraw(ctx, zaragoza.official, "safe-ways"); err != nil {
		t.Fatal(err)
	}
	c.Settle()
	if gone := answeredAs(t, http.MethodGet, zaragoza.URL+"/stories/safe-ways", "application/activity+json"); !strings.HasPrefix(gone, "410 ") || !strings.Contains(gone, "Tombstone") {
		t.Errorf("withdrawn: %.200s", gone)
	}
	if gone := answeredAs(t, http.MethodGet, zaragoza.URL+"/stories/safe-ways/evidence", "application/json"); !strings.HasPrefix(gone, "410 ") {
		t.Errorf("the evidence of what was withdrawn: %.200s", gone)
	}
	if _, err := rome.Stories.StoryByIRI(ctx, policy.Viewer{}, told.IRI); domain.CodeOf(err) != domain.Gone {
		t.Errorf("in Rome: %v", err)
	}
}
