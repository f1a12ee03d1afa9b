package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/policy"
	"interlink/domain/review"
	"interlink/web/view"
)

func (p *Portal) reviewRoutes() []route {
	return []route{
		{http.MethodGet, "/reviews/{id}", p.reviewAt},
		{http.MethodGet, "/interlinkers/{slug}/reviews", p.opinions},
		{http.MethodGet, "/interlinkers/{slug}/reviews/mine", p.askOpinion},
		{http.MethodPost, "/interlinkers/{slug}/reviews/mine", p.saveOpinion},
		{http.MethodPost, "/interlinkers/{slug}/reviews/withdraw", p.withdrawOpinion},
		{http.MethodGet, "/interlinkers/{slug}/reviews/{id}/reply", p.askReply},
		{http.MethodPost, "/interlinkers/{slug}/reviews/{id}/reply", p.saveReply},
	}
}

// reviewAt leads from the address of a review to the page where it stands.
func (p *Portal) reviewAt(q *request) error {
	id, err := domain.ParseID(q.PathValue("id"))
	if err != nil {
		return err
	}
	r, err := p.Reviews.Review(q.Context(), id)
	if err != nil {
		return err
	}
	e, err := p.Entries.EntryByIRI(q.Context(), q.viewer, r.Subject)
	if err != nil {
		return err
	}
	return q.redirect(e.Address() + "/reviews#review-" + string(id))
}

// opinionsOf are the latest reviews of an Interlinker, with the forms that the
// reader may use; nil for a draft. Of a copy, they are those of people here.
func (p *Portal) opinionsOf(q *request, e *catalogue.Entry) (*view.Opinions, error) {
	if e.Status == catalogue.Draft {
		return nil, nil
	}
	list, err := p.Reviews.List(q.Context(), e.IRI, review.Filter{}, domain.Page{Limit: glimpse})
	if err != nil {
		return nil, err
	}
	return p.opinionsWith(q, e, list.Items)
}

func (p *Portal) opinionsWith(q *request, e *catalogue.Entry, items []*review.Review) (*view.Opinions, error) {
	o := &view.Opinions{Href: e.Address() + "/reviews", MayAnswer: e.Local() && policy.Allow(q.viewer, policy.Edit, e) == nil}
	tally := e.Ratings.Tally
	if e.Local() {
		var err error
		if tally, err = p.Reviews.Tally(q.Context(), e.IRI); err != nil {
			return nil, err
		}
	} else {
		o.Owner = &view.Link{Href: string(e.IRI) + "/reviews", Text: view.Plain(domain.Undetermined, e.Host)}
	}
	o.Mean, o.Count = tally.Mean(), tally.Count()
	for stars := len(tally); stars >= 1; stars-- {
		o.Bars = append(o.Bars, view.StarBar{Stars: stars, Count: tally[stars-1], Of: o.Count})
	}
	switch err := p.Reviews.May(q.Context(), q.viewer, review.Interlinker, e.IRI); domain.CodeOf(err) {
	case domain.OK:
		o.Write = o.Href + "/mine"
	case domain.Unauthenticated:
		o.SignIn = e.Status.Usable()
	case domain.Internal, domain.Unavailable:
		return nil, err
	}
	ids := make([]domain.ActorID, len(items))
	for i, r := range items {
		ids[i] = r.Author
	}
	if err := q.meet(ids); err != nil {
		return nil, err
	}
	for _, r := range items {
		o.Items = append(o.Items, p.opinion(q, r, o))
	}
	if q.account == nil {
		return o, nil
	}
	mine, err := p.Reviews.Mine(q.Context(), q.viewer, e.IRI)
	if domain.CodeOf(err) == domain.NotFound {
		return o, nil
	}
	if err != nil {
		return nil, err
	}
	own := p.opinion(q, mine, o)
	if o.Mine = &own; own.Removed {
		o.Write = ""
	}
	return o, nil
}

