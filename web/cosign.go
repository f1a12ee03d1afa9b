package web

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/organization"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/web/view"
)

func (p *Portal) cosignRoutes() []route {
	return []route{
		{http.MethodGet, "/stories/{slug}/partners", p.partners},
		{http.MethodPost, "/stories/{slug}/partners", p.askPartner},
		{http.MethodPost, "/stories/{slug}/partners/{id}/cancel", p.cancelPartner},
		{http.MethodGet, "/organizations/{name}/cosignatures", p.cosignRequests},
		{http.MethodGet, "/organizations/{name}/cosignatures/{id}", p.cosignRequest},
		{http.MethodPost, "/organizations/{name}/cosignatures/{id}", p.answerCosignature},
		{http.MethodGet, "/organizations/{name}/cosignatures/{id}/document", p.cosignDocument},
	}
}

// verification tells who signed a story, and what was checked of it.
func (p *Portal) verification(q *request, s *story.Story) (*view.Verification, error) {
	signed, err := p.Signatures(q.Context(), s)
	if err != nil {
		return nil, err
	}
	v := &view.Verification{Digest: s.Digest}
	if len(signed) > 0 {
		found := s.Findings(signed)
		v.Evidence, v.Checks, v.Unchecked = storyHref(s)+"/evidence", found.Checked(), found.Unchecked()
	}
	if s.Evidence != nil {
		v.Checked = s.Evidence.CheckedAt
	}
	for _, one := range signed { // a few at most
		by := view.Signed{By: view.Actor{Name: one.Signer.Host(), Href: string(one.Signer)}, At: one.Created, Key: one.Key}
		a, err := p.Network.ActorByIRI(q.Context(), q.viewer, one.Signer)
		switch {
		case err == nil:
			by.By, by.Gone = p.partner(q, a, s.Cosigned), a.Gone()
		case domain.CodeOf(err) != domain.NotFound && domain.CodeOf(err) != domain.Gone:
			return nil, err
		}
		v.Signed = append(v.Signed, by)
	}
	return v, nil
}

// partner shows who signed or is asked to, by the name that it had then if it is
// no more.
func (p *Portal) partner(q *request, a *network.Actor, asked []*story.Cosignature) view.Actor {
	who := p.actorOf(q, a)
	for _, c := range asked {
		if c.Partner == a.ID && a.Gone() && who.Name == "" {
			who.Name, who.Lang = c.PartnerName.In(q.lang)
			if who.Lang == q.lang || who.Lang == domain.Undetermined {
				who.Lang = ""
			}
		}
	}
	return who
}

// partners asks partners of a story to sign it.
func (p *Portal) partners(q *request) error {
	page, err := p.partnersPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) partnersPage(q *request, f view.Form) (view.Page, error) {
	s, err := p.storyNamed(q)
	if err != nil {
		return nil, err
	}
	asked, err := p.Stories.Cosignatures(q.Context(), q.viewer, s.Slug)
	if err != nil {
		return nil, err
	}
	href := storyHref(s)
	page := view.PartnersPage{
		FormPage: view.FormPage{Frame: q.frame(), Form: f, Action: href + "/partners", Cancel: href, Fields: []view.Field{
			{Name: "partner", Label: view.Say("cosign.partner"), Hint: view.Say("cosign.partner_hint"), Max: 300},
		}},
		Title: s.Title, Href: href, Version: s.Version,
	}
	var who []domain.ActorID
	for _, c := range asked {
		who = append(who, c.Partner)
	}
	if err := q.meet(who); err != nil {
		return nil, err
	}
	signed, err := p.Signatures(q.Context(), s)
	if err != nil {
		return nil, err
	}
	latest := map[domain.ActorID]*story.Cosignature{}
	for _, c := range asked {
		latest[c.Partner] = c
	}
	for _, c := range asked {
		one := askedOf(c)
		one.Hidden = c.State == story.CosignSigned && !slices.ContainsFunc(signed, func(x story.Signature) bool { return x.Signer == c.PartnerIRI })
		if a := q.met[c.Partner]; a != nil {
			one.Who, one.Gone = p.partner(q, a, asked), a.Gone()
		}
		if err := p.onItsWay(q, c, &one); err != nil {
			return nil, err
		}
		if p.askable(c) && latest[c.Partner] == c && !one.Gone {
			one.Again, one.Ask = time.Time{}, string(c.PartnerIRI)
		}
		page.Asked = append(page.Asked, one)
	}
	return page, nil
}

