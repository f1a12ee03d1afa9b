package api

import (
	"context"
	"net/http"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
)

// Improvement is what a clone offers to its source.
type Improvement struct {
	ID         domain.ID      `json:"id"`
	IRI        domain.IRI     `json:"iri"`
	Clone      domain.IRI     `json:"clone"`
	Title      domain.Text    `json:"title,omitempty" doc:"of the clone"`
	Source     domain.IRI     `json:"source"`
	State      string         `json:"state" enum:"open,taken,partly,refused,withdrawn,taken_back"`
	Claimed    bool           `json:"claimed,omitempty" doc:"the source had not confirmed the clone when it came"`
	Against    Against        `json:"against"`
	Licence    string         `json:"licence" doc:"SPDX"`
	Note       domain.Text    `json:"note,omitempty" doc:"Markdown"`
	Credits    []string       `json:"credits" doc:"people who agreed to be named"`
	Count      int            `json:"count" doc:"items"`
	Items      []ImprovedItem `json:"items" doc:"absent in lists"`
	Reason     string         `json:"reason,omitempty" doc:"of what was refused"`
	SentAt     time.Time      `json:"sentAt"`
	AnsweredAt *time.Time     `json:"answeredAt,omitempty"`
}

// Against is the state of its source that an improvement was made against.
type Against struct {
	Release domain.IRI `json:"release,omitempty"`
	Version string     `json:"version,omitempty"`
	Digest  string     `json:"digest,omitempty"`
	Checked bool       `json:"checked,omitempty" doc:"the source had that tree, and it had that digest"`
}

// ImprovedItem is one item of it.
type ImprovedItem struct {
	Item   string       `json:"item" doc:"address in the source, or of a new one in the clone; empty for the order of the phases"`
	Kind   string       `json:"kind,omitempty"`
	Name   domain.Text  `json:"name,omitempty"`
	New    bool         `json:"new,omitempty"`
	Parts  []UpdatePart `json:"parts"`
	Answer string       `json:"answer,omitempty" enum:"taken,edited,same,refused"`
	Reason string       `json:"reason,omitempty"`
	Became string       `json:"became,omitempty" doc:"address in the source of a new one that was taken"`
}

func improvementOf(m *lineage.Improvement) Improvement {
	out := Improvement{
		ID: m.ID, IRI: m.IRI, Clone: m.Clone, Title: m.CloneTitle, Source: m.Source, State: string(m.State), Claimed: m.Claimed,
		Against: Against{m.Against.Release, m.Against.Version, m.Against.Digest, m.Against.Checked}, Licence: m.Licence, Note: m.Note, Credits: []string{},
		Count: m.Count, Items: []ImprovedItem{}, Reason: m.Reason, SentAt: m.SentAt, AnsweredAt: instant(m.AnsweredAt),
	}
	out.Credits = append(out.Credits, m.Credits...)
	said := map[string]lineage.Verdict{}
	for _, v := range m.Verdicts {
		said[v.Item] = v
	}
	for _, e := range m.Items {
		v := said[e.Item.ID]
		out.Items = append(out.Items, ImprovedItem{
			Item: e.Item.ID, Kind: string(e.Item.Kind), Name: e.Item.Name, New: e.Fresh(), Parts: partsOf(e.Parts()), Answer: string(v.Answer), Reason: v.Reason, Became: v.Became,
		})
	}
	return out
}

func partsOf(parts []lineage.PartUpdate) []UpdatePart {
	out := []UpdatePart{}
	for _, p := range parts {
		out = append(out, UpdatePart{Field: p.Field, Lang: p.Lang, Base: p.Base, Theirs: p.Theirs, Mine: p.Mine, Conflict: p.Conflict})
	}
	return out
}

func updatesOf(updates []lineage.Update) []Update {
	out := []Update{}
	for _, x := range updates {
		out = append(out, Update{Item: x.ID, Kind: string(x.Kind), Name: x.Name, Outcome: string(x.Outcome), Touched: x.Touched, Mark: x.Mark(), Parts: partsOf(x.Parts)})
	}
	return out
}

// Improvable is what a clone could offer to its source.
type Improvable struct {
	Against Against  `json:"against"`
	Updates []Update `json:"updates" doc:"theirs is the clone, mine its source as the clone knows it"`
}

