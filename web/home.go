package web

import (
	"net/http"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/coproduction"
	"interlink/domain/organization"
	"interlink/domain/participation"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/web/view"
)

func (p *Portal) homeRoutes() []route {
	return []route{{http.MethodGet, "/", p.home}}
}

// glance is how many of each the first page shows.
const glance = 3

// home shows what is going on here.
func (p *Portal) home(q *request) error {
	ctx, few := q.Context(), domain.Page{Limit: glance}
	page := view.HomePage{Frame: q.about(p.Namespace.IRI("actor"))}
	processes, err := p.Coproduction.Processes(ctx, q.viewer, coproduction.Filter{}, few)
	if err != nil {
		return err
	}
	stories, err := p.Stories.Stories(ctx, q.viewer, story.Filter{}, few)
	if err != nil {
		return err
	}
	communities, err := p.Communities.Communities(ctx, q.viewer, "", domain.Page{Limit: 1})
	if err != nil {
		return err
	}
	recommended, err := p.Communities.Recommended(ctx, q.viewer, few)
	if err != nil {
		return err
	}
	entries, err := p.Entries.List(ctx, q.viewer, catalogue.Filter{Kind: catalogue.KindInterlinker}, few)
	if err != nil {
		return err
	}
	for _, x := range processes.Items {
		page.Processes = append(page.Processes, p.processCard(q, x))
	}
	if page.Stories, err = p.storyCards(q, stories.Items); err != nil {
		return err
	}
	for _, x := range recommended.Items {
		page.Communities = append(page.Communities, p.communityCard(q, x))
	}
	for _, x := range entries.Items {
		page.Latest = append(page.Latest, p.interlinkerCard(x))
	}
	if page.RoleCalls, err = p.openCalls(q, participation.CallFilter{}, glance); err != nil {
		return err
	}
	page.Counts = view.Counts{
		Interlinkers: entries.Total, Processes: processes.Total, Stories: stories.Total, Communities: communities.Total,
	}
	if q.account != nil {
		if page.Needs, err = p.needs(q); err != nil {
			return err
		}
	}
	if q.viewer.Role == policy.RoleAdmin {
		page.Setup = p.firstSteps(q, page.Counts)
	}
	return q.show(page)
}

// needs lists what waits for the reader: invitations, and their own processes
// that go on.
func (p *Portal) needs(q *request) ([]view.Need, error) {
	mine, err := p.Coproduction.Mine(q.Context(), q.viewer, domain.Page{Limit: glance})
	if err != nil {
		return nil, err
	}
	needs, err := p.invitations(q)
	if err != nil {
		return nil, err
	}
	asked, err := p.Coproduction.MyAssignments(q.Context(), q.viewer, true, domain.Page{Limit: glance})
	if err != nil {
		return nil, err
	}
	for _, a := range asked.Items {
		needs = append(needs, view.Need{
			Sentence: view.Say("need.assigned", a.Subject), Href: "/me/assignments", At: a.Due, Due: !a.Due.IsZero(),
			Late: !a.Due.IsZero() && a.Due.Before(p.today()), Icon: "task",
		})
	}
	for _, x := range mine.Items {
		if x.Status == coproduction.Finished {
			continue
		}
		href := p.path(x.IRI)
		title, _ := x.Title.In(q.lang)
		needs = append(needs, view.Need{
			Sentence: view.Say("need.process", title, x.Tasks-x.Finished),
			Href:     href + "/guide", At: x.UpdatedAt, Icon: "process",
		})
	}
	return needs, nil
}

// invitations lists the groups of other nodes that invite the reader.
func (p *Portal) invitations(q *request) ([]view.Need, error) {
	list, err := p.Organizations.Memberships(q.Context(), q.viewer, organization.AbroadInvited, domain.Page{Limit: glance})
	if err != nil {
		return nil, err
	}
	ids := make([]domain.ActorID, len(list.Items))
	for i, m := range list.Items {
		ids[i] = m.Group
	}
	groups, err := p.Network.Actors(q.Context(), q.viewer, ids)
	var needs []view.Need
	for _, m := range list.Items {
		if g := groups[m.Group]; g != nil {
			needs = append(needs, view.Need{Sentence: view.Say("need.invited", p.actorOf(q, g).Called()), Href: "/me/memberships", At: m.Since, Icon: "team"})
		}
	}
	return needs, err
}

// firstSteps lead the administrator of an empty node.
func (p *Portal) firstSteps(q *request, counts view.Counts) []view.Link {
	var steps []view.Link
	add := func(missing bool, href, key string) {
		if missing {
			steps = append(steps, view.Link{Href: href, Text: view.Plain(q.lang, p.say(q, key))})
		}
	}
	add(counts.Interlinkers == 0, "/admin/import", "setup.catalogue")
	add(counts.Communities == 0, "/communities/new", "setup.community")
	add(counts.Processes == 0 && counts.Interlinkers > 0, "/processes/new", "setup.process")
	return steps
}

// say translates a sentence outside a page.
func (p *Portal) say(q *request, key string, args ...any) string {
	return p.catalog.Printer(q.lang, p.Zone).T(key, args...)
}

// path is the page of an address of this node.
func (p *Portal) path(iri domain.IRI) string { return p.Namespace.Path(iri) }
