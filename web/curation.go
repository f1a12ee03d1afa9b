package web

import (
	"net/http"
	"strings"

	"interlink/domain"
	"interlink/domain/curation"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/web/locale"
	"interlink/web/view"
)

func (p *Portal) curationRoutes() []route {
	return []route{
		{http.MethodGet, "/processes/{name}/resources/{id}/offer", p.askOffer},
		{http.MethodPost, "/processes/{name}/resources/{id}/offer", p.offerResource},
		{http.MethodPost, "/processes/{name}/resources/{id}/credit", p.setCredit},
		{http.MethodGet, "/interlinkers/{slug}/translate", p.askTranslation},
		{http.MethodPost, "/interlinkers/{slug}/translate", p.offerTranslation},
		{http.MethodGet, "/catalogue/offers", p.offers},
		{http.MethodGet, "/catalogue/offers/{offer}", p.offer},
		{http.MethodPost, "/catalogue/offers/{offer}/accept", p.acceptOffer},
		{http.MethodPost, "/catalogue/offers/{offer}/reject", p.rejectOffer},
	}
}

func (p *Portal) askOffer(q *request) error {
	page, err := p.offerPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

// offerPage shows who is credited for a resource and where it was offered, and
// offers it to a catalogue to those who may.
func (p *Portal) offerPage(q *request, f view.Form) (view.Page, error) {
	x, _, head, err := p.headed(q, "resources")
	if err != nil {
		return nil, err
	}
	name, id := x.Name, domain.ID(q.PathValue("id"))
	r, err := p.Coproduction.Resource(q.Context(), q.viewer, name, id)
	if err != nil {
		return nil, err
	}
	credits, err := p.Curation.Credits(q.Context(), q.viewer, name, id)
	if err != nil {
		return nil, err
	}
	offers, err := p.Curation.OffersOf(q.Context(), q.viewer, name, id)
	if err != nil {
		return nil, err
	}
	page := view.OfferResourcePage{
		FormPage: view.FormPage{Frame: q.frame(), Form: f, Action: q.resourcePath() + "/offer", Cancel: q.resourcePath(), Fields: []view.Field{
			{Name: "catalogue", Label: view.Say("curation.catalogue"), Hint: view.Say("curation.catalogue_hint"), Optional: true, Max: 300, Autocomplete: "off"},
			{Name: "summary", Control: view.TextArea, Label: view.Say("curation.summary"), Hint: view.Say("curation.summary_hint"), Optional: true, Max: 1500, Rows: 4},
		}},
		Process: head, Title: view.Plain(r.Language, r.Name), Href: q.resourcePath(), MayOffer: policy.Allow(q.viewer, policy.Publish, x) == nil,
	}
	if page.MayOffer && f.Values == nil {
		if page.Lacks, err = p.Curation.Lacking(q.Context(), q.viewer, name, id); err != nil {
			return nil, err
		}
	}
	for _, c := range credits {
		page.Credits = append(page.Credits, view.CreditChoice{Actor: p.actorOf(q, c.Actor), Withheld: c.Withheld})
		if c.Actor.ID == q.viewer.Actor {
			page.Mine, page.Withheld = true, c.Withheld
		}
	}
	var to []domain.ActorID
	for _, o := range offers {
		to = append(to, o.Catalogue)
	}
	if err := q.meet(to); err != nil {
		return nil, err
	}
	for _, o := range offers {
		page.Offers = append(page.Offers, view.OfferLine{To: p.actor(q, o.Catalogue), State: string(o.State), Reason: o.Reason, Entry: string(o.Entry), At: o.OfferedAt})
	}
	return page, nil
}

// offerResource offers a resource to the catalogue that was named; without one
// to that of this node.
func (p *Portal) offerResource(q *request) error {
	to, err := p.catalogueNamed(q, strings.TrimSpace(q.typed.Get("catalogue")))
	if err == nil {
		_, err = p.Curation.Offer(q.Context(), q.viewer, q.PathValue("name"), domain.ID(q.PathValue("id")), to, q.typed.Get("summary"))
	}
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.offerPage(q, f) })
	}
	return q.done(q.resourcePath()+"/offer", view.Say("notice.offered"))
}

// catalogueNamed finds a catalogue by handle or address; "" is this node's.
func (p *Portal) catalogueNamed(q *request, who string) (*network.Actor, error) {
	if who == "" {
		return p.Network.Actor(q.Context(), q.viewer, p.Catalogue)
	}
	if q.account == nil {
		return nil, domain.Fail(domain.Unauthenticated, "error.sign_in") // only people of this node make it ask others
	}
	found, err := p.Directory.Lookup(q.Context(), who)
	if err != nil {
		return nil, unknown("catalogue", err, "curation.no_catalogue")
	}
	return found, nil
}