// ImproveInput offers something to the source of a clone.
type ImproveInput struct {
	Named
	Body struct {
		Items   []ImproveItem `json:"items" maxItems:"100" doc:"at most 100"`
		Note    domain.Text   `json:"note,omitempty" doc:"why; Markdown"`
		Licence string        `json:"licence" maxLength:"100" doc:"SPDX; it has to let others use it"`
		Credits []string      `json:"credits,omitempty" maxItems:"50" doc:"names of people who agreed to be named; nobody else is"`
	}
}

// ImproveItem is an item that is offered.
type ImproveItem struct {
	Item string        `json:"item" maxLength:"2048"`
	Mark string        `json:"mark,omitempty" maxLength:"64" doc:"of the update that was read; if it is another by now, nothing is offered"`
	Keep []ImprovePart `json:"keep,omitempty" maxItems:"200" doc:"what of it is not offered"`
}

// ImprovePart names a part of an item.
type ImprovePart struct {
	Field string      `json:"field" maxLength:"50"`
	Lang  domain.Lang `json:"lang,omitempty" maxLength:"35"`
}

// ImprovementID asks for an improvement.
type ImprovementID struct {
	Named
	Improvement string `path:"improvement" maxLength:"36"`
}

// ImprovementSide asks for a list of improvements.
type ImprovementSide struct {
	NamedPaging
	Sent bool `query:"sent" doc:"those that it offered itself, not those that it was offered"`
}

// Review is an improvement beside its source as it is.
type Review struct {
	Updates []Update `json:"updates" doc:"theirs is what is offered; empty once it was answered"`
	Settled []string `json:"settled" doc:"items about which there is nothing to decide"`
}

// ImprovementAnswerInput answers an improvement.
type ImprovementAnswerInput struct {
	ImprovementID
	Body struct {
		All       bool             `json:"all,omitempty" doc:"take all as it is offered"`
		None      bool             `json:"none,omitempty" doc:"refuse all"`
		Decisions []AnswerDecision `json:"decisions,omitempty" maxItems:"100" doc:"of each item, unless all or none is"`
		Reason    string           `json:"reason,omitempty" maxLength:"2000" doc:"of what is refused"`
	}
}

// TakeBackInput takes back that an improvement was taken.
type TakeBackInput struct {
	ImprovementID
	Reason string `query:"reason" maxLength:"2000" doc:"why; the clone is told"`
}

// AnswerDecision decides on one item.
type AnswerDecision struct {
	Item     string      `json:"item" maxLength:"2048"`
	Mark     string      `json:"mark,omitempty" maxLength:"64" doc:"of the update that was read; if it is another by now, nothing is done"`
	Decision string      `json:"decision" enum:"take,edit,keep" doc:"keep refuses it"`
	Texts    []MergeText `json:"texts,omitempty" maxItems:"200" doc:"for edit: what is said instead"`
	Reason   string      `json:"reason,omitempty" maxLength:"2000"`
}

