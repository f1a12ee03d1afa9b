package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/moderation"
)

// NoticeInput gives notice of illegal content.
type NoticeInput struct {
	Body struct {
		About    string `json:"about" maxLength:"2000" doc:"address of what it is about"`
		Category string `json:"category" enum:"child_abuse,violence,hate,privacy,fraud,rights,other,rules"`
		Reason   string `json:"reason" maxLength:"5000" doc:"plain text"`
		Name     string `json:"name,omitempty" maxLength:"200" doc:"of who gives it; needed but for child_abuse"`
		Email    string `json:"email,omitempty" maxLength:"300" doc:"as name"`
		Forward  bool   `json:"forward,omitempty" doc:"of a review, by who is signed in: tell the server of its author too, without the name of who gives it"`
		Faith    bool   `json:"faith" doc:"they believe in good faith that it is true and whole"`
	}
}

// Decision is what was decided about a notice.
type Decision struct {
	Outcome   string    `json:"outcome" enum:"nothing,removed,restricted,suspended"`
	Facts     string    `json:"facts"`
	Ground    string    `json:"ground,omitempty" enum:"law,terms"`
	Provision string    `json:"provision,omitempty"`
	Automated bool      `json:"automated"`
	At        time.Time `json:"at"`
}

// Complaint is one of a decision.
type Complaint struct {
	ID        string     `json:"id,omitempty" doc:"for those who moderate"`
	Side      string     `json:"side" enum:"notifier,affected"`
	Text      string     `json:"text"`
	At        time.Time  `json:"at"`
	Upheld    bool       `json:"upheld"`
	Answer    string     `json:"answer,omitempty"`
	DecidedAt *time.Time `json:"decidedAt,omitempty" doc:"absent while it is open"`
}

// Notice is one, as its reader may see it.
type Notice struct {
	ID         domain.ID   `json:"id,omitempty" doc:"for those who moderate"`
	Number     string      `json:"number"`
	State      string      `json:"state" enum:"received,decided"`
	Category   string      `json:"category"`
	About      domain.IRI  `json:"about"`
	Reason     string      `json:"reason,omitempty" doc:"not for who is restricted"`
	Name       string      `json:"name,omitempty" doc:"for those who moderate"`
	Email      string      `json:"email,omitempty" doc:"for those who moderate"`
	At         time.Time   `json:"at"`
	Page       domain.IRI  `json:"page,omitempty" doc:"only who has this address can find it"`
	Secret     string      `json:"secret,omitempty" doc:"last part of that address"`
	Decision   *Decision   `json:"decision,omitempty"`
	Complaints []Complaint `json:"complaints"`
	Complain   bool        `json:"complain" doc:"the reader may still complain"`
}

// ComplaintInput complains of a decision.
type ComplaintInput struct {
	Secret
	Body struct {
		Text string `json:"text" maxLength:"5000" doc:"plain text"`
	}
}

// NoticeList lists notices.
type NoticeList struct {
	Paging

	State string `query:"state" enum:"received,decided,complaints" default:"received" doc:"complaints: those with one that is open"`
}

// NoticeID names a notice.
type NoticeID struct {
	ID string `path:"id" maxLength:"36"`
}

// NoticeDecisionInput decides about one.
type NoticeDecisionInput struct {
	NoticeID
	Body struct {
		Outcome   string `json:"outcome" enum:"nothing,removed,restricted,suspended"`
		Facts     string `json:"facts" maxLength:"5000" doc:"what it rests on; plain text"`
		Ground    string `json:"ground,omitempty" enum:"law,terms" doc:"needed unless the outcome is nothing"`
		Provision string `json:"provision,omitempty" maxLength:"5000" doc:"which law or rule, and why it applies; published without names; needed as ground"`
		Automated bool   `json:"automated,omitempty" doc:"automated means were used"`
		Remove    bool   `json:"remove,omitempty" doc:"remove the post in the same step, if the outcome is removed"`
	}
}

