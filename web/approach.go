package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/coproduction"
	"interlink/web/view"
)

func (p *Portal) approachRoutes() []route {
	return []route{
		{http.MethodGet, "/processes/new", p.begin},
		{http.MethodGet, "/processes/new/start", p.newProcess},
		{http.MethodGet, "/processes/new/schemas", p.choice},
		{http.MethodGet, "/processes/new/{step}", p.approach},
	}
}

// noSchema is what forms say for a process that begins empty.
const noSchema = "none"

// schemaValue names a schema in forms: slug, or slug@host.
func schemaValue(e *catalogue.Entry) string { return strings.TrimPrefix(e.Address(), "/schemas/") }

// begin asks how a process shall begin. An address that names a schema, as
// they were once, leads on.
func (p *Portal) begin(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	if schema := q.URL.Query().Get("schema"); schema != "" {
		return q.redirect("/processes/new/start?" + q.URL.RawQuery)
	}
	page := view.BeginPage{Frame: q.frame()}
	for _, w := range []struct{ href, icon, key string }{
		{"/processes/new/" + approachSteps[0].name, "search", "guided"},
		{"/stories", "story", "story"},
		{"/clone", "clone", "clone"},
		{"/processes/new/start", "tree", "schema"},
		{"/processes/new/start?schema=" + noSchema, "plus", "empty"},
	} {
		page.Ways = append(page.Ways, view.Way{Href: w.href, Icon: w.icon, Title: view.Say("page.begin." + w.key), Words: view.Say("page.begin." + w.key + "_words")})
	}
	return q.show(page)
}

// undertaking is what the reader said on the way to a schema. It travels in the
// address: a way can be kept, sent to a colleague, and gone back.
type undertaking struct {
	catalogue.Approach
	coproduction.Arrangement
	Governance coproduction.Governance // chosen, else the one that is suggested first
	values     url.Values
}

// answerFields are the fields of the questions.
var answerFields = []string{"words", "purpose", "stage", "country", "level", "regulation", "partner", "begins", "decides", "delivers", "provides", "governance"}

// answered reads it from the address.
func answered(q *request) undertaking {
	values := q.URL.Query()
	kept := url.Values{}
	for _, name := range answerFields {
		for _, v := range values[name] {
			if v = strings.TrimSpace(v); v != "" && plain(v) && len(v) <= 500 {
				kept.Add(name, v)
			}
		}
	}
	side := func(name string) coproduction.Side { return coproduction.Side(kept.Get(name)) }
	return undertaking{
		Approach: catalogue.Approach{
			Words: kept.Get("words"), Purpose: catalogue.Purpose(kept.Get("purpose")), Stage: catalogue.Stage(kept.Get("stage")),
			Country: kept.Get("country"), Level: kept.Get("level"), Regulations: kept["regulation"], Partners: kept["partner"], Language: q.lang,
		},
		Arrangement: coproduction.Arrangement{Begins: side("begins"), Decides: side("decides"), Delivers: side("delivers"), Provides: side("provides")},
		Governance:  coproduction.Governance(kept.Get("governance")), values: kept,
	}
}

func (a undertaking) governance() coproduction.Governance {
	if a.Governance != "" {
		return a.Governance
	}
	if suggested := coproduction.SuggestGovernance(a.Arrangement); len(suggested) > 0 {
		return suggested[0].Model
	}
	return ""
}

// at is the address of a page of the way, with what was answered.
func (a undertaking) at(path string) string {
	if len(a.values) == 0 {
		return path
	}
	return path + "?" + a.values.Encode()
}

// start is the address of the end of the way, with what of it
// belongs to the process.
func (a undertaking) start(schema string) string {
	values := url.Values{"schema": {schema}}
	if g := a.governance(); g != "" {
		values.Set("governance", string(g))
	}
	if a.Country != "" {
		values.Set("country", a.Country)
	}
	return "/processes/new/start?" + values.Encode()
}

// approachStep is one question of the way.
type approachStep struct {
	name   string
	fields func(p *Portal, q *request, a undertaking) []view.Field
}

