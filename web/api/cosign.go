package api

import (
	"context"
	"net/http"
	"time"

	"interlink/domain"
	"interlink/domain/story"
)

// Signature is one under a story, as this node checked it.
type Signature struct {
	Signer  domain.IRI `json:"signer" doc:"organisation"`
	Method  string     `json:"method" doc:"id of its key"`
	Key     string     `json:"key" doc:"publicKeyMultibase"`
	Created *time.Time `json:"created,omitempty" doc:"as it says"`
	Along   bool       `json:"along,omitempty" doc:"the key came along in an archive: its server could not be asked"`
	Gone    bool       `json:"gone,omitempty" doc:"the organisation is no more"`
}

// Verification is who signed a story.
type Verification struct {
	Signed    []Signature `json:"signed" doc:"the owner first, then partners; none: it is not signed"`
	Digest    string      `json:"digest,omitempty" doc:"hex SHA-256 of what the story shows"`
	Checked   *time.Time  `json:"checked,omitempty" doc:"when a copy came; absent for a story of this node"`
	Evidence  domain.IRI  `json:"evidence,omitempty" doc:"address of what it is checked by elsewhere"`
	Checks    []string    `json:"checks" doc:"what was checked, in words"`
	Unchecked []string    `json:"unchecked" doc:"what was not"`
}

// Cosignature is a request to sign a story, and its answer.
type Cosignature struct {
	ID       domain.ID   `json:"id"`
	Story    domain.IRI  `json:"story"`
	Title    domain.Text `json:"title"`
	Version  int         `json:"version" doc:"of the story"`
	Digest   string      `json:"digest,omitempty" doc:"of what it shows"`
	Owner    *Actor      `json:"owner,omitempty"`
	Partner  *Actor      `json:"partner,omitempty"`
	State    string      `json:"state" enum:"asked,signed,refused,withdrawn,cancelled" doc:"withdrawn: the signature was taken back; cancelled: the request was"`
	Reason   string      `json:"reason,omitempty" doc:"why it was refused or withdrawn"`
	Never    bool        `json:"never,omitempty" doc:"the partner does not want to be asked again for this story"`
	AskedAt  time.Time   `json:"askedAt"`
	AgainAt  *time.Time  `json:"againAt,omitempty" doc:"from when on a partner that said no can be asked again"`
	Revision int64       `json:"revision"`

	Name    domain.Text `json:"partnerName,omitempty" doc:"how the partner was called when it was asked"`
	GivenUp bool        `json:"givenUp,omitempty" doc:"its server did not take the request for so long that it is not sent any more"`
}

func (a *API) cosignatureView(ctx context.Context, c *caller, x *story.Cosignature) Cosignature {
	var again *time.Time
	if at := x.Again(); !at.IsZero() {
		again = &at
	}
	givenUp := false
	if x.Story != "" && x.State == story.CosignAsked {
		givenUp, _ = a.Traffic.GivenUp(ctx, x.IRI)
	}
	return Cosignature{
		Name: x.PartnerName, GivenUp: givenUp,
		ID: x.ID, Story: x.StoryIRI, Title: x.Telling.Title, Version: x.Version, Digest: x.Digest, Owner: a.actorByID(ctx, c, x.Owner), Partner: a.actorByID(ctx, c, x.Partner),
		State: string(x.State), Reason: x.Reason, Never: x.Never, AskedAt: x.AskedAt, AgainAt: again, Revision: x.Revision,
	}
}

// PartnerInput asks a partner to sign a story.
type PartnerInput struct {
	SlugInput
	Body struct {
		Partner string `json:"partner" maxLength:"2048" doc:"handle or address of an organisation of this or another node"`
	}
}

// OrganizationRequests asks what an organisation is asked to sign.
type OrganizationRequests struct {
	Named
	Paging
}

// CosignID asks for a request.
type CosignID struct {
	ID string `path:"id" maxLength:"36"`
}

// CosignAnswer answers one.
type CosignAnswer struct {
	CosignID
	Body struct {
		Revision int64  `json:"revision" doc:"the one that was read"`
		Sign     bool   `json:"sign" doc:"sign it in the name of the organisation; false refuses, or takes the signature back"`
		Reason   string `json:"reason,omitempty" maxLength:"1000" doc:"why not; for the organisation that asked"`
		Never    bool   `json:"never,omitempty" doc:"not to be asked again for this story"`
	}
}

