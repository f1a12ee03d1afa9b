package api

import (
	"context"
	"net/http"
	"time"

	"interlink/domain"
	"interlink/domain/legal"
	"interlink/domain/retention"
)

// LegalPage is a page of law, in one version.
type LegalPage struct {
	Kind    string      `json:"kind" enum:"privacy,terms,accessibility,imprint"`
	Version int         `json:"version"`
	At      time.Time   `json:"at" doc:"in force since"`
	Page    domain.IRI  `json:"page"`
	Text    domain.Text `json:"text,omitempty" doc:"Markdown by language; absent in lists"`
	Changes domain.Text `json:"changes,omitempty" doc:"over the version before; plain text"`
	Demands bool        `json:"demands" doc:"of terms: who had accepted another must accept it"`
}

// LegalKind asks for a page of law.
type LegalKind struct {
	Kind string `path:"kind" doc:"privacy, terms, accessibility, imprint" maxLength:"36"`
}

// LegalVersions asks for its versions.
type LegalVersions struct {
	LegalKind
	Paging
}

// LegalVersion asks for one.
type LegalVersion struct {
	LegalKind
	Number string `path:"number" maxLength:"36" doc:"from 1"`
}

// LegalInput publishes a version.
type LegalInput struct {
	LegalKind
	Body struct {
		Version int         `json:"version" minimum:"0" maximum:"1000000" doc:"of the one in force, which this follows; 0 if there is none"`
		Text    domain.Text `json:"text" doc:"Markdown by language, up to 60000 letters each"`
		Changes domain.Text `json:"changes,omitempty" doc:"what is new; plain text, up to 2000 letters"`
		Demands bool        `json:"demands,omitempty" doc:"of terms: everybody must accept it before they go on"`
	}
}

// TermsState is how the caller stands to the terms.
type TermsState struct {
	Version    int        `json:"version" doc:"in force; 0 if there are none"`
	Accepted   int        `json:"accepted" doc:"by the caller; 0 for none"`
	AcceptedAt *time.Time `json:"acceptedAt,omitempty"`
	Owed       bool       `json:"owed" doc:"nothing can be changed before they are accepted"`
}

// TermsInput accepts a version.
type TermsInput struct {
	Body struct {
		Version int `json:"version" minimum:"0" maximum:"1000000" doc:"the one that was read; it must be in force"`
	}
}

// Kept is for how long a kind of data is kept.
type Kept struct {
	Data  string `json:"data"`
	Hours int    `json:"hours,omitempty" doc:"absent where no time is set"`
	Ends  string `json:"ends" doc:"from when the time counts, or what ends it: since_… or until_…, for_ever"`
	Then  string `json:"then" enum:"erased,unnamed,counted,hashed,stays"`
}

func (a *API) legalPage(v *legal.Version) LegalPage {
	return LegalPage{
		Kind: string(v.Kind), Version: v.Number, At: v.At, Page: a.Namespace.IRI("legal", string(v.Kind)), Text: v.Text, Changes: v.Changes, Demands: v.Demands,
	}
}

func (a *API) legalOperations() {
	const tag = "Legal"
	do(a, tag, operation{method: http.MethodGet, path: "/legal", summary: "The pages of law that are in force", description: "Without their texts."},
		func(ctx context.Context, _ *caller, _ *struct{}) (*One[[]LegalPage], error) {
			versions, err := a.Legal.Published(ctx)
			pages := make([]LegalPage, len(versions))
			for i, v := range versions {
				pages[i] = a.legalPage(v)
				pages[i].Text = nil
			}
			return one(pages), err
		})
	do(a, tag, operation{method: http.MethodGet, path: "/legal/{kind}", summary: "The version of a page of law that is in force"},
		func(ctx context.Context, _ *caller, in *LegalKind) (*One[LegalPage], error) {
			return oneAs(a.legalPage)(a.Legal.Latest(ctx, legal.Kind(in.Kind)))
		})
	do(a, tag, operation{method: http.MethodGet, path: "/legal/{kind}/versions", summary: "All its versions, newest first"},
		func(ctx context.Context, c *caller, in *LegalVersions) (*List[LegalPage], error) {
			return listAs(c, a.legalPage)(a.Legal.Versions(ctx, legal.Kind(in.Kind), in.page()))
		})
	do(a, tag, operation{method: http.MethodGet, path: "/legal/{kind}/versions/{number}", summary: "One of its versions"},
		func(ctx context.Context, _ *caller, in *LegalVersion) (*One[LegalPage], error) {
			n, err := number(in.Number)
			if err != nil {
				return nil, err
			}
			return oneAs(a.legalPage)(a.Legal.Version(ctx, legal.Kind(in.Kind), n))
		})
	do(a, tag, operation{method: http.MethodPut, path: "/legal/{kind}", node: true, summary: "Publish a version of a page of law", description: "It is in force at once; a draft in the portal is gone."},
		a.publishLegal)
	do(a, tag, operation{method: http.MethodGet, path: "/me/terms", own: true, summary: "How one stands to the terms of use"},
		func(ctx context.Context, c *caller, _ *struct{}) (*One[TermsState], error) {
			return a.termsState(ctx, c)
		})
	do(a, tag, operation{method: http.MethodPut, path: "/me/terms", always: true, summary: "Accept the terms of use"},
		func(ctx context.Context, c *caller, in *TermsInput) (*One[TermsState], error) {
			if in.Body.Version == 0 {
				return nil, domain.InvalidField("version", "legal.accept_missing")
			}
			if _, err := a.Legal.Accept(ctx, c.viewer, in.Body.Version); err != nil {
				return nil, err
			}
			return a.termsState(ctx, c)
		})
	do(a, tag, operation{method: http.MethodGet, path: "/retention", summary: "For how long data is kept", description: "The rules by which the node removes it."},
		func(_ context.Context, _ *caller, _ *struct{}) (*One[[]Kept], error) {
			var rules []Kept
			for _, r := range retention.Rules(a.Retention) {
				rules = append(rules, Kept{Data: string(r.Data), Hours: int(r.Keep / time.Hour), Ends: string(r.Ends), Then: string(r.Then)})
			}
			return one(rules), nil
		})
}

func (a *API) publishLegal(ctx context.Context, c *caller, in *LegalInput) (*One[LegalPage], error) {
	p, err := a.Legal.Page(ctx, c.viewer, legal.Kind(in.Kind))
	if err != nil {
		return nil, err
	}
	latest := 0
	if p.Latest != nil {
		latest = p.Latest.Number
	}
	if latest != in.Body.Version {
		return nil, domain.Fail(domain.Conflict, "legal.meanwhile")
	}
	words := legal.Words{Text: in.Body.Text, Changes: in.Body.Changes, Demands: in.Body.Demands}
	return oneAs(a.legalPage)(a.Legal.Publish(ctx, c.viewer, p.Kind, p.Revision, c.words.Lang, words))
}

func (a *API) termsState(ctx context.Context, c *caller) (*One[TermsState], error) {
	d, err := a.Legal.Demand(ctx, c.viewer)
	if err != nil {
		return nil, err
	}
	state := TermsState{Accepted: d.Accepted.Version, AcceptedAt: instant(d.Accepted.At), Owed: d.Owed}
	if d.Terms != nil {
		state.Version = d.Terms.Number
	}
	return one(state), nil
}
