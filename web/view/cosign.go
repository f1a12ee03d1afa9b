package view

import (
	"time"

	"interlink/domain"
	"interlink/web/locale"
)

// Verification is who signed a story, and what was checked of it.
type Verification struct {
	Signed            []Signed  // its organisation first; none: it is not signed
	Digest            string    // of what it shows; "" if it shows nothing
	Checked           time.Time // when a copy came and was checked; zero for a story of this node, which signs it
	Evidence          string    // address of what it can be checked by elsewhere; "" if it is not signed
	Checks, Unchecked []string  // keys of the sentences that say what was checked, and what was not
}

// Signed is one signature under a story.
type Signed struct {
	By  Actor
	At  time.Time
	Key string // z6Mk…, to be compared

	Gone bool // who signed is no more
}

// PartnersPage asks partner organisations to sign a story, at
// /stories/{slug}/partners.
//
// Form: POST Action with Fields; POST Cancel of what is asked.
type PartnersPage struct {
	FormPage
	Title   domain.Text
	Href    string // of the story
	Version int
	Asked   []Asked
}

// Asked is a request to sign a story.
type Asked struct {
	Href    string // its page for who is asked; "" on the page of who asks
	Title   domain.Text
	Who     Actor  // who is asked; for who is asked, who asks
	State   string // asked, signed, refused, withdrawn, cancelled: translated as cosign_state.<state>
	Version int
	At      time.Time
	Reason  string    // why it was refused, or withdrawn
	Never   bool      // it does not want to be asked again
	Again   time.Time // from when on it can be asked again; zero if it cannot, or can now
	Away    string    // host that does not answer, so that the request may not have arrived; "" if it does
	GivenUp bool      // its server did not take the request for so long that it is not sent any more
	Ask     string    // whom to ask again, as it is typed; "" if it cannot be now
	Cancel  string    // where it is taken back; "" if it cannot be
	Gone    bool      // who is asked is no more
	Hidden  bool      // it signed, and the story does not show it, as not everybody may know of it
}

// CosignRequestsPage lists what an organisation is asked to sign, at
// /organizations/{name}/cosignatures.
type CosignRequestsPage struct {
	Frame
	Organization Link
	Items        []Asked
	Pager        Pager
}

// CosignRequestPage shows what an organisation is asked to sign, at
// /organizations/{name}/cosignatures/{id}.
//
// Form: POST Action {revision, answer: "sign" or "refuse", reason, never}; who
// signed takes that back by "refuse". To a request that was taken back before
// it was signed: {revision, answer: "refuse", never: "true"}.
type CosignRequestPage struct {
	Frame
	Organization Link
	Asked
	Story    StoryPage // as far as it is signed
	Address  string    // of the story at its own node
	Digest   string
	Document string // where what is signed can be had, byte by byte; "" for a story of this node
	Hash     string // SHA-256 of that
	Outdated bool   // there is another version by now: this one cannot be signed
	Crossed  bool   // it was signed before it was taken back
	Action   string
	Form     Form
	Revision string
}

func (x PartnersPage) head(p *locale.Printer) head {
	return head{template: "partners", nav: navStories, title: p.T("cosign.partners_of", in(p, x.Title)), noindex: true}
}

func (x CosignRequestsPage) head(p *locale.Printer) head {
	return head{template: "cosign-requests", nav: navCommunities, title: p.T("cosign.requests"), noindex: true}
}

func (x CosignRequestPage) head(p *locale.Printer) head {
	return head{template: "cosign-request", nav: navCommunities, title: p.T("cosign.request_of", in(p, x.Asked.Title)), noindex: true}
}
