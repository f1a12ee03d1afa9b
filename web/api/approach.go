package api

import (
	"context"
	"net/http"
	"slices"

	"interlink/domain/catalogue"
	"interlink/domain/coproduction"
)

// ApproachInput is what is said of an undertaking; all of it may be left out.
type ApproachInput struct {
	Words       string   `query:"words" maxLength:"300" doc:"what shall be done, in the caller's own words"`
	Purpose     string   `query:"purpose" enum:"new,improve,describe,event,deliver" doc:"what is to come of it"`
	Stage       string   `query:"stage" enum:"begin,design,build,run" doc:"the delivery phase"`
	Country     string   `query:"country" pattern:"^[A-Z]{2}$" doc:"ISO 3166-1 alpha-2"`
	Level       string   `query:"level" enum:"local,national,eu" doc:"for whom it is"`
	Regulations []string `query:"regulations" maxItems:"20" enum:"gdpr,accessibility,gateway,eidas,interoperable,open_data,security,ai" doc:"laws that matter"`
	Partners    []string `query:"partners" maxItems:"20" enum:"all;citizens,all;pas,all;businesses,all;businesses;private_non_profit,all;research_organizations" doc:"who takes part, as Interlinkers name their audience"`
	Begins      string   `query:"begins" enum:"body,together,citizens" doc:"who wants it: a public body, citizens, or both together"`
	Decides     string   `query:"decides" enum:"body,together,citizens" doc:"who decides what it shall be"`
	Delivers    string   `query:"delivers" enum:"body,together,citizens" doc:"who runs it"`
	Provides    string   `query:"provides" enum:"body,citizens" doc:"body: a public body gives rooms, money, data or tools to it; citizens: it does not"`
}

// Approach is how an undertaking may be co-produced.
type Approach struct {
	Schemas    []SchemaChoice     `json:"schemas" doc:"the best 20, best first"`
	Governance []GovernanceChoice `json:"governance" doc:"models for which an answer speaks, strongest first"`
}

// SchemaChoice is a schema with the reasons for it, strongest first.
type SchemaChoice struct {
	Schema  Entry          `json:"schema" doc:"without its nodes"`
	Fit     int            `json:"fit" minimum:"0" maximum:"100" doc:"per cent of what was said that it answers"`
	Reasons []ChoiceReason `json:"reasons"`
}

// ChoiceReason says why a schema is offered.
type ChoiceReason struct {
	Kind     string `json:"kind" enum:"purpose,words,stage,before,tools,regulation,partners,level,country,processes,no_language,of_language,any_approach"`
	Sentence string `json:"sentence" doc:"the same for people, in the caller's language"`
}

// GovernanceChoice is a model of governance with what speaks for it.
type GovernanceChoice struct {
	Model   string         `json:"model" enum:"citizen_sourcing,public_civil_partnership,government_as_platform,citizen_to_citizen"`
	Points  int            `json:"points"`
	Because []ChoiceAnswer `json:"because"`
}

// ChoiceAnswer is an answer that speaks for a model.
type ChoiceAnswer struct {
	Answer   string `json:"answer" doc:"question and answer, such as decides_together"`
	Sentence string `json:"sentence" doc:"the same for people, in the caller's language"`
}

// maxChoices is how many schemas are offered: nobody compares more.
const maxChoices = 20

func (a *API) approachOperations() {
	do(a, "Processes", operation{
		method: http.MethodGet, path: "/approach", summary: "Which schemas and which model of governance fit an undertaking, and why",
		description: "What the way at /processes/new asks one question at a time. Nothing is kept.",
	}, a.approach)
}

func (a *API) approach(ctx context.Context, c *caller, in *ApproachInput) (*One[Approach], error) {
	choices, err := a.Catalogue.Choose(ctx, c.viewer, catalogue.Approach{
		Words: in.Words, Purpose: catalogue.Purpose(in.Purpose), Stage: catalogue.Stage(in.Stage), Country: in.Country, Level: in.Level,
		Regulations: in.Regulations, Partners: in.Partners, Language: c.words.Lang,
	})
	if err != nil {
		return nil, err
	}
	out := Approach{Schemas: []SchemaChoice{}, Governance: []GovernanceChoice{}}
	for _, x := range choices[:min(len(choices), maxChoices)] {
		schema := *x.Schema
		tree := *schema.Schema
		tree.Nodes = []catalogue.Node{}
		schema.Schema = &tree
		one := SchemaChoice{Schema: a.entry(&schema), Fit: x.Fit, Reasons: []ChoiceReason{}}
		for _, r := range x.Reasons {
			one.Reasons = append(one.Reasons, c.choiceReason(r))
		}
		out.Schemas = append(out.Schemas, one)
	}
	for _, s := range coproduction.SuggestGovernance(coproduction.Arrangement{
		Begins: coproduction.Side(in.Begins), Decides: coproduction.Side(in.Decides), Delivers: coproduction.Side(in.Delivers), Provides: coproduction.Side(in.Provides),
	}) {
		one := GovernanceChoice{Model: string(s.Model), Points: s.Points, Because: []ChoiceAnswer{}}
		for _, key := range s.Because {
			one.Because = append(one.Because, ChoiceAnswer{key, c.words.T("governance.because." + key)})
		}
		out.Governance = append(out.Governance, one)
	}
	return one(out), nil
}

// choiceReason puts a reason into a sentence: codes in it become words.
func (c *caller) choiceReason(r catalogue.Reason) ChoiceReason {
	args := slices.Clone(r.Args)
	for i, arg := range args {
		if code, ok := arg.(string); ok {
			if key := "approach." + string(r.Kind) + "." + code; c.words.Has(key) {
				args[i] = c.words.T(key)
			}
		}
	}
	return ChoiceReason{string(r.Kind), c.words.T("choose."+string(r.Kind), args...)}
}