// approachSteps are the questions, in order.
var approachSteps = []approachStep{
	{"service", func(_ *Portal, _ *request, a undertaking) []view.Field {
		return []view.Field{
			{Name: "purpose", Control: view.Radios, Label: view.Say("approach.purpose"), Options: among("approach.purpose.", catalogue.Purposes, string(a.Purpose)), Optional: true},
			{Name: "words", Label: view.Say("approach.words"), Hint: view.Say("approach.words_hint"), Value: a.Words, Max: 300, Optional: true},
		}
	}},
	{"stage", func(_ *Portal, _ *request, a undertaking) []view.Field {
		return []view.Field{{Name: "stage", Control: view.Radios, Label: view.Say("approach.stage"), Options: among("approach.stage.", catalogue.Stages, string(a.Stage)), Optional: true}}
	}},
	{"place", func(p *Portal, q *request, a undertaking) []view.Field {
		return []view.Field{
			{Name: "country", Control: view.Select, Label: view.Say("approach.country"), Options: p.countries(q, a.Country), Optional: true},
			{Name: "level", Control: view.Radios, Label: view.Say("approach.level"), Options: among("approach.level.", []string{"local", "national", "eu"}, a.Level), Optional: true},
			{Name: "regulation", Control: view.Checks, Label: view.Say("approach.regulation"), Hint: view.Say("approach.regulation_hint"), Options: regulations(a.Regulations), Optional: true},
		}
	}},
	{"partners", func(_ *Portal, _ *request, a undertaking) []view.Field {
		return []view.Field{{Name: "partner", Control: view.Checks, Label: view.Say("approach.partner"), Options: among("approach.partner.", partners, a.Partners...), Optional: true}}
	}},
	{"governance", func(_ *Portal, _ *request, a undertaking) []view.Field {
		var fields []view.Field
		for _, f := range []struct {
			name string
			said coproduction.Side
		}{{"begins", a.Begins}, {"decides", a.Decides}, {"delivers", a.Delivers}, {"provides", a.Provides}} {
			sides := coproduction.Sides
			if f.name == "provides" {
				sides = []coproduction.Side{coproduction.SideBody, coproduction.SideCitizens}
			}
			fields = append(fields, view.Field{
				Name: f.name, Control: view.Radios, Label: view.Say("approach." + f.name), Options: among("approach."+f.name+".", sides, string(f.said)), Optional: true,
			})
		}
		return fields
	}},
}

// partners are those who may take part, as Interlinkers name their audience;
// keys have no ";".
var partners = []string{"all;citizens", "all;pas", "all;businesses", "all;businesses;private_non_profit", "all;research_organizations"}

// among makes options of a closed list; each has its key.
func among[T ~string](prefix string, list []T, selected ...string) []view.Option {
	var options []view.Option
	for _, v := range list {
		key := string(v)
		key = key[strings.LastIndexByte(key, ';')+1:]
		options = append(options, view.Option{Value: string(v), Key: prefix + key, Selected: slices.Contains(selected, string(v))})
	}
	return options
}

func regulations(selected []string) []view.Option {
	options := among("approach.regulation.", catalogue.RegulationKeys, selected...)
	for i := range options {
		options[i].Hint = view.Plain(domain.Undetermined, catalogue.Regulations[options[i].Value].Name)
	}
	return options
}

func governances(selected coproduction.Governance) []view.Option {
	return append([]view.Option{{Value: "", Key: "ui.not_said"}}, among("governance.", coproduction.Governances, string(selected))...)
}

// countries offers countries by their names in the reader's language, after
// none; with the one that is selected, whichever it is.
func (p *Portal) countries(q *request, selected string) []view.Option {
	codes := catalogue.Countries()
	if selected != "" && !slices.Contains(codes, selected) && len(selected) == 2 {
		codes = append(codes, selected)
	}
	options := make([]view.Option, 0, len(codes)+1)
	for _, code := range codes {
		options = append(options, view.Option{Value: code, Text: view.Plain(q.lang, country(q.lang, code)), Selected: code == selected})
	}
	order := q.collator()
	slices.SortFunc(options, func(a, b view.Option) int { return order.CompareString(a.Text.String(), b.Text.String()) })
	return append([]view.Option{{Value: "", Key: "ui.not_said"}}, options...)
}

