package web

import (
	"context"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/coproduction"
	"interlink/domain/integration"
	"interlink/domain/policy"
	"interlink/web/view"
)

func (p *Portal) integrationRoutes() []route {
	return []route{
		{http.MethodGet, "/admin/interlinkers", p.toolList},
		{http.MethodGet, "/admin/interlinkers/new", p.askTool},
		{http.MethodPost, "/admin/interlinkers/new", p.addTool},
		{http.MethodGet, "/admin/interlinkers/{id}", p.editTool},
		{http.MethodPost, "/admin/interlinkers/{id}", p.saveTool},
		{http.MethodPost, "/admin/interlinkers/{id}/check", p.checkTool},
		{http.MethodPost, "/admin/interlinkers/{id}/remove", p.removeTool},
		{http.MethodGet, "/processes/{name}/guide/{item}/run", p.beginRun},
		{http.MethodGet, "/processes/{name}/resources/{id}/run", p.run},
		{http.MethodPost, "/processes/{name}/resources/{id}/copy", p.copyAsset},
		{http.MethodGet, "/processes/{name}/resources/{id}/export", p.exportAsset},
		{http.MethodGet, integration.ReturnPath, p.made}, // where an Interlinker leads the window
		{http.MethodPost, integration.ReturnPath, p.made},
	}
}

// tools are the software Interlinkers that are connected, by their addresses.
func (p *Portal) tools(ctx context.Context) (map[domain.IRI]*integration.Tool, error) {
	all, err := p.Integrations.Tools(ctx)
	if err != nil {
		return nil, err
	}
	tools := make(map[domain.IRI]*integration.Tool, len(all))
	for _, t := range all {
		tools[t.IRI] = t
	}
	return tools, nil
}

// service is how a connected Interlinker is: "on", "off", "down"; "" for one
// that is not connected.
func service(t *integration.Tool) string {
	switch {
	case t == nil:
		return ""
	case !t.On:
		return "off"
	case t.State == integration.Down:
		return "down"
	}
	return "on"
}

// runs is the page on which something is made with a software Interlinker; ""
// for what is taken into a task as it is.
func (p *Portal) runs(q *request, process string, task domain.ID, interlinker string) (string, error) {
	slug, host, _ := strings.Cut(interlinker, "@")
	e, err := p.Entries.Entry(q.Context(), q.viewer, catalogue.KindInterlinker, slug, host)
	if err != nil || e.Interlinker.Nature != catalogue.NatureSoftware {
		return "", err
	}
	tools, err := p.tools(q.Context())
	if err != nil || tools[e.IRI] == nil {
		return "", err
	}
	return "/processes/" + url.PathEscape(process) + "/guide/" + url.PathEscape(string(task)) + "/run?" + url.Values{"interlinker": {interlinker}}.Encode(), nil
}

// sent leads to another page, unless err says that there is none.
func (q *request) sent(to string, err error) error {
	if err != nil {
		return err
	}
	return q.redirect(to)
}

// beginRun shows the page of a software Interlinker on which something is made.
func (p *Portal) beginRun(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	name, task, interlinker := q.PathValue("name"), domain.ID(q.PathValue("item")), q.URL.Query().Get("interlinker")
	ticket, err := p.Integrations.Begin(q.Context(), q.viewer, name, task, interlinker, q.lang)
	if err != nil {
		return err
	}
	return p.showRun(q, ticket, q.itemPath(), nil)
}

// run shows the page of a software Interlinker for what it keeps.
func (p *Portal) run(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	act := integration.Capability(q.URL.Query().Get("act"))
	if act == "" {
		act = integration.View
	}
	ticket, r, err := p.Integrations.Open(q.Context(), q.viewer, q.PathValue("name"), domain.ID(q.PathValue("id")), act, q.lang)
	if err != nil {
		return err
	}
	return p.showRun(q, ticket, q.resourcePath(), r)
}

// showRun shows a page that holds that of an Interlinker, and no other's.
func (p *Portal) showRun(q *request, x *integration.Ticket, back string, r *coproduction.Resource) error {
	e, err := p.Entries.EntryByIRI(q.Context(), q.viewer, x.Tool.IRI)
	if err != nil {
		return err
	}
	page := view.RunPage{
		Frame: q.frame(), Tool: view.Link{Href: e.Address(), Text: e.Name}, Act: string(x.Act), Origin: x.Tool.Origin(), Host: x.Tool.Base.Host(),
		Action: string(x.Action), Token: x.Token, Language: string(x.Lang), State: x.State, Return: string(x.Return), Framed: x.Tool.Frame, Service: service(x.Tool), Back: back,
	}
	if r != nil {
		page.Resource = view.Plain(r.Language, r.Name)
	}
	h := q.w.Header()
	h.Set("Cache-Control", "no-store") // it has a token
	if page.Framed {
		h.Set("Content-Security-Policy", view.ContentSecurityPolicy+"; frame-src "+page.Origin)
	} else {
		h.Set("Cross-Origin-Opener-Policy", "same-origin-allow-popups") // so that its window can tell what was made
	}
	return q.show(page)
}