func (a *API) improvementOperations() {
	const tag = "Releases"
	do(a, tag, operation{method: http.MethodGet, path: "/processes/{name}/improvable", own: true, summary: "Read what a clone could offer to its source", description: "For administrators of a public clone: what everybody may read of it, and its source has otherwise."},
		func(ctx context.Context, c *caller, in *Named) (*One[Improvable], error) {
			i, err := a.Improvements.Improvable(ctx, c.viewer, in.Name)
			if err != nil {
				return nil, err
			}
			return one(Improvable{Against{i.Against.Release, i.Against.Version, i.Against.Digest, false}, updatesOf(i.Updates)}), nil
		})
	do(a, tag, operation{method: http.MethodPost, path: "/processes/{name}/improvements", status: http.StatusCreated, summary: "Offer what a clone made better to its source", description: "For administrators of a public clone. Only what is named leaves the node; people and resources never do."}, a.offerImprovement)
	do(a, tag, operation{method: http.MethodGet, path: "/processes/{name}/improvements", own: true, summary: "List what a process was offered by its clones, or offered itself", description: "For administrators of the process. Newest first."},
		func(ctx context.Context, c *caller, in *ImprovementSide) (*List[Improvement], error) {
			return listAs(c, improvementOf)(a.Improvements.List(ctx, c.viewer, in.Name, in.Sent, in.page()))
		})
	do(a, tag, operation{method: http.MethodGet, path: "/processes/{name}/improvements/{improvement}", own: true, summary: "Read an improvement", description: "For administrators of its source or of its clone."},
		func(ctx context.Context, c *caller, in *ImprovementID) (*One[Improvement], error) {
			return oneAs(improvementOf)(a.Improvements.Improvement(ctx, c.viewer, in.Name, domain.ID(in.Improvement)))
		})
	do(a, tag, operation{method: http.MethodGet, path: "/processes/{name}/improvements/{improvement}/review", own: true, summary: "Compare an improvement with its source as it is", description: "For administrators of the source."},
		func(ctx context.Context, c *caller, in *ImprovementID) (*One[Review], error) {
			r, err := a.Improvements.Review(ctx, c.viewer, in.Name, domain.ID(in.Improvement))
			if err != nil {
				return nil, err
			}
			out := Review{Updates: updatesOf(r.Updates), Settled: []string{}}
			for _, e := range r.Improvement.Items {
				if _, ok := r.Settled[e.Item.ID]; ok {
					out.Settled = append(out.Settled, e.Item.ID)
				}
			}
			return one(out), nil
		})
	do(a, tag, operation{method: http.MethodPost, path: "/processes/{name}/improvements/{improvement}/answer", summary: "Take an improvement, in part or in other words, or refuse it", description: "For administrators of the source. The clone is told."}, a.answerImprovement)
	do(a, tag, operation{method: http.MethodPost, path: "/processes/{name}/improvements/{improvement}/retraction", summary: "Withdraw an improvement that was not answered", description: "For administrators of the clone."},
		func(ctx context.Context, c *caller, in *ImprovementID) (*One[Improvement], error) {
			return oneAs(improvementOf)(a.Improvements.Withdraw(ctx, c.viewer, in.Name, domain.ID(in.Improvement)))
		})
	do(a, tag, operation{method: http.MethodDelete, path: "/processes/{name}/improvements/{improvement}/answer", summary: "Take back that an improvement was taken", description: "For administrators of the source. What was changed since stays; the clone is told, and credited no more."},
		func(ctx context.Context, c *caller, in *TakeBackInput) (*None, error) {
			_, _, err := a.Improvements.TakeBack(ctx, c.viewer, in.Name, domain.ID(in.Improvement), in.Reason)
			return nothing(err)
		})
}

func (a *API) offerImprovement(ctx context.Context, c *caller, in *ImproveInput) (*Made[Improvement], error) {
	said := lineage.ImproveInput{Note: in.Body.Note, Licence: in.Body.Licence, Credits: in.Body.Credits, Marks: map[string]string{}}
	for _, it := range in.Body.Items {
		d := lineage.Resolution{ID: it.Item, Decision: lineage.Take}
		for _, p := range it.Keep {
			d.Decision = lineage.Edit
			d.Kept = append(d.Kept, coproduction.Part{Field: p.Field, Lang: p.Lang})
		}
		said.Chosen = append(said.Chosen, d)
		said.Marks[it.Item] = it.Mark
	}
	m, err := a.Improvements.Offer(ctx, c.viewer, in.Name, said)
	if err != nil {
		return nil, err
	}
	return &Made[Improvement]{Location: string(m.IRI), Body: improvementOf(m)}, nil
}

func (a *API) answerImprovement(ctx context.Context, c *caller, in *ImprovementAnswerInput) (*One[Improvement], error) {
	said := lineage.AnswerInput{All: in.Body.All, None: in.Body.None, Reason: in.Body.Reason, Reasons: map[string]string{}, Marks: map[string]string{}}
	for _, d := range in.Body.Decisions {
		values, err := ownTexts(d.Texts)
		if err != nil {
			return nil, err
		}
		said.Decisions = append(said.Decisions, lineage.Resolution{ID: d.Item, Decision: lineage.Decision(d.Decision), Values: values})
		said.Reasons[d.Item], said.Marks[d.Item] = d.Reason, d.Mark
	}
	return oneAs(improvementOf)(a.Improvements.Answer(ctx, c.viewer, in.Name, domain.ID(in.Improvement), said))
}

// ownTexts reads texts of one's own.
func ownTexts(texts []MergeText) (map[coproduction.Part]string, error) {
	values := map[coproduction.Part]string{}
	for _, t := range texts {
		lang, err := domain.ParseLang(string(t.Lang))
		if err != nil {
			return nil, err
		}
		values[coproduction.Part{Field: t.Field, Lang: lang}] = t.Text
	}
	return values, nil
}