// askable reports whether a partner can be asked again by now.
func (p *Portal) askable(c *story.Cosignature) bool {
	if c.State == story.CosignCancelled {
		return true
	}
	again := c.Again()
	return !again.IsZero() && !p.Now().Before(again)
}

// onItsWay tells of a request that waits how it can be taken back, and whether it
// arrived, as far as that is known.
func (p *Portal) onItsWay(q *request, c *story.Cosignature, one *view.Asked) (err error) {
	if c.State != story.CosignAsked {
		return nil
	}
	one.Cancel = "/stories/" + q.PathValue("slug") + "/partners/" + string(c.ID) + "/cancel"
	if p.Namespace.Owns(c.PartnerIRI) {
		return nil
	}
	if one.GivenUp, err = p.Traffic.GivenUp(q.Context(), c.IRI); err != nil {
		return err
	}
	away, err := p.Traffic.Away(q.Context(), c.PartnerIRI.Host())
	if away {
		one.Away = c.PartnerIRI.Host()
	}
	return err
}

// cancelPartner takes a request back.
func (p *Portal) cancelPartner(q *request) error {
	s, err := p.storyNamed(q)
	if err != nil {
		return err
	}
	id, err := domain.ParseID(q.PathValue("id"))
	if err != nil {
		return err
	}
	if _, err := p.Stories.CancelCosignature(q.Context(), q.viewer, id); err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.partnersPage(q, f) })
	}
	return q.done(storyHref(s)+"/partners", view.Say("notice.cosign_cancelled"))
}

func (p *Portal) askPartner(q *request) error {
	s, err := p.storyNamed(q)
	if err == nil {
		err = policy.Allow(q.viewer, policy.Publish, s) // before another server is asked
	}
	if err != nil {
		return err
	}
	partner, err := p.organizationTyped(q)
	if err == nil {
		_, err = p.Stories.AskCosignature(q.Context(), q.viewer, s.Slug, partner)
	}
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.partnersPage(q, f) })
	}
	return q.done(storyHref(s)+"/partners", view.Say("notice.cosign_asked"))
}

// organizationTyped finds a partner by what was typed: a handle, an address, or
// the bare name of an organisation here.
func (p *Portal) organizationTyped(q *request) (*network.Actor, error) {
	typed := strings.TrimSpace(q.typed.Get("partner"))
	if typed == "" {
		return nil, domain.InvalidField("partner", "cosign.partner_missing")
	}
	if name := strings.TrimPrefix(typed, "@"); !strings.ContainsAny(name, "@/") {
		typed = "@" + name + "@" + p.Namespace.HandleHost()
	}
	found, err := p.Directory.Lookup(q.Context(), typed)
	if err != nil && !domain.Ours(err) {
		err = unknown("partner", err, "cosign.partner_unknown", typed)
	}
	return found, err
}

// asking is an organisation that the reader signs for.
func (p *Portal) asking(q *request) (*organization.Organization, view.Link, error) {
	o, err := p.Organizations.Organization(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return nil, view.Link{}, err
	}
	return o, view.Link{Href: p.path(o.IRI), Text: o.Title}, policy.Allow(q.viewer, policy.Publish, o)
}