// collator orders words as the reader's language does.
func (q *request) collator() *collate.Collator { return collate.New(language.Make(string(q.lang))) }

// approach asks one question.
func (p *Portal) approach(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	at := slices.IndexFunc(approachSteps, func(s approachStep) bool { return s.name == q.PathValue("step") })
	if at < 0 {
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	a, step := answered(q), approachSteps[at]
	page := view.ApproachPage{
		Frame: q.frame(), Step: at + 1, Steps: len(approachSteps), Title: view.Say("page.approach." + step.name), Lead: view.Say("page.approach." + step.name + "_lead"),
		Action: "/processes/new/schemas", Fields: step.fields(p, q, a), Back: a.at("/processes/new"),
	}
	if at+1 < len(approachSteps) {
		page.Action = "/processes/new/" + approachSteps[at+1].name
	}
	if at > 0 {
		page.Back = a.at("/processes/new/" + approachSteps[at-1].name)
	}
	for _, name := range answerFields {
		if slices.ContainsFunc(page.Fields, func(f view.Field) bool { return f.Name == name }) {
			continue
		}
		for _, v := range a.values[name] {
			page.Kept = append(page.Kept, view.Kept{Name: name, Value: v})
		}
	}
	return q.show(page)
}

// choice shows the schemas that fit, best first, and how to share the work.
func (p *Portal) choice(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	a := answered(q)
	choices, err := p.Entries.Choose(q.Context(), q.viewer, a.Approach)
	if err != nil {
		return err
	}
	page := view.ChoicePage{Frame: q.frame(), Said: p.summed(q, a), Empty: a.start(noSchema)}
	for _, s := range coproduction.SuggestGovernance(a.Arrangement) {
		one := view.GovernanceChoice{Model: string(s.Model)}
		for _, key := range s.Because {
			one.Because = append(one.Because, view.Say("governance.because."+key))
		}
		page.Governances = append(page.Governances, one)
	}
	for _, c := range choices[:min(len(choices), listPage)] {
		e := c.Schema
		one := view.SchemaChoice{
			Name: e.Name, Summary: brief(e.Summary), Href: a.at(e.Address()), Start: a.start(schemaValue(e)), Origin: p.origin(e.Host, e.IRI),
			Fit: c.Fit, Phases: e.Schema.Count(catalogue.Phase), Tasks: e.Schema.Count(catalogue.Task),
		}
		for _, r := range c.Reasons {
			one.Reasons = append(one.Reasons, choiceReason(q, r))
		}
		page.Schemas = append(page.Schemas, one)
	}
	return q.show(page)
}

// choiceReason puts a reason for a schema into a sentence: codes in it become
// words.
func choiceReason(q *request, r catalogue.Reason) view.Sentence {
	args := slices.Clone(r.Args)
	switch key := "approach." + string(r.Kind) + "."; r.Kind {
	case catalogue.ReasonPurpose:
		args[0] = view.Say(key + args[0].(string))
	case catalogue.ReasonStage, catalogue.ReasonRegulation, catalogue.ReasonLevel:
		args[1] = view.Say(key + args[1].(string))
	case catalogue.ReasonCountry:
		args[1] = country(q.lang, args[1].(string))
	}
	return view.Say("choose."+string(r.Kind), args...)
}

// summed lists the questions with the answers, as far as they were given a
// value that is known.
func (p *Portal) summed(q *request, a undertaking) []view.Answer {
	var out []view.Answer
	for _, step := range approachSteps {
		for _, f := range step.fields(p, q, a) {
			one := view.Answer{Question: f.Label, Change: a.at("/processes/new/" + step.name)}
			if f.Value != "" {
				one.Words = []view.Sentence{view.Say("ui.words", f.Value)}
			}
			for _, o := range f.Options {
				switch {
				case !o.Selected || o.Value == "":
				case o.Key != "":
					one.Words = append(one.Words, view.Say(o.Key))
				default:
					one.Words = append(one.Words, view.Say("ui.words", o.Text))
				}
			}
			out = append(out, one)
		}
	}
	return out
}