func (p *Portal) setCredit(q *request) error {
	withheld := q.typed.Get("withheld") != ""
	if err := p.Curation.Withhold(q.Context(), q.viewer, q.PathValue("name"), domain.ID(q.PathValue("id")), withheld); err != nil {
		return err
	}
	return q.done(q.resourcePath()+"/offer", view.Say("notice.saved"))
}

// offers lists what waits for the curators.
func (p *Portal) offers(q *request) error {
	state := curation.State(q.URL.Query().Get("state"))
	if state != curation.Accepted && state != curation.Rejected {
		state = curation.Waiting
	}
	list, err := p.Curation.Queue(q.Context(), q.viewer, state, q.cursor())
	if err != nil {
		return err
	}
	page := view.OffersPage{Frame: q.frame(), State: string(state), Pager: q.pager(list.Next, list.Total, len(list.Items))}
	for _, o := range list.Items {
		page.Offers = append(page.Offers, p.proposal(o))
	}
	return q.show(page)
}

// proposal shows an offer in a list.
func (p *Portal) proposal(o *curation.Offer) view.Proposal {
	translation := ""
	if t := o.Proposal.Translation; t != nil {
		translation = locale.Snake(t.Field)
	}
	return view.Proposal{
		Field: translation, Language: o.Proposal.Language,
		Href: "/catalogue/offers/" + string(o.ID), Name: view.Plain(o.Proposal.Language, o.Proposal.Name), Process: view.Link{Href: string(o.Proposal.Process), Text: o.Proposal.ProcessTitle},
		Host: o.Host, At: o.OfferedAt, State: string(o.State), Reason: o.Reason, Entry: string(o.Entry), Licence: o.Proposal.Licence,
	}
}

func (p *Portal) offer(q *request) error {
	page, err := p.proposalPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

// proposalPage is the preview of an offer, with the forms that answer it.
func (p *Portal) proposalPage(q *request, f view.Form) (view.Page, error) {
	id, err := domain.ParseID(q.PathValue("offer"))
	if err != nil {
		return nil, err
	}
	o, err := p.Curation.Queued(q.Context(), q.viewer, id)
	if err != nil {
		return nil, err
	}
	page := view.ProposalPage{
		FormPage: view.FormPage{Frame: q.frame(), Form: f, Fields: []view.Field{
			{Name: "revision", Control: view.Hidden, Value: revisionOf(o.Revision)},
			{Name: "reason", Control: view.TextArea, Label: view.Say("curation.why_not"), Hint: view.Say("curation.why_not_hint"), Max: 800, Rows: 3},
		}},
		Proposal: p.proposal(o), Revision: revisionOf(o.Revision), Summary: rich(q, view.Plain(o.Proposal.Language, o.Proposal.Summary)),
		Body: rich(q, view.Plain(o.Proposal.Language, o.Proposal.Body)),
	}
	if d := o.Proposal.File; d != nil {
		page.File = &view.Document{Name: view.Plain(domain.Undetermined, d.Name), Href: string(d.URL), Lang: o.Proposal.Language, Format: formatName(d.MediaType), Bytes: d.Size}
	}
	for _, a := range o.Proposal.Authors {
		page.Authors = append(page.Authors, view.Credit{Name: a.Name, Href: string(a.IRI)})
	}
	if t := o.Proposal.Translation; t != nil {
		page.Fields[1].Hint = view.Say("curation.why_not_translation_hint")
		page.Translation, err = p.offeredTranslation(q, t)
		return page, err
	}
	page.Problems, err = p.problemCards(q, o.Proposal.Problems)
	return page, err
}

func (p *Portal) acceptOffer(q *request) error {
	o, err := p.Curation.Accept(q.Context(), q.viewer, domain.ID(q.PathValue("offer")), q.revision())
	if err != nil {
		return err
	}
	said := "notice.offer_accepted"
	if o.Proposal.Translation != nil {
		said = "notice.translation_accepted"
	}
	return q.done(p.path(o.Entry), view.Say(said))
}

func (p *Portal) rejectOffer(q *request) error {
	_, err := p.Curation.Reject(q.Context(), q.viewer, domain.ID(q.PathValue("offer")), q.revision(), q.typed.Get("reason"))
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.proposalPage(q, f) })
	}
	return q.done("/catalogue/offers", view.Say("notice.offer_rejected"))
}