// opinion shows a review.
func (p *Portal) opinion(q *request, r *review.Review, of *view.Opinions) view.Opinion {
	o := view.Opinion{
		ID: string(r.ID), Author: p.actor(q, r.Author), Rating: r.Rating, Title: view.Plain(r.Language, r.Title), Text: paragraphs(r.Text, r.Language), At: r.WrittenAt,
		Edited: r.UpdatedAt.After(r.WrittenAt), Removed: r.State == review.Removed, Reason: r.Reason, Reply: paragraphs(r.Reply.Text, r.Reply.Language), Replied: r.Reply.At,
	}
	if r.Author != q.viewer.Actor {
		o.Report = "/report?about=" + url.QueryEscape(string(r.IRI))
	}
	if of.MayAnswer {
		o.Answer = of.Href + "/" + string(r.ID) + "/reply"
	}
	return o
}

// paragraphs are those of a plain text.
func paragraphs(text string, lang domain.Lang) []domain.Text {
	var out []domain.Text
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, view.Plain(lang, line))
		}
	}
	return out
}

func (p *Portal) opinions(q *request) error {
	e, err := p.entry(q, catalogue.KindInterlinker)
	if err != nil {
		return err
	}
	lang, _ := domain.ParseLang(q.URL.Query().Get("lang")) // "" for what is none
	list, err := p.Reviews.List(q.Context(), e.IRI, review.Filter{Language: lang}, q.cursor())
	if err != nil {
		return err
	}
	o, err := p.opinionsWith(q, e, list.Items)
	if err != nil {
		return err
	}
	langs, err := p.Reviews.Languages(q.Context(), e.IRI)
	if err != nil {
		return err
	}
	page := view.OpinionsPage{
		Frame: q.about(e.IRI), Opinions: *o, Name: e.Name, Crumbs: append(p.catalogueCrumb(q), view.Link{Href: e.Address(), Text: e.Name}), Pager: q.pager(list.Next, list.Total, len(list.Items)),
	}
	all := view.OpinionLang{Href: o.Href, Current: lang == ""}
	for l, n := range langs {
		all.Count += n
		page.Langs = append(page.Langs, view.OpinionLang{Lang: l, Href: o.Href + "?lang=" + url.QueryEscape(string(l)), Count: n, Current: l == lang})
	}
	slices.SortFunc(page.Langs, func(a, b view.OpinionLang) int { return strings.Compare(string(a.Lang), string(b.Lang)) })
	page.Langs = append([]view.OpinionLang{all}, page.Langs...)
	return q.show(page)
}

func (p *Portal) askOpinion(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	page, err := p.opinionPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

// opinionPage is the form of the reader's review.
func (p *Portal) opinionPage(q *request, f view.Form) (view.Page, error) {
	e, err := p.entry(q, catalogue.KindInterlinker)
	if err != nil {
		return nil, err
	}
	if err := p.Reviews.May(q.Context(), q.viewer, review.Interlinker, e.IRI); err != nil {
		return nil, err
	}
	mine, err := p.Reviews.Mine(q.Context(), q.viewer, e.IRI)
	if domain.CodeOf(err) == domain.NotFound {
		mine, err = &review.Review{Language: q.lang}, nil
	}
	if err != nil {
		return nil, err
	}
	stars := view.Field{Name: "rating", Control: view.Radios, Label: view.Say("review.rating_label")}
	for n := 5; n >= 1; n-- {
		stars.Options = append(stars.Options, view.Option{Value: strconv.Itoa(n), Key: "review.rated_" + strconv.Itoa(n), Selected: n == mine.Rating})
	}
	page := view.FormPage{
		Frame: q.frame(), Crumbs: append(p.catalogueCrumb(q), view.Link{Href: e.Address(), Text: e.Name}), Title: view.Say("review.form", words(q, e.Name)), Lead: view.Say("review.lead"),
		Action: e.Address() + "/reviews/mine", Form: f, Submit: view.Say("review.send"), Cancel: e.Address() + "#reviews",
		Fields: []view.Field{
			stars,
			{Name: "title", Label: view.Say("review.title"), Hint: view.Say("review.title_hint"), Value: mine.Title, Max: review.MaxTitle},
			{Name: "text", Control: view.TextArea, Label: view.Say("review.text"), Hint: view.Say("review.text_hint"), Value: mine.Text, Optional: true, Max: review.MaxText, Rows: 6},
			{Name: "language", Control: view.Select, Label: view.Say("ui.language_of"), Options: p.writingLangs(q, mine.Language)},
		},
	}
	if mine.Revision > 0 {
		page.Fields = append(page.Fields, view.Field{Name: "withdraw", Control: view.Check, Label: view.Say("review.withdraw"), Optional: true})
	}
	return page, nil
}

func (p *Portal) saveOpinion(q *request) error {
	e, err := p.entry(q, catalogue.KindInterlinker)
	if err != nil {
		return err
	}
	if q.typed.Get("withdraw") != "" {
		return p.withdrawOpinion(q)
	}
	rating, _ := strconv.Atoi(q.typed.Get("rating"))
	_, err = p.Reviews.Write(q.Context(), q.viewer, review.Interlinker, e.IRI, review.Input{
		Rating: rating, Title: q.typed.Get("title"), Text: q.typed.Get("text"), Language: domain.Lang(q.typed.Get("language")),
	})
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.opinionPage(q, f) })
	}
	return q.done(e.Address()+"#reviews", view.Say("notice.reviewed_thanks"))
}