// NoticeComplaintDecisionInput decides about a complaint.
type NoticeComplaintDecisionInput struct {
	NoticeID
	Complaint string `path:"complaint" maxLength:"36"`
	Body      struct {
		Upheld bool   `json:"upheld" doc:"it is right: what was removed comes back"`
		Answer string `json:"answer" maxLength:"5000" doc:"plain text"`
	}
}

// Statement is a decision that restricted somebody, as everybody may read it.
type Statement struct {
	Category  string    `json:"category"`
	Outcome   string    `json:"outcome"`
	Ground    string    `json:"ground"`
	Provision string    `json:"provision"`
	Automated bool      `json:"automated"`
	At        time.Time `json:"at"`
	Reversed  bool      `json:"reversed" doc:"a complaint was right"`
}

// notice is one with what its reader may see: side is who reads, "" for those
// who moderate.
func (a *API) notice(n *moderation.Notice, complaints []moderation.Complaint, side moderation.Side) Notice {
	out := Notice{Number: n.Number, State: string(n.State), Category: string(n.Category), About: n.About, At: n.CreatedAt, Complaints: []Complaint{}}
	switch side {
	case moderation.Notifier:
		out.Reason, out.Secret, out.Page = n.Reason, n.Secret, a.Namespace.IRI("notices", n.Secret)
	case moderation.Affected:
		out.Secret, out.Page = n.Decision.Secret, a.Namespace.IRI("statements", n.Decision.Secret)
	default:
		out.ID, out.Reason, out.Name, out.Email = n.ID, n.Reason, n.Name, n.Email
	}
	if d := n.Decision; n.State == moderation.Decided {
		out.Decision = &Decision{string(d.Outcome), d.Facts, string(d.Ground), d.Provision, d.Automated, d.At}
	}
	out.Complain = side != "" && a.Moderation.May(n, complaints, side)
	for _, c := range complaints {
		if side != "" && c.Side != side {
			continue
		}
		x := Complaint{Side: string(c.Side), Text: c.Text, At: c.At, Upheld: c.Upheld, Answer: c.Answer, DecidedAt: instant(c.DecidedAt)}
		if side == "" {
			x.ID = string(c.ID)
		}
		out.Complaints = append(out.Complaints, x)
	}
	return out
}

func (a *API) noticeOperations() {
	const tag = "Notices"
	do(a, tag, operation{
		method: http.MethodPost, path: "/notices", open: true, status: http.StatusCreated, summary: "Give notice of illegal content",
		description: "Anybody can, without an account. The answer names the address at which it is told how it stands.",
	}, a.giveNotice)
	read := func(side moderation.Side) func(context.Context, *caller, *Secret) (*One[Notice], error) {
		return func(ctx context.Context, _ *caller, in *Secret) (*One[Notice], error) {
			return a.noticeOf(ctx, side, in.Secret)
		}
	}
	complain := func(side moderation.Side) func(context.Context, *caller, *ComplaintInput) (*One[Notice], error) {
		return func(ctx context.Context, _ *caller, in *ComplaintInput) (*One[Notice], error) {
			if err := a.Moderation.Complain(ctx, side, in.Secret.Secret, in.Body.Text); err != nil {
				return nil, err
			}
			return a.noticeOf(ctx, side, in.Secret.Secret)
		}
	}
	do(a, tag, operation{method: http.MethodGet, path: "/notices/{secret}", summary: "How a notice stands, for who gave it"}, read(moderation.Notifier))
	do(a, tag, operation{method: http.MethodPost, path: "/notices/{secret}/complaint", open: true, summary: "Complain of the decision, as who gave notice"}, complain(moderation.Notifier))
	do(a, tag, operation{method: http.MethodGet, path: "/statements/{secret}", summary: "The statement of reasons, for who is restricted"}, read(moderation.Affected))
	do(a, tag, operation{method: http.MethodPost, path: "/statements/{secret}/complaint", open: true, summary: "Complain of the decision, as who is restricted"}, complain(moderation.Affected))
	do(a, tag, operation{method: http.MethodGet, path: "/statements", summary: "Reasons of all restrictions, newest first", description: "Whom and what they are about is not told."},
		func(ctx context.Context, c *caller, in *Paging) (*List[Statement], error) {
			list, err := a.Moderation.Statements(ctx, in.page())
			if err != nil {
				return nil, err
			}
			return listed(c, list, func(s moderation.Statement) Statement {
				return Statement{string(s.Category), string(s.Outcome), string(s.Ground), s.Provision, s.Automated, s.At, s.Reversed}
			}), nil
		})
	do(a, tag, operation{method: http.MethodGet, path: "/transparency", summary: "Notices and decisions in figures, by year"},
		func(ctx context.Context, _ *caller, _ *struct{}) (*One[[]moderation.Year], error) {
			years, err := a.Moderation.Years(ctx)
			return one(append([]moderation.Year{}, years...)), err
		})
	a.moderationOperations(tag)
}