// made takes what was made into its task. An Interlinker leads the window here,
// or our script does when it was told; the state is of this person alone, and
// the same again changes nothing.
func (p *Portal) made(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	from := q.typed
	if q.Method != http.MethodPost {
		from = q.URL.Query()
	}
	r, process, err := p.Integrations.Finish(q.Context(), q.viewer, from.Get("state"), from.Get("asset"))
	if err != nil {
		return err
	}
	return q.done("/processes/"+url.PathEscape(process)+"/guide/"+url.PathEscape(string(r.Item))+"#resources", view.Say("notice.instantiated"))
}

func (p *Portal) copyAsset(q *request) error {
	r, err := p.Integrations.Copy(q.Context(), q.viewer, q.PathValue("name"), domain.ID(q.PathValue("id")))
	if err != nil {
		return err
	}
	return q.done("/processes/"+url.PathEscape(q.PathValue("name"))+"/resources/"+url.PathEscape(string(r.ID)), view.Say("notice.asset_copied"))
}

// exportAsset hands out as a file what an Interlinker keeps. It is foreign:
// nothing of it is shown as a page of this node.
func (p *Portal) exportAsset(q *request) error {
	f, err := p.Integrations.File(q.Context(), q.viewer, q.PathValue("name"), domain.ID(q.PathValue("id")))
	if err != nil {
		return err
	}
	h := q.w.Header()
	h.Set("Content-Type", f.Type)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	_, err = q.w.Write(f.Body)
	return err
}

// toolActions are what is offered of a resource that an Interlinker keeps.
func (p *Portal) toolActions(q *request, place coproduction.Place, r *coproduction.Resource) (*view.ToolActions, error) {
	if r.Asset == "" || !place.Inside(q.viewer) {
		return nil, nil
	}
	tools, err := p.tools(q.Context())
	if err != nil {
		return nil, err
	}
	t := tools[r.Interlinker]
	out := &view.ToolActions{Service: service(t)}
	if t == nil || !t.On {
		return out, nil
	}
	at := q.resourcePath()
	works := policy.Allow(q.viewer, policy.Contribute, place) == nil && place.Tree.Enabled(place.Item)
	for _, offer := range []struct {
		can  integration.Capability
		may  bool
		to   *string
		path string
	}{
		{integration.View, true, &out.View, "/run?act=view"}, {integration.Edit, works, &out.Edit, "/run?act=edit"},
		{integration.Clone, works, &out.Copy, "/copy"}, {integration.Download, true, &out.Export, "/export"},
	} {
		if offer.may && t.Can(offer.can) {
			*offer.to = at + offer.path
		}
	}
	return out, nil
}

// toolList lists what is connected.
func (p *Portal) toolList(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	if err := p.Integrations.Administers(q.viewer); err != nil {
		return err
	}
	all, err := p.Integrations.Tools(q.Context())
	if err != nil {
		return err
	}
	iris := make([]domain.IRI, len(all))
	for i, t := range all {
		iris[i] = t.IRI
	}
	known, err := p.Entries.EntriesByIRI(q.Context(), q.viewer, iris)
	if err != nil {
		return err
	}
	page := view.ToolsPage{Frame: q.frame(), Keys: p.Namespace.Base() + "/.well-known/jwks.json"}
	for _, t := range all {
		row := view.ToolRow{
			Link: view.Link{Href: string(t.IRI), Text: view.Plain(domain.Undetermined, string(t.IRI))}, Base: string(t.Base), Service: service(t), Answer: t.Answer,
			Checked: t.CheckedAt, Since: t.Since, Edit: "/admin/interlinkers/" + string(t.ID), Framed: t.Frame,
		}
		if e := known[t.IRI]; e != nil {
			row.Link = view.Link{Href: e.Address(), Text: e.Name}
		}
		row.Unknown = t.State == integration.Unknown
		for _, c := range t.Capabilities {
			row.Capabilities = append(row.Capabilities, string(c))
		}
		page.Tools = append(page.Tools, row)
	}
	return q.show(page)
}

