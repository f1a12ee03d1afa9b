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
	"interlink/domain/story"
	"interlink/web/view"
)

func (p *Portal) reviewRoutes() []route {
	routes := []route{{http.MethodGet, "/reviews/{id}", p.reviewAt}}
	for _, of := range []struct {
		path string
		find func(*request) (*reviewed, error)
	}{{"/interlinkers/{slug}/reviews", p.reviewedInterlinker}, {"/stories/{slug}/reviews", p.reviewedStory}} {
		with := func(fn func(*request, *reviewed) error) handler {
			return func(q *request) error {
				r, err := of.find(q)
				if err != nil {
					return err
				}
				return fn(q, r)
			}
		}
		routes = append(routes,
			route{http.MethodGet, of.path, with(p.opinions)},
			route{http.MethodGet, of.path + "/mine", with(p.askOpinion)},
			route{http.MethodPost, of.path + "/mine", with(p.saveOpinion)},
			route{http.MethodPost, of.path + "/withdraw", with(p.withdrawOpinion)},
			route{http.MethodGet, of.path + "/{id}/reply", with(p.askReply)},
			route{http.MethodPost, of.path + "/{id}/reply", with(p.saveReply)},
		)
	}
	return routes
}

// reviewed is a thing that is reviewed.
type reviewed struct {
	policy.Facts
	kind    review.Kind
	iri     domain.IRI
	host    string // "" for this node
	name    domain.Text
	href    string
	crumb   []view.Link // above it
	ratings review.Ratings
	open    bool // reviews are taken
}

func (p *Portal) reviewedInterlinker(q *request) (*reviewed, error) {
	e, err := p.entry(q, catalogue.KindInterlinker)
	if err != nil {
		return nil, err
	}
	return p.entryReviewed(q, e), nil
}

func (p *Portal) entryReviewed(q *request, e *catalogue.Entry) *reviewed {
	return &reviewed{e, review.Interlinker, e.IRI, e.Host, e.Name, e.Address(), p.catalogueCrumb(q), e.Ratings, e.Status.Usable()}
}

func (p *Portal) reviewedStory(q *request) (*reviewed, error) {
	s, err := p.storyNamed(q)
	if err != nil {
		return nil, err
	}
	return p.storyReviewed(q, s), nil
}

func (p *Portal) storyReviewed(q *request, s *story.Story) *reviewed {
	crumb := []view.Link{{Href: "/stories", Text: view.Plain(q.lang, p.say(q, "nav.stories"))}}
	return &reviewed{s, review.Story, s.IRI, s.Host, s.Title, s.Address(), crumb, s.Ratings, s.Status == story.Published}
}

// crumbs lead to the thing.
func (r *reviewed) crumbs() []view.Link {
	return append(r.crumb, view.Link{Href: r.href, Text: r.name})
}

// word is a sentence of the form, of which stories have others.
func (r *reviewed) word(key string) view.Sentence {
	if r.kind == review.Story {
		key += "_story"
	}
	return view.Say(key)
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
	var at string
	switch r.Kind {
	case review.Story:
		s, err := p.Stories.StoryByIRI(q.Context(), q.viewer, r.Subject)
		if err != nil {
			return err
		}
		at = s.Address()
	default:
		e, err := p.Entries.EntryByIRI(q.Context(), q.viewer, r.Subject)
		if err != nil {
			return err
		}
		at = e.Address()
	}
	return q.redirect(at + "/reviews#review-" + string(id))
}

// opinionsOf are the latest reviews of a thing, with the forms that the reader
// may use. Of a copy, they are those of people here.
func (p *Portal) opinionsOf(q *request, e *reviewed) (*view.Opinions, error) {
	list, err := p.Reviews.List(q.Context(), e.iri, review.Filter{}, domain.Page{Limit: glimpse})
	if err != nil {
		return nil, err
	}
	return p.opinionsWith(q, e, list.Items)
}