// moderationOperations are for those who moderate.
func (a *API) moderationOperations(tag string) {
	do(a, tag, operation{method: http.MethodGet, path: "/moderation/notices", own: true, summary: "Notices, for those who moderate"},
		func(ctx context.Context, c *caller, in *NoticeList) (*List[Notice], error) {
			list, err := a.Moderation.Notices(ctx, c.viewer, moderation.State(in.State), in.State == "complaints", in.page())
			if err != nil {
				return nil, err
			}
			return listed(c, list, func(n *moderation.Notice) Notice { return a.notice(n, nil, "") }), nil
		})
	do(a, tag, operation{method: http.MethodGet, path: "/moderation/notices/{id}", own: true, summary: "A notice with its complaints, for those who moderate"},
		func(ctx context.Context, c *caller, in *NoticeID) (*One[Notice], error) {
			return a.moderated(ctx, c, in.ID)
		})
	do(a, tag, operation{method: http.MethodPost, path: "/moderation/notices/{id}/decision", summary: "Decide about a notice, with reasons"},
		func(ctx context.Context, c *caller, in *NoticeDecisionInput) (*One[Notice], error) {
			b := in.Body
			d := moderation.Decision{Outcome: moderation.Outcome(b.Outcome), Facts: b.Facts, Ground: moderation.Ground(b.Ground), Provision: b.Provision, Automated: b.Automated}
			if _, err := a.Moderation.Decide(ctx, c.viewer, domain.ID(in.ID), d, b.Remove); err != nil {
				return nil, err
			}
			return a.moderated(ctx, c, in.ID)
		})
	do(a, tag, operation{method: http.MethodPost, path: "/moderation/notices/{id}/complaints/{complaint}/decision", summary: "Decide about a complaint"},
		func(ctx context.Context, c *caller, in *NoticeComplaintDecisionInput) (*One[Notice], error) {
			err := a.Moderation.DecideComplaint(ctx, c.viewer, domain.ID(in.ID), domain.ID(in.Complaint), in.Body.Upheld, in.Body.Answer)
			if err != nil {
				return nil, err
			}
			return a.moderated(ctx, c, in.ID)
		})
}

func (a *API) moderated(ctx context.Context, c *caller, id string) (*One[Notice], error) {
	n, complaints, err := a.Moderation.Notice(ctx, c.viewer, domain.ID(id))
	if err != nil {
		return nil, err
	}
	return one(a.notice(n, complaints, "")), nil
}

func (a *API) noticeOf(ctx context.Context, side moderation.Side, secret string) (*One[Notice], error) {
	read := a.Moderation.Status
	if side == moderation.Affected {
		read = a.Moderation.StatementOf
	}
	n, complaints, err := read(ctx, secret)
	if err != nil {
		return nil, err
	}
	return one(a.notice(n, complaints, side)), nil
}

func (a *API) giveNotice(ctx context.Context, c *caller, in *NoticeInput) (*Made[Notice], error) {
	b := in.Body
	n, link, err := a.Moderation.Give(ctx, c.viewer, c.words.Lang, c.network, moderation.Given{
		About: b.About, Category: moderation.Category(b.Category), Reason: b.Reason, Name: strings.TrimSpace(b.Name), Email: b.Email, Faith: b.Faith, Forward: b.Forward,
	})
	if err != nil {
		return nil, err
	}
	return &Made[Notice]{Location: link, Body: a.notice(n, nil, moderation.Notifier)}, nil
}