func (p *Portal) askTool(q *request) error {
	page, err := p.newToolPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

// newToolPage asks which Interlinker is connected, and where it is; what the
// catalogue says of that is filled in.
func (p *Portal) newToolPage(q *request, f view.Form) (view.Page, error) {
	if err := q.signedIn(); err != nil {
		return nil, err
	}
	if err := p.Integrations.Administers(q.viewer); err != nil {
		return nil, err
	}
	t := integration.Tool{Frame: true, On: true, Capabilities: []integration.Capability{integration.View, integration.Edit}}
	chosen := q.URL.Query().Get("interlinker")
	if slug, host, _ := strings.Cut(chosen, "@"); slug != "" {
		if e, err := p.Entries.Entry(q.Context(), q.viewer, catalogue.KindInterlinker, slug, host); err == nil && e.Interlinker.Service != nil {
			t = suggested(e.Interlinker.Service)
		}
	}
	page := p.toolForm(q, f, &t)
	page.Title, page.Action, page.Submit = view.Say("integration.add"), "/admin/interlinkers/new", view.Say("integration.connect")
	page.Fields = append([]view.Field{{Name: "interlinker", Label: view.Say("integration.interlinker"), Hint: view.Say("integration.interlinker_hint"), Value: chosen, Max: 500, Autocomplete: "off"}}, page.Fields...)
	return page, nil
}

// suggested is what a description in the catalogue says of a service.
func suggested(s *catalogue.Integration) integration.Tool {
	t := integration.Tool{Frame: s.Capabilities["open_in_modal"], On: true}
	if s.Domain != "" {
		host, path := s.Domain, strings.Trim(s.Path, "/")
		if s.Subdomain && path != "" {
			host, path = path+"."+host, ""
		}
		base := "https://" + strings.TrimSuffix(host+"/"+path, "/") + "/" + strings.Trim(s.APIPath, "/")
		t.Base = domain.IRI(strings.TrimSuffix(strings.TrimRight(base, "/"), "/assets"))
	}
	for _, c := range integration.Optional {
		if s.Capabilities[string(c)] {
			t.Capabilities = append(t.Capabilities, c)
		}
	}
	return t
}

// toolForm has the fields of a connection.
func (p *Portal) toolForm(q *request, f view.Form, t *integration.Tool) view.FormPage {
	can := make([]view.Option, len(integration.Optional))
	for i, c := range integration.Optional {
		can[i] = view.Option{Value: string(c), Key: "integration.can_" + string(c), Selected: t.Can(c)}
	}
	shown := []view.Option{{Value: "frame", Key: "integration.in_frame", Selected: t.Frame}, {Value: "window", Key: "integration.in_window", Selected: !t.Frame}}
	on := ""
	if t.On {
		on = "yes"
	}
	return view.FormPage{
		Frame: q.frame(), Form: f, Crumbs: []view.Link{{Href: "/admin/interlinkers", Text: view.Plain(q.lang, p.renderer.Printer(q.frame()).T("integration.title"))}},
		Lead: view.Say("integration.form_lead"), Cancel: "/admin/interlinkers",
		Fields: []view.Field{
			{Name: "base", Control: "url", Label: view.Say("integration.base_label"), Hint: view.Say("integration.base_hint"), Value: string(t.Base), Max: 500, Autocomplete: "off"},
			{Name: "capabilities", Control: view.Checks, Label: view.Say("integration.capabilities"), Hint: view.Say("integration.capabilities_hint"), Options: can, Optional: true},
			{Name: "shown", Control: view.Radios, Label: view.Say("integration.shown"), Options: shown},
			{Name: "on", Control: view.Check, Label: view.Say("integration.on"), Hint: view.Say("integration.on_hint"), Value: on, Optional: true},
		},
	}
}

// toolDetails are what the form of a connection says.
func (q *request) toolDetails() integration.Details {
	d := integration.Details{Base: q.typed.Get("base"), Frame: q.typed.Get("shown") == "frame", On: q.typed.Get("on") != ""}
	for _, c := range q.typed["capabilities"] {
		d.Capabilities = append(d.Capabilities, integration.Capability(c))
	}
	return d
}

func (p *Portal) addTool(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	iri := domain.IRI(strings.TrimSpace(q.typed.Get("interlinker")))
	if slug, host, _ := strings.Cut(string(iri), "@"); !strings.Contains(slug, "/") {
		if e, err := p.Entries.Entry(q.Context(), q.viewer, catalogue.KindInterlinker, slug, host); err == nil {
			iri = e.IRI
		}
	}
	if _, err := p.Integrations.Register(q.Context(), q.viewer, iri, q.toolDetails()); err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.newToolPage(q, f) })
	}
	return q.done("/admin/interlinkers", view.Say("notice.tool_connected"))
}

func (p *Portal) editTool(q *request) error {
	page, err := p.editToolPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) editToolPage(q *request, f view.Form) (view.Page, error) {
	t, err := p.Integrations.Tool(q.Context(), q.viewer, domain.ID(q.PathValue("id")))
	if err != nil {
		return nil, err
	}
	page := p.toolForm(q, f, t)
	page.Title, page.Action, page.Submit = view.Say("integration.change"), q.URL.Path, view.Say("ui.save")
	page.Fields = append(page.Fields, view.Field{Name: "revision", Control: view.Hidden, Value: revisionOf(t.Revision)})
	return page, nil
}

func (p *Portal) saveTool(q *request) error {
	if _, err := p.Integrations.Change(q.Context(), q.viewer, domain.ID(q.PathValue("id")), q.revision(), q.toolDetails()); err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.editToolPage(q, f) })
	}
	return q.done("/admin/interlinkers", view.Say("notice.saved"))
}

func (p *Portal) checkTool(q *request) error {
	if err := p.Integrations.CheckNow(q.Context(), q.viewer, domain.ID(q.PathValue("id"))); err != nil {
		return err
	}
	return q.done("/admin/interlinkers", view.Say("notice.tool_checked"))
}

func (p *Portal) removeTool(q *request) error {
	if err := p.Integrations.Remove(q.Context(), q.viewer, domain.ID(q.PathValue("id"))); err != nil {
		return err
	}
	return q.done("/admin/interlinkers", view.Say("notice.tool_removed"))
}
