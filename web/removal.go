package web

import (
	"net/http"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/policy"
	"interlink/web/view"
)

func (p *Portal) removalRoutes() []route {
	return []route{
		{http.MethodGet, "/posts/{id}/remove", p.removalForm},
		{http.MethodPost, "/posts/{id}/remove", p.removePost},
	}
}

// offerEnd offers who may end a post to do so: its author at once, who
// moderates with a reason.
func offerEnd(q *request, out *view.Post, x *community.Post) {
	if x.Removes(q.viewer) {
		out.Remove = out.Href + "/remove"
		return
	}
	out.Delete = out.Href + "/delete"
}

// removalForm asks who moderates why a post is to be removed.
func (p *Portal) removalForm(q *request) error {
	page, err := p.removalPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) removalPage(q *request, f view.Form) (view.FormPage, error) {
	x, err := p.Communities.PostByID(q.Context(), q.viewer, domain.ID(q.PathValue("id")))
	if err == nil {
		err = p.Communities.AllowPost(q.Context(), q.viewer, policy.Moderate, x)
	}
	if err != nil {
		return view.FormPage{}, err
	}
	href := "/posts/" + string(x.ID)
	post := p.post(q, x)
	post.Delete, post.Remove, post.Like = "", "", ""
	rule := view.Field{Name: "rule", Label: view.Say("removal.rule"), Hint: view.Say("removal.rule_hint"), Optional: true, Max: 200}
	var rules view.Rich
	if c, err := p.Communities.CommunityByID(q.Context(), q.viewer, x.Community); err == nil && !c.Rules.Empty() {
		rules = rich(q, c.Rules)
		rule = ruleField(q, c)
	}
	return view.FormPage{
		About: []view.Post{post}, Rules: rules,
		Frame: q.frame(), Crumbs: []view.Link{{Href: href, Text: view.Plain(domain.Undetermined, p.actor(q, x.Author).Called())}},
		Title: view.Say("removal.title"), Lead: view.Say("removal.lead"), Action: href + "/remove", Form: f, Submit: view.Say("removal.submit"), Cancel: href, Danger: true,
		Fields: []view.Field{
			rule,
			{Name: "reason", Control: view.TextArea, Label: view.Say("removal.reason"), Hint: view.Say("removal.reason_hint"), Max: 4800},
		},
	}, nil
}

// ruleField lets one of the rules of a community be chosen, by the words in
// which its author reads it.
func ruleField(q *request, c *community.Community) view.Field {
	source, lang := c.Rules.In(q.lang)
	options := []view.Option{{Key: "removal.no_rule"}}
	for _, r := range community.RuleList(source) {
		options = append(options, view.Option{Value: r, Text: view.Plain(lang, r)})
	}
	return view.Field{Name: "rule", Control: view.Radios, Label: view.Say("removal.rule"), Hint: view.Say("removal.which_rule"), Optional: true, Options: options}
}

func (p *Portal) removePost(q *request) error {
	x, err := p.Communities.PostByID(q.Context(), q.viewer, domain.ID(q.PathValue("id")))
	if err != nil {
		return err
	}
	err = p.Communities.RemovePost(q.Context(), q.viewer, x.ID, community.Grounds{Reason: q.typed.Get("reason"), Rule: q.typed.Get("rule")})
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.removalPage(q, f) })
	}
	return q.done(p.besides(q, x), view.Say("notice.removed_post"))
}

// besides is where a post stood: its community, or the timeline.
func (p *Portal) besides(q *request, x *community.Post) string {
	if c, err := p.Communities.CommunityByID(q.Context(), q.viewer, x.Community); err == nil {
		return p.path(c.IRI)
	}
	return "/timeline"
}