func (p *Portal) withdrawOpinion(q *request) error {
	e, err := p.entry(q, catalogue.KindInterlinker)
	if err != nil {
		return err
	}
	if err := p.Reviews.Withdraw(q.Context(), q.viewer, e.IRI); err != nil {
		return err
	}
	return q.done(e.Address()+"#reviews", view.Say("notice.review_withdrawn"))
}

func (p *Portal) askReply(q *request) error {
	page, err := p.replyPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

// replyPage is the form by which those who write the catalogue answer a review.
func (p *Portal) replyPage(q *request, f view.Form) (view.Page, error) {
	e, r, err := p.answerable(q)
	if err != nil {
		return nil, err
	}
	return view.FormPage{
		Frame: q.frame(), Crumbs: append(p.catalogueCrumb(q), view.Link{Href: e.Address(), Text: e.Name}), Title: view.Say("review.answer_of", r.Title), Lead: view.Say("review.answer_lead"),
		Action: e.Address() + "/reviews/" + string(r.ID) + "/reply", Form: f, Submit: view.Say("ui.save"), Cancel: e.Address() + "/reviews",
		Fields: []view.Field{
			{Name: "reply", Control: view.TextArea, Label: view.Say("review.reply"), Hint: view.Say("review.reply_hint"), Value: r.Reply.Text, Optional: true, Max: review.MaxReply},
			{Name: "lang", Control: view.Select, Label: view.Say("ui.language_of"), Options: p.writingLangs(q, q.lang)},
		},
	}, nil
}

// answerable reads the review of the path for who may answer it.
func (p *Portal) answerable(q *request) (*catalogue.Entry, *review.Review, error) {
	e, err := p.entry(q, catalogue.KindInterlinker)
	if err != nil {
		return nil, nil, err
	}
	if err := policy.Allow(q.viewer, policy.Edit, e); err != nil {
		return nil, nil, err
	}
	id, err := domain.ParseID(q.PathValue("id"))
	if err != nil {
		return nil, nil, err
	}
	r, err := p.Reviews.Review(q.Context(), id)
	if err == nil && r.Subject != e.IRI {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	return e, r, err
}

func (p *Portal) saveReply(q *request) error {
	e, r, err := p.answerable(q)
	if err != nil {
		return err
	}
	if _, err := p.Reviews.Answer(q.Context(), q.viewer, e.IRI, r.ID, q.typedLang(), q.typed.Get("reply")); err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.replyPage(q, f) })
	}
	return q.done(e.Address()+"/reviews", view.Say("notice.saved"))
}
