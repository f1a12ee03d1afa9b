package view

import (
	"time"

	"interlink/domain"
	"interlink/web/locale"
)

// CataloguesPage lists how other catalogues are followed, at
// /admin/catalogues. Form: POST /admin/catalogues {handle, trust}, where
// MayFollow.
type CataloguesPage struct {
	Frame
	Form      Form
	MayFollow bool
	Items     []Followed
	Waiting   int // entries that wait for review
}

// Followed is a catalogue that this one follows. Its forms, below Href: POST
// /pause, /resume, /again, /check; links: /select and /unfollow.
type Followed struct {
	Host      string
	Href      string
	State     string // translated as subscription_state.<state>
	Halt      string // translated as subscription_halt.<halt>; "" unless it is halted
	Trust     string // translated as trust.<trust>
	Selection []Sentence
	Pages     int
	Taken     int
	Refused   int
	Total     int
	Kept      []Fact // entries that are kept, by where they stand
	Verified  time.Time
	Failing   time.Time
	Away      bool
	May       Steering
}

// Steering says what can be done with a followed catalogue.
type Steering struct{ Pause, Resume, Again, Change bool }

// FollowedPage shows one, at /admin/catalogues/{id}.
type FollowedPage struct {
	Frame
	Followed
}

// TrustChoices are the levels that can be given to a host that is followed.
func (CataloguesPage) TrustChoices() []Option {
	return []Option{
		{Value: "followed", Key: "trust_choice.followed", Selected: true},
		{Value: "endorsed", Key: "trust_choice.endorsed"},
	}
}

// WaitingPage lists what waits for review, at /admin/review. Forms: POST
// /admin/review {entry (several), decision}, /admin/review/host {host,
// decision}.
type WaitingPage struct {
	Frame
	Form  Form
	Host  string // whose entries alone are listed; "" for all
	Items []Reviewed
	Pager Pager
	Hosts []Link // of which entries wait
}

// Reviewed is an entry that waits.
type Reviewed struct {
	InterlinkerCard
	ID  string
	Why string // translated as standing_why.<why>
}

// TrustPage says how far hosts are trusted, at /admin/trust. Forms: POST
// /admin/trust {host, level, reason}, /admin/trust/take-back {host},
// /admin/trust/rules {trust, action, licences, languages}, /admin/trust/list
// {name, retract}, /admin/trust/lists {list, priority},
// /admin/trust/lists/end {list}.
type TrustPage struct {
	Frame
	Form    Form
	Which   string // form that was refused
	MayRule bool
	Hosts   []TrustedHost
	Rules   []AdmissionRule
	Lists   []TrustListRow
	Own     *TrustListRow // nil if it was never published
}

// TrustedHost is what is said of a host.
type TrustedHost struct {
	Host   string
	Level  string // translated as trust.<level>
	Reason string
	At     time.Time
}

// Levels are the choices of the form.
func (TrustPage) Levels() []Option {
	return []Option{
		{Value: "endorsed", Key: "trust_choice.endorsed"}, {Value: "limited", Key: "trust_choice.limited"}, {Value: "blocked", Key: "trust_choice.blocked"},
	}
}

// AdmissionRule is what becomes of entries of a level of trust.
type AdmissionRule struct {
	Trust     string
	Actions   []Option
	Licences  []Option
	Languages string // separated by spaces
}

// TrustListRow is a trust list.
type TrustListRow struct {
	Href, Changes string
	Name          domain.Text
	Priority      int
	Version       int // 0 if nothing was taken yet
	Offered       int // version that waits; 0 for none
	Verified      time.Time
	Problem       string // key; "" for none
	Retracted     bool
	Hosts         int
}

// ListChangesPage shows what taking a version of a list changes, at
// /admin/trust/lists?list={address}. Form: POST /admin/trust/lists/take {list,
// version}.
type ListChangesPage struct {
	Frame
	List  TrustListRow
	Items []ListChange
	Pager Pager
	May   bool
}

// ListChange is one thing that changes.
type ListChange struct {
	Host, Entry           string
	Before, After, Counts string // levels; "" for nothing said
	Reason                string
}

// TrustListPage shows the list that this node publishes, at /trust-list.
type TrustListPage struct {
	Frame
	Name      domain.Text
	Version   int
	Updated   time.Time
	Retracted bool
	Hosts     []TrustedHost
	Entries   []Link
}

// Provenance says why an entry of another node is shown, and how fresh it is.
type Provenance struct {
	Trust     string
	Why       string // translated as standing_why.<why>
	Standing  string
	Verified  time.Time
	Away      time.Time // since when its node does not answer, if it is taken as gone; zero otherwise
	List      string    // address of the trust list that it follows from; "" for none
	Endorsed  bool      // this catalogue announces it
	MayReview bool
}

func (x CataloguesPage) head(p *locale.Printer) head {
	return head{template: "catalogues", nav: navAdmin, title: p.T("page.catalogues.title"), noindex: true}
}

func (x FollowedPage) head(p *locale.Printer) head {
	return head{template: "followed", nav: navAdmin, title: p.T("page.catalogues.of", x.Host), noindex: true}
}

func (x WaitingPage) head(p *locale.Printer) head {
	return head{template: "waiting", nav: navAdmin, title: p.T("page.review.title"), noindex: true}
}

func (x TrustPage) head(p *locale.Printer) head {
	return head{template: "trust", nav: navAdmin, title: p.T("page.trust.title"), noindex: true}
}

func (x ListChangesPage) head(p *locale.Printer) head {
	return head{template: "list-changes", nav: navAdmin, title: p.T("page.list_changes.title"), noindex: true}
}

func (x TrustListPage) head(p *locale.Printer) head {
	return head{template: "trust-list", nav: navCatalogue, title: p.T("page.trust_list.title")}
}