func (p *Portal) opinionsWith(q *request, e *reviewed, items []*review.Review) (*view.Opinions, error) {
	o := &view.Opinions{Href: e.href + "/reviews", MayAnswer: e.host == "" && policy.Allow(q.viewer, policy.Edit, e.Facts) == nil}
	tally := e.ratings.Tally
	if e.host == "" {
		var err error
		if tally, err = p.Reviews.Tally(q.Context(), e.iri); err != nil {
			return nil, err
		}
	} else {
		o.Owner = &view.Link{Href: string(e.iri) + "/reviews", Text: view.Plain(domain.Undetermined, e.host)}
	}
	o.Mean, o.Count = tally.Mean(), tally.Count()
	for stars := len(tally); stars >= 1; stars-- {
		o.Bars = append(o.Bars, view.StarBar{Stars: stars, Count: tally[stars-1], Of: o.Count})
	}
	switch err := p.Reviews.May(q.Context(), q.viewer, e.kind, e.iri); domain.CodeOf(err) {
	case domain.OK:
		o.Write = o.Href + "/mine"
	case domain.Unauthenticated:
		o.SignIn = e.open
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
	mine, err := p.Reviews.Mine(q.Context(), q.viewer, e.iri)
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

func (p *Portal) opinions(q *request, e *reviewed) error {
	lang, _ := domain.ParseLang(q.URL.Query().Get("lang")) // "" for what is none
	list, err := p.Reviews.List(q.Context(), e.iri, review.Filter{Language: lang}, q.cursor())
	if err != nil {
		return err
	}
	o, err := p.opinionsWith(q, e, list.Items)
	if err != nil {
		return err
	}
	langs, err := p.Reviews.Languages(q.Context(), e.iri)
	if err != nil {
		return err
	}
	page := view.OpinionsPage{
		Frame: q.about(e.iri), Opinions: *o, Name: e.name, Story: e.kind == review.Story, Crumbs: e.crumbs(), Pager: q.pager(list.Next, list.Total, len(list.Items)),
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

func (p *Portal) askOpinion(q *request, e *reviewed) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	page, err := p.opinionPage(q, e, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

// opinionPage is the form of the reader's review.
func (p *Portal) opinionPage(q *request, e *reviewed, f view.Form) (view.Page, error) {
	if err := p.Reviews.May(q.Context(), q.viewer, e.kind, e.iri); err != nil {
		return nil, err
	}
	mine, err := p.Reviews.Mine(q.Context(), q.viewer, e.iri)
	if domain.CodeOf(err) == domain.NotFound {
		mine, err = &review.Review{Language: q.lang}, nil
	}
	if err != nil {
		return nil, err
	}
	stars := view.Field{Name: "rating", Control: view.Radios, Label: e.word("review.rating_label")}
	for n := 5; n >= 1; n-- {
		stars.Options = append(stars.Options, view.Option{Value: strconv.Itoa(n), Key: "review.rated_" + strconv.Itoa(n), Selected: n == mine.Rating})
	}
	page := view.FormPage{
		Frame: q.frame(), Crumbs: e.crumbs(), Title: view.Say("review.form", words(q, e.name)), Lead: e.word("review.lead"),
		Action: e.href + "/reviews/mine", Form: f, Submit: view.Say("review.send"), Cancel: e.href + "#reviews",
		Fields: []view.Field{
			stars,
			{Name: "title", Label: view.Say("review.title"), Hint: view.Say("review.title_hint"), Value: mine.Title, Max: review.MaxTitle},
			{Name: "text", Control: view.TextArea, Label: view.Say("review.text"), Hint: e.word("review.text_hint"), Value: mine.Text, Optional: true, Max: review.MaxText, Rows: 6},
			{Name: "language", Control: view.Select, Label: view.Say("ui.language_of"), Options: p.writingLangs(q, mine.Language)},
		},
	}
	if mine.Revision > 0 {
		page.Fields = append(page.Fields, view.Field{Name: "withdraw", Control: view.Check, Label: view.Say("review.withdraw"), Optional: true})
	}
	return page, nil
}

func (p *Portal) saveOpinion(q *request, e *reviewed) error {
	if q.typed.Get("withdraw") != "" {
		return p.withdrawOpinion(q, e)
	}
	rating, _ := strconv.Atoi(q.typed.Get("rating"))
	_, err := p.Reviews.Write(q.Context(), q.viewer, e.kind, e.iri, review.Input{
		Rating: rating, Title: q.typed.Get("title"), Text: q.typed.Get("text"), Language: domain.Lang(q.typed.Get("language")),
	})
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.opinionPage(q, e, f) })
	}
	return q.done(e.href+"#reviews", view.Say("notice.reviewed_thanks"))
}

func (p *Portal) withdrawOpinion(q *request, e *reviewed) error {
	if err := p.Reviews.Withdraw(q.Context(), q.viewer, e.iri); err != nil {
		return err
	}
	return q.done(e.href+"#reviews", view.Say("notice.review_withdrawn"))
}

func (p *Portal) askReply(q *request, e *reviewed) error {
	page, err := p.replyPage(q, e, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

// replyPage is the form by which those who keep a thing answer a review.
func (p *Portal) replyPage(q *request, e *reviewed, f view.Form) (view.Page, error) {
	r, err := p.answerable(q, e)
	if err != nil {
		return nil, err
	}
	return view.FormPage{
		Frame: q.frame(), Crumbs: e.crumbs(), Title: view.Say("review.answer_of", r.Title), Lead: view.Say("review.answer_lead"),
		Action: e.href + "/reviews/" + string(r.ID) + "/reply", Form: f, Submit: view.Say("ui.save"), Cancel: e.href + "/reviews",
		Fields: []view.Field{
			{Name: "reply", Control: view.TextArea, Label: view.Say("review.reply"), Hint: view.Say("review.reply_hint"), Value: r.Reply.Text, Optional: true, Max: review.MaxReply},
			{Name: "lang", Control: view.Select, Label: view.Say("ui.language_of"), Options: p.writingLangs(q, q.lang)},
		},
	}, nil
}

// answerable reads the review of the path for who may answer it.
func (p *Portal) answerable(q *request, e *reviewed) (*review.Review, error) {
	if err := policy.Allow(q.viewer, policy.Edit, e.Facts); err != nil {
		return nil, err
	}
	id, err := domain.ParseID(q.PathValue("id"))
	if err != nil {
		return nil, err
	}
	r, err := p.Reviews.Review(q.Context(), id)
	if err == nil && r.Subject != e.iri {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	return r, err
}

func (p *Portal) saveReply(q *request, e *reviewed) error {
	r, err := p.answerable(q, e)
	if err != nil {
		return err
	}
	if _, err := p.Reviews.Answer(q.Context(), q.viewer, e.iri, r.ID, q.typedLang(), q.typed.Get("reply")); err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.replyPage(q, e, f) })
	}
	return q.done(e.href+"/reviews", view.Say("notice.saved"))
}
