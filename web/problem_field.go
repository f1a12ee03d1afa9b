package web

import (
	"slices"
	"strings"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/web/view"
)

// findProblems is the line of a form in which problem profiles are looked for.
const findProblems = "find.problems"

// problemsField lets people choose problem profiles: all that are known here,
// if they fit on a page, else those that are chosen and those that they look
// for. Codes that nobody explains are kept. Where no profile is known, codes
// are typed.
func (p *Portal) problemsField(q *request, hint string, chosen []string) (view.Field, error) {
	field := view.Field{Name: "problems", Control: view.Checks, Label: view.Say("form.problems"), Hint: view.Say(hint), Optional: true, Folded: true}
	filter := catalogue.Filter{Kind: catalogue.KindProblem}
	list, err := p.Entries.List(q.Context(), q.viewer, filter, domain.Page{Limit: domain.MaxPage})
	if err != nil || len(list.Items) == 0 {
		field.Control, field.Hint, field.Value, field.Rows, field.Folded = view.TextArea, view.Say("author.problems_hint"), strings.Join(chosen, "\n"), 4, false
		return field, err
	}
	kept := append(slices.Clone(chosen), q.typed["problems"]...)
	offered := list.Items
	if list.Next != "" {
		field.Finder = &view.Finder{Name: findProblems, Total: list.Total, Complete: "/complete?of=problems"}
		if filter.Text = strings.TrimSpace(q.typed.Get(findProblems)); filter.Text != "" {
			if list, err = p.Entries.List(q.Context(), q.viewer, filter, domain.Page{Limit: domain.MaxPage}); err != nil {
				return field, err
			}
			field.Finder.Words, field.Finder.Found = filter.Text, list.Total
		} else {
			list.Items = nil
		}
		known, err := p.Entries.Problems(q.Context(), q.viewer, kept)
		if err != nil {
			return field, err
		}
		offered = nil
		for _, code := range kept {
			if e := known.Of(code); e != nil {
				offered = append(offered, e)
			}
		}
		offered = append(offered, list.Items...)
	}
	field.Options = profileOptions(offered, kept, chosen)
	return field, nil
}

// profileOptions offers profiles, each once, as the same may come from several
// nodes, and codes of which nothing is known.
func profileOptions(profiles []*catalogue.Entry, kept, chosen []string) []view.Option {
	var options []view.Option
	offered := map[string]bool{}
	offer := func(code string, name domain.Text) {
		if key := strings.ToUpper(code); !offered[key] {
			offered[key] = true
			options = append(options, view.Option{Value: code, Text: name, Selected: slices.Contains(chosen, code)})
		}
	}
	for _, e := range profiles {
		offer(e.Problem.Code, e.Name)
	}
	for _, code := range kept {
		offer(code, view.Plain(domain.Undetermined, code))
	}
	return options
}

// finding reports whether a form was sent to look for problem profiles: its
// button was used, or the line has words and the key for a new line was.
func (q *request) finding() bool {
	return q.typed.Has("find") || strings.TrimSpace(q.typed.Get(findProblems)) != ""
}

// problemsTyped are the codes that were chosen, or typed in lines or with
// commas.
func (q *request) problemsTyped() []string {
	return listed(strings.ReplaceAll(strings.Join(q.typed["problems"], "\n"), ",", "\n"), "\n")
}

// completeProblem offers the profiles that some words are about.
func (p *Portal) completeProblem(q *request, words string) ([]suggestion, error) {
	list, err := p.Entries.List(q.Context(), q.viewer, catalogue.Filter{Kind: catalogue.KindProblem, Text: words}, domain.Page{Limit: maxSuggestions})
	var found []suggestion
	for _, e := range list.Items {
		name, _ := e.Name.In(q.lang)
		found = append(found, suggestion{e.Problem.Code, name, e.Problem.Code})
	}
	return found, err
}
