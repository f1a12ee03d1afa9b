package view

import (
	"strings"
	"time"

	"interlink/domain"
	"interlink/web/locale"
)

// Opinions are what people say of a thing: on its page the latest, on a page of
// their own all.
//
// Forms: POST Href + "/{id}/reply" {reply}, where MayAnswer.
type Opinions struct {
	Href      string // of all
	Write     string // address of the form; "" for who may not
	SignIn    bool   // they might after signing in
	Mine      *Opinion
	Mean      float64 // of 1 to 5; 0 for none
	Count     int
	Bars      []StarBar // five stars first
	Items     []Opinion
	Owner     *Link // of a copy: where all reviews are
	MayAnswer bool
}

// StarBar is how many gave so many stars.
type StarBar struct{ Stars, Count, Of int }

// Opinion is what one person says.
type Opinion struct {
	ID      string
	Author  Actor
	Rating  int // 1 to 5
	Title   domain.Text
	Text    []domain.Text // its paragraphs
	At      time.Time
	Edited  bool
	Removed bool   // by those who moderate; seen by its author alone
	Reason  string // why
	Reply   []domain.Text
	Replied time.Time
	Report  string // address of the form that gives notice of it
	Answer  string // address of the form that answers it; "" for who may not
}

// Stars draws the rating.
func (o Opinion) Stars() string {
	return strings.Repeat("★", o.Rating) + strings.Repeat("☆", 5-o.Rating)
}

// OpinionLang is a language in which people say something.
type OpinionLang struct {
	Lang    domain.Lang // "" for all
	Href    string
	Count   int
	Current bool
}

// OpinionsPage lists what people say of a thing, at
// /interlinkers/{slug}/reviews and /stories/{slug}/reviews.
type OpinionsPage struct {
	Frame
	Opinions
	Name   domain.Text
	Story  bool // it is one
	Crumbs []Link
	Langs  []OpinionLang // by which they are narrowed; the first is all
	Pager  Pager
}

func (x OpinionsPage) head(p *locale.Printer) head {
	nav := navCatalogue
	if x.Story {
		nav = navStories
	}
	return head{template: "opinions-page", nav: nav, title: p.T("review.of", in(p, x.Name))}
}