func (a *API) cosignOperations() {
	const tag = "Stories"
	do(a, tag, operation{method: http.MethodGet, path: "/stories/{slug}/verification", summary: "Tell who signed a story, and what was checked"},
		func(ctx context.Context, c *caller, in *SlugInput) (*One[Verification], error) {
			s, err := a.storyNamed(ctx, c, in.Slug)
			if err != nil {
				return nil, err
			}
			v, err := a.verification(ctx, c, s)
			return one(v), err
		})
	do(a, tag, operation{method: http.MethodPost, path: "/stories/{slug}/cosignatures", status: http.StatusCreated, summary: "Ask a partner organisation to sign a story as it is now", description: "One that refused, or took its signature back, can be asked again a day after it was asked, unless it does not want to be; one whose request was taken back at once. Three times a day at most."},
		func(ctx context.Context, c *caller, in *PartnerInput) (*Made[Cosignature], error) {
			if _, err := a.Stories.Cosignatures(ctx, c.viewer, in.Slug); err != nil {
				return nil, err // before anybody is asked
			}
			partner, err := a.Directory.Lookup(ctx, in.Body.Partner)
			if err != nil {
				return nil, err
			}
			x, err := a.Stories.AskCosignature(ctx, c.viewer, in.Slug, partner)
			if err != nil {
				return nil, err
			}
			return &Made[Cosignature]{Body: a.cosignatureView(ctx, c, x)}, nil
		})
	do(a, tag, operation{method: http.MethodGet, path: "/stories/{slug}/cosignatures", own: true, summary: "List who was asked to sign the present version of a story", description: "For those who may publish it."},
		func(ctx context.Context, c *caller, in *SlugInput) (*One[[]Cosignature], error) {
			list, err := a.Stories.Cosignatures(ctx, c.viewer, in.Slug)
			out := []Cosignature{}
			for _, x := range list {
				out = append(out, a.cosignatureView(ctx, c, x))
			}
			return one(out), err
		})
	do(a, tag, operation{method: http.MethodPost, path: "/cosignatures/{id}/cancel", summary: "Take a request to sign a story back", description: "For those who may publish the story, as long as it waits. The partner is told."},
		func(ctx context.Context, c *caller, in *CosignID) (*One[Cosignature], error) {
			return oneFor(ctx, c, a.cosignatureView)(a.Stories.CancelCosignature(ctx, c.viewer, domain.ID(in.ID)))
		})
	do(a, tag, operation{method: http.MethodGet, path: "/organizations/{name}/cosignatures", own: true, summary: "List what an organisation is asked to sign", description: "For those who administer it."},
		func(ctx context.Context, c *caller, in *OrganizationRequests) (*List[Cosignature], error) {
			o, err := a.Organizations.Organization(ctx, c.viewer, in.Name)
			if err != nil {
				return nil, err
			}
			list, err := a.Stories.CosignRequests(ctx, c.viewer, o.ID, in.page())
			if err != nil {
				return nil, err
			}
			return shown(ctx, a, c, list, func(x *story.Cosignature) []domain.ActorID { return []domain.ActorID{x.Owner, x.Partner} },
				func(x *story.Cosignature) Cosignature { return a.cosignatureView(ctx, c, x) })
		})
	do(a, tag, operation{method: http.MethodPost, path: "/cosignatures/{id}/answer", summary: "Sign a story in the name of an organisation, refuse to, or take the signature back"},
		func(ctx context.Context, c *caller, in *CosignAnswer) (*One[Cosignature], error) {
			return oneFor(ctx, c, a.cosignatureView)(a.Stories.AnswerCosignature(ctx, c.viewer, domain.ID(in.ID), in.Body.Revision, story.CosignReply{Sign: in.Body.Sign, Reason: in.Body.Reason, Never: in.Body.Never}))
		})
}

func (a *API) verification(ctx context.Context, c *caller, s *story.Story) (Verification, error) {
	signed, err := a.Signatures(ctx, s)
	v := Verification{Signed: []Signature{}, Digest: s.Digest, Checks: []string{}, Unchecked: []string{}}
	if s.Evidence != nil {
		v.Checked = &s.Evidence.CheckedAt
	}
	for _, x := range signed {
		one := Signature{Signer: x.Signer, Method: x.Method, Key: x.Key, Along: x.Along}
		if !x.Created.IsZero() {
			one.Created = &x.Created
		}
		if by, err := a.Network.ActorByIRI(ctx, c.viewer, x.Signer); err == nil {
			one.Gone = by.Gone()
		}
		v.Signed = append(v.Signed, one)
	}
	if len(signed) > 0 {
		v.Evidence = domain.IRI(a.Namespace.Base() + s.Address() + "/evidence")
		found := s.Findings(signed)
		for _, key := range found.Checked() {
			v.Checks = append(v.Checks, c.words.T(key))
		}
		for _, key := range found.Unchecked() {
			v.Unchecked = append(v.Unchecked, c.words.T(key))
		}
	}
	return v, err
}
