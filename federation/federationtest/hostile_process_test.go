package federationtest_test

import (
	"net/http"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/federation/endpoint"
	"interlink/federation/federationtest"
)

// word stands in all that a private process has.
const word = "Sesame"

// TestSec28PrivateProcess: a process that only its members may know of, with
// all that one can have – items, a resource, what is to be done and was done, a
// draft of its story, and a release from the days
// when it was public –, is found at no route of the federation, whatever name
// or id stands in it.
func TestSec28PrivateProcess(t *testing.T) {
	t.Parallel()
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		ctx, city := t.Context(), newCity(t, c.Nodes[0])
		city.starterCatalogue(t)
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		worker := city.Person("worker", policy.RoleMember)
		p, err := city.Coproduction.Start(ctx, city.official, coproduction.StartInput{
			Name: "cave", Schema: "public-service", Owner: city.owner.ID, Details: coproduction.Details{Title: english(word + " process"), Summary: english(word), Language: "en"},
		})
		must(err)
		task := city.tasks(t, "cave")[0]
		city.describe(t, "cave", task, word+" is to be said.")
		released := city.release(t, "cave", 0)
		must(city.Coproduction.PutGrant(ctx, city.official, "cave", coproduction.Grant{Grantee: worker.Actor, Allow: coproduction.MayView | coproduction.MayCreate}))
		given, err := city.Coproduction.Assign(ctx, city.official, "cave", task.ID, coproduction.AssignInput{People: []domain.ActorID{worker.Actor}, Subject: word + " to say"})
		must(err)
		claimed, err := city.Coproduction.Claim(ctx, worker, "cave", task.ID, coproduction.ClaimInput{Title: word + " said"})
		must(err)
		resource, err := city.Coproduction.AddResource(ctx, worker, "cave", task.ID, coproduction.ResourceDetails{Name: word + " minutes", Body: word, Public: true})
		must(err)
		now, err := city.Coproduction.Process(ctx, city.official, "cave")
		must(err)
		d := now.Details()
		d.Visibility = domain.VisibleMembers
		_, err = city.Coproduction.Edit(ctx, city.official, "cave", now.Revision, d)
		must(err)
		_, err = city.Stories.SaveDraft(ctx, city.official, "cave", story.Draft{Telling: story.Telling{Title: english(word + " story"), Summary: english(word)}})
		must(err)
		_, err = city.Lineage.Clones(ctx, city.official, "cave", domain.Page{})
		must(err)
		c.Settle()

		names := []string{"cave", string(p.ID), string(task.ID), string(given[0].ID), string(claimed.ID), string(resource.ID), string(released.ID)}
		looked := 0
		for _, r := range (&endpoint.Endpoint{Follows: city.Network}).Routes() {
			if r.Methods[0] != http.MethodGet {
				continue
			}
			for _, name := range names {
				for _, item := range []string{string(task.ID), string(resource.ID)} {
					path := strings.NewReplacer("{name}", name, "{slug}", name, "{id}", name, "{item}", item, "{version}", released.Version.String(), "{part}", "0").Replace(r.Path)
					for _, page := range []string{"", "?page=first"} {
						for _, accept := range []string{"application/activity+json", "text/html"} {
							looked++
							if got := answeredAs(t, http.MethodGet, city.URL+path+page, accept); strings.Contains(got, word) {
								t.Errorf("%s%s (%s) tells of it: %.300s", path, page, accept, got)
							}
						}
					}
				}
			}
		}
		if looked < 1000 {
			t.Errorf("only %d answers were looked at", looked)
		}
	})
}