func (p *Portal) cosignRequests(q *request) error {
	o, link, err := p.asking(q)
	if err != nil {
		return err
	}
	list, err := p.Stories.CosignRequests(q.Context(), q.viewer, o.ID, q.cursor())
	if err != nil {
		return err
	}
	var who []domain.ActorID
	for _, c := range list.Items {
		who = append(who, c.Owner)
	}
	if err := q.meet(who); err != nil {
		return err
	}
	page := view.CosignRequestsPage{Frame: q.frame(), Organization: link, Pager: q.pager(list.Next, list.Total, len(list.Items))}
	for _, c := range list.Items {
		page.Items = append(page.Items, p.cosignAsked(q, link, c))
	}
	return q.show(page)
}

func (p *Portal) cosignAsked(q *request, of view.Link, c *story.Cosignature) view.Asked {
	one := askedOf(c)
	one.Href, one.Who = of.Href+"/cosignatures/"+string(c.ID), p.actor(q, c.Owner)
	return one
}

func askedOf(c *story.Cosignature) view.Asked {
	return view.Asked{Title: c.Telling.Title, State: string(c.State), Version: c.Version, At: c.AskedAt, Reason: c.Reason, Never: c.Never, Again: c.Again()}
}

// requested reads the request of the path, to the organisation of the path.
func (p *Portal) requested(q *request) (*story.Cosignature, view.Link, error) {
	o, link, err := p.asking(q)
	if err != nil {
		return nil, link, err
	}
	id, err := domain.ParseID(q.PathValue("id"))
	if err != nil {
		return nil, link, err
	}
	c, err := p.Stories.CosignRequest(q.Context(), q.viewer, id)
	if err == nil && c.Partner != o.ID {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	return c, link, err
}

func (p *Portal) cosignRequest(q *request) error {
	page, err := p.cosignPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) cosignPage(q *request, f view.Form) (view.Page, error) {
	c, link, err := p.requested(q)
	if err != nil {
		return nil, err
	}
	shown, err := p.storyPage(q, &story.Story{Owner: c.Owner, Host: c.Host, IRI: c.StoryIRI, Telling: c.Telling, Status: story.Withdrawn, PublishedAt: c.AskedAt}, "", "")
	if err != nil {
		return nil, err
	}
	shown.Clone, shown.Address, shown.Href, shown.Verification = "", "", "", nil
	page := view.CosignRequestPage{
		Frame: q.frame(), Organization: link, Asked: p.cosignAsked(q, link, c), Story: shown, Address: string(c.StoryIRI), Digest: c.Digest,
		Action: link.Href + "/cosignatures/" + string(c.ID), Form: f, Revision: revisionOf(c.Revision), Crossed: c.Crossed(),
	}
	if len(c.Article) > 0 {
		sum := sha256.Sum256(c.Article)
		page.Document, page.Hash = page.Action+"/document", hex.EncodeToString(sum[:])
	}
	page.Outdated, err = p.Stories.Superseded(q.Context(), c)
	return page, err
}

// cosignDocument hands out what another node asks to be signed, as it came.
func (p *Portal) cosignDocument(q *request) error {
	c, _, err := p.requested(q)
	if err == nil && len(c.Article) == 0 {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil {
		return err
	}
	h := q.w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Disposition", `attachment; filename="story.json"`)
	_, err = q.w.Write(c.Article)
	return err
}

func (p *Portal) answerCosignature(q *request) error {
	c, link, err := p.requested(q)
	if err != nil {
		return err
	}
	answer := q.typed.Get("answer")
	sign := answer == "sign"
	if !sign && answer != "refuse" {
		return domain.InvalidField("answer", "error.invalid") // a refusal is not taken back
	}
	reply := story.CosignReply{Sign: sign, Reason: q.typed.Get("reason"), Never: q.typed.Get("never") != ""}
	c, err = p.Stories.AnswerCosignature(q.Context(), q.viewer, c.ID, q.revision(), reply)
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.cosignPage(q, f) })
	}
	notice := "notice.cosign_refused"
	switch c.State {
	case story.CosignSigned:
		notice = "notice.cosigned"
	case story.CosignWithdrawn:
		notice = "notice.cosign_withdrawn"
	}
	return q.done(link.Href+"/cosignatures", view.Say(notice))
}
