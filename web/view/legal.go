package view

import (
	"time"

	"interlink/domain"
	"interlink/web/locale"
)

// LegalIndexPage lists the pages of law, at /legal.
type LegalIndexPage struct {
	Frame
	Items   []LegalItem
	Contact string // address of those who run the node; "" for none
}

// LegalItem is one page of law.
type LegalItem struct {
	Kind   string // translated as legal_kind.<value>
	Href   string
	Number int // of the version in force; 0 for none
	At     time.Time
	Langs  []domain.Lang // for those who write
	Draft  bool          // one is saved, for those who write
}

// LegalPage is one page of law, at /legal/{kind}, and an earlier version of it,
// at /legal/{kind}/versions/{number}.
type LegalPage struct {
	Frame
	Kind    string
	Number  int // 0 while none is published
	Latest  int
	At      time.Time
	Text    Rich
	Changes domain.Text // over the version before; may be empty
	Langs   []domain.Lang
	Contact string
}

// LegalVersionsPage lists all versions of one, at /legal/{kind}/versions.
type LegalVersionsPage struct {
	Frame
	Kind  string
	Items []LegalVersion
	Pager Pager
}

// LegalVersion is one of them.
type LegalVersion struct {
	Href    string
	Number  int
	At      time.Time
	Changes domain.Text // may be empty
	Demands bool        // who had accepted another was asked again
}

// TermsPage asks a person to accept the terms, at /terms, or says that they
// did.
//
// Form: POST /terms {version, terms (checkbox), return}.
type TermsPage struct {
	Frame
	Form       Form
	Number     int // of those in force; 0 if there are none
	At         time.Time
	Text       Rich
	News       []LegalVersion // since the version that the reader accepted
	Owed       bool           // they cannot go on before
	Accepted   int            // version; 0 for none
	AcceptedAt time.Time
	Return     string
}

// LegalAdminPage lists the pages for those who write them, at /admin/legal.
type LegalAdminPage struct {
	Frame
	Items []LegalItem
}

// LegalEditPage writes one, at /admin/legal/{kind}.
//
// Form: POST Action {revision, text_LANG, changes_LANG, demands (checkbox), do
// ("draft", "publish")}.
type LegalEditPage struct {
	Frame
	Form                Form
	Kind, Action        string
	Revision            string
	Number              int // of the version in force; 0 for none
	At                  time.Time
	Langs               []LegalLang
	Terms               bool // can be asked to be accepted
	Demands             bool
	Drafted             bool
	MaxText, MaxChanges int
}

// LegalLang is a page of law in one language.
type LegalLang struct {
	Lang     domain.Lang
	Name     string // in the language itself
	Text     string
	Changes  string
	Headings string // to begin with, where there is no text
	Preview  Rich   // of a saved draft
	Open     bool
}

// RetentionPage tells for how long data is kept, at /legal/retention.
type RetentionPage struct {
	Frame
	Rows []RetentionRow
}

// RetentionRow is a kind of data; what it is and why it is kept are translated
// as retention.what_<Data> and retention.why_<Data>.
type RetentionRow struct {
	Data string
	Ends string   // from when the time counts, or what ends it: translated as retention_ends.<value>
	Then string   // translated as retention_then.<value>
	Long Sentence // empty where no time is set
}

func (x LegalIndexPage) head(p *locale.Printer) head {
	return head{template: "legal-index", title: p.T("legal.title"), description: p.T("legal.lead")}
}

func (x LegalPage) head(p *locale.Printer) head {
	return head{template: "legal", title: p.T("legal_kind." + x.Kind), description: p.T("legal.description_" + x.Kind), noindex: x.Number != x.Latest || x.Number == 0}
}

func (x LegalVersionsPage) head(p *locale.Printer) head {
	return head{template: "legal-versions", title: p.T("legal.versions_of", p.T("legal_kind."+x.Kind)), noindex: true}
}

func (x TermsPage) head(p *locale.Printer) head {
	return head{template: "terms", title: p.T("legal.terms_title"), noindex: true}
}

func (x LegalAdminPage) head(p *locale.Printer) head {
	return head{template: "legal-admin", nav: navAdmin, title: p.T("legal.title"), noindex: true}
}

func (x LegalEditPage) head(p *locale.Printer) head {
	return head{template: "legal-edit", nav: navAdmin, title: p.T("legal_kind." + x.Kind), noindex: true}
}

func (x RetentionPage) head(p *locale.Printer) head {
	return head{template: "retention", title: p.T("retention.title"), description: p.T("retention.lead")}
}

// field is the name of a field of the language.
func (l LegalLang) field(name string) string { return name + "_" + string(l.Lang) }

// TextField is the name of the field of the text.
func (l LegalLang) TextField() string { return l.field("text") }

// ChangesField is the name of the field of what changed.
func (l LegalLang) ChangesField() string { return l.field("changes") }
