package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/web/view"
)

func (p *Portal) improvementRoutes() []route {
	return []route{
		{http.MethodGet, "/processes/{name}/improvements", p.improvements},
		{http.MethodGet, "/processes/{name}/improvements/new", p.newImprovement},
		{http.MethodPost, "/processes/{name}/improvements/new", p.offerImprovement},
		{http.MethodGet, "/processes/{name}/improvements/{id}", p.improvement},
		{http.MethodPost, "/processes/{name}/improvements/{id}", p.answerImprovement},
		{http.MethodPost, "/processes/{name}/improvements/{id}/withdraw", p.withdrawImprovement},
		{http.MethodPost, "/processes/{name}/improvements/{id}/back", p.takeBackImprovement},
	}
}

// creditLines shows whose improvements were taken.
func (p *Portal) creditLines(credits []lineage.Credit) []view.CreditLine {
	var out []view.CreditLine
	for _, c := range credits {
		line := view.CreditLine{Title: c.Title, Href: string(c.Clone), Authors: c.Authors, Items: c.Taken, At: c.At}
		if p.Namespace.Owns(c.Clone) {
			line.Href = p.path(c.Clone)
		} else {
			line.Host = c.Clone.Host()
		}
		out = append(out, line)
	}
	return out
}

func (p *Portal) improvements(q *request) error {
	x, _, head, err := p.headed(q, "clones")
	if err != nil {
		return err
	}
	side := q.URL.Query().Get("side")
	page := view.ImprovementsPage{Frame: q.frame(), ProcessHead: head, Sent: side == "sent", Clone: x.ClonedFrom != nil}
	list, err := p.Improvements.List(q.Context(), q.viewer, x.Name, page.Sent, q.cursor())
	if err == nil && side == "" && page.Clone && len(list.Items) == 0 { // it has no clones that offer any: it offers them itself
		page.Sent = true
		list, err = p.Improvements.List(q.Context(), q.viewer, x.Name, page.Sent, q.cursor())
	}
	if err != nil {
		return err
	}
	page.Pager = q.pager(list.Next, list.Total, len(list.Items))
	if page.Sent && x.ClonedFrom != nil && x.Visibility == domain.VisiblePublic && x.ClonedFrom.Answer != coproduction.Rejected {
		page.New = head.Href + "/improvements/new"
	}
	for _, m := range list.Items {
		other, title := m.Clone, m.CloneTitle
		if page.Sent {
			other, title = m.Source, m.SourceTitle
		}
		row := view.ImprovementRow{
			Href: head.Href + "/improvements/" + string(m.ID), Name: title, At: m.SentAt, State: string(m.State), Items: m.Count, Taken: m.Taken(), Note: brief(m.Note),
		}
		if !p.Namespace.Owns(other) {
			row.Origin = view.Origin{Host: other.Host(), Href: string(other)}
		}
		page.Rows = append(page.Rows, row)
	}
	return q.show(page)
}

// choice is what somebody chose of an item to be offered.
type choice struct {
	whole bool
	parts map[string]bool
}

// choices reads what was chosen, by item, with the marks of what was seen.
func (q *request) choices() (chosen map[string]choice, marks map[string]string) {
	chosen, marks = map[string]choice{}, map[string]string{}
	for name, typed := range q.typed {
		n, ok := strings.CutPrefix(name, "id.")
		if !ok {
			continue
		}
		c := choice{whole: q.typed.Get("take."+n) != "", parts: map[string]bool{}}
		for name := range q.typed {
			if part, ok := strings.CutPrefix(name, "part."+n+"."); ok {
				c.parts[part] = true
			}
		}
		if c.whole || len(c.parts) > 0 {
			chosen[typed[0]] = c
			marks[typed[0]] = q.typed.Get("mark." + n)
		}
	}
	return chosen, marks
}

// resolution says of an update what of it is offered.
func (c choice) resolution(u lineage.Update) lineage.Resolution {
	if c.whole {
		return lineage.Resolution{ID: u.ID, Decision: lineage.Take}
	}
	d := lineage.Resolution{ID: u.ID, Decision: lineage.Edit}
	for _, part := range u.Parts {
		if !c.parts[part.Part.String()] {
			d.Kept = append(d.Kept, part.Part)
		}
	}
	return d
}

func (p *Portal) newImprovement(q *request) error {
	page, err := p.improvePage(q, view.Form{}, nil)
	if err != nil {
		return err
	}
	return q.show(page)
}

// improvePage asks what of a clone is offered to its source; preview is what
// that would be.
func (p *Portal) improvePage(q *request, f view.Form, preview *lineage.Improvement) (view.Page, error) {
	x, _, head, err := p.headed(q, "clones")
	if err != nil {
		return nil, err
	}
	i, err := p.Improvements.Improvable(q.Context(), q.viewer, x.Name)
	if err != nil {
		return nil, err
	}
	if err := q.meet([]domain.ActorID{q.viewer.Actor}); err != nil {
		return nil, err
	}
	here := head.Href + "/improvements"
	from, _ := strconv.Atoi(q.URL.Query().Get("from"))
	from = max(0, min(from, len(i.Updates)))
	to := min(from+rowsOfUpdates, len(i.Updates))
	page := view.ImproveFormPage{
		FormPage: view.FormPage{Frame: q.frame(), Form: f, Action: here + "/new", Cancel: here + "?side=sent"},
		Process:  head, Source: p.source(q, x), Claimed: x.ClonedFrom.Answer != coproduction.Accepted,
	}
	if from > 0 {
		page.Action += "?from=" + strconv.Itoa(from)
	}
	if i.Against.Release != "" {
		page.Version = i.Against.Version
	}
	if to < len(i.Updates) {
		page.More = here + "/new?from=" + strconv.Itoa(to)
	}
	page.Fields = []view.Field{
		{Name: "note", Control: view.TextArea, Label: view.Say("improvement.note"), Hint: view.Say("improvement.note_hint"), Optional: true, Max: 4000, Rows: 4},
		{Name: "licence", Label: view.Say("ui.licence"), Hint: view.Say("improvement.licence_hint"), Value: "CC-BY-4.0", Max: 100, Autocomplete: "off"},
		{Name: "myself", Control: view.Check, Label: view.Say("improvement.myself", p.actor(q, q.viewer.Actor).Called()), Optional: true},
		{Name: "credits", Control: view.TextArea, Label: view.Say("improvement.others"), Hint: view.Say("improvement.others_hint"), Optional: true, Max: 4000, Rows: 3},
	}
	chosen, _ := q.choices()
	for n, u := range i.Updates[from:to] {
		page.Rows = append(page.Rows, p.improveRow(q, i, u, from+n, chosen[u.ID]))
	}
	if preview != nil {
		page.Preview = p.improvementFacts(q, preview, i.Name)
		page.Preview.State = ""
	}
	return page, nil
}

func (p *Portal) improveRow(q *request, i *lineage.Improvable, u lineage.Update, n int, c choice) view.ImproveRow {
	row := view.ImproveRow{N: n, ID: u.ID, Mark: u.Mark(), Kind: string(u.Kind), Name: u.Name, New: u.Outcome == lineage.Added, Chosen: c.whole}
	if iri := domain.IRI(u.ID); p.Namespace.Owns(iri) && row.New {
		row.Href = p.path(iri)
	}
	for _, part := range u.Parts {
		row.Parts = append(row.Parts, view.ImprovePart{
			UpdatePart: view.UpdatePart{
				Name: "part." + strconv.Itoa(n) + "." + part.Part.String(), Label: sourceLabel(part.Part), Lang: part.Lang,
				Theirs: p.sourceWords(q, part.Part, part.Theirs, i.Name), Mine: p.sourceWords(q, part.Part, part.Mine, i.Name),
			},
			Chosen: c.parts[part.Part.String()],
		})
	}
	return row
}

func (p *Portal) offerImprovement(q *request) error {
	name := q.PathValue("name")
	i, err := p.Improvements.Improvable(q.Context(), q.viewer, name)
	if err != nil {
		return err
	}
	if err := q.meet([]domain.ActorID{q.viewer.Actor}); err != nil {
		return err
	}
	chosen, marks := q.choices()
	in := lineage.ImproveInput{Marks: marks, Licence: q.typed.Get("licence"), Credits: strings.Split(q.typed.Get("credits"), "\n"), Note: domain.Text{releaseLang(q, i.Process): q.typed.Get("note")}}
	if q.typed.Get("myself") != "" {
		in.Credits = append([]string{p.actor(q, q.viewer.Actor).Called()}, in.Credits...)
	}
	for _, u := range i.Updates {
		if c, ok := chosen[u.ID]; ok {
			in.Chosen = append(in.Chosen, c.resolution(u))
		}
	}
	if q.typed.Get("send") == "" {
		preview, err := p.Improvements.Preview(q.Context(), q.viewer, name, in)
		if err != nil {
			return q.refused(err, func(f view.Form) (view.Page, error) { return p.improvePage(q, f, nil) })
		}
		page, err := p.improvePage(q, view.Form{Values: q.typed}, preview)
		if err != nil {
			return err
		}
		return q.show(page)
	}
	m, err := p.Improvements.Offer(q.Context(), q.viewer, name, in)
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.improvePage(q, f, nil) })
	}
	return q.done("/processes/"+url.PathEscape(name)+"/improvements/"+string(m.ID), view.Say("notice.improvement_sent"))
}

// improvementFacts shows what is offered; name tells what an item is called.
func (p *Portal) improvementFacts(q *request, m *lineage.Improvement, name func(string) domain.Text) *view.ImprovementFacts {
	f := &view.ImprovementFacts{
		State: string(m.State), Name: m.CloneTitle, At: m.SentAt, Claimed: m.Claimed, Checked: m.Against.Checked, Licence: m.Licence,
		Credits: m.Credits, Words: rich(q, m.Note), Reason: m.Reason,
	}
	if m.Against.Release != "" {
		f.Version = m.Against.Version
	}
	said := map[string]lineage.Verdict{}
	for _, v := range m.Verdicts {
		said[v.Item] = v
	}
	if m.State == lineage.ImprovementTakenBack { // nothing of it is there any more
		said = nil
	}
	for _, e := range m.Items {
		f.Lines = append(f.Lines, p.improvementLine(q, e, said[e.Item.ID], name))
	}
	return f
}

func (p *Portal) improvementLine(q *request, e lineage.Improved, v lineage.Verdict, name func(string) domain.Text) view.ImprovementLine {
	line := view.ImprovementLine{Kind: string(e.Item.Kind), Name: e.Item.Name, New: e.Fresh(), Answer: string(v.Answer), Reason: v.Reason}
	if iri := domain.IRI(v.Became); p.Namespace.Owns(iri) {
		line.Href = p.path(iri)
	}
	for _, part := range e.Parts() {
		line.Parts = append(line.Parts, view.UpdatePart{
			Label: sourceLabel(part.Part), Lang: part.Lang, Theirs: p.sourceWords(q, part.Part, part.Theirs, name), Mine: p.sourceWords(q, part.Part, part.Base, name),
		})
	}
	return line
}

func (p *Portal) improvement(q *request) error {
	page, err := p.improvementPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) improvementPage(q *request, f view.Form) (view.Page, error) {
	x, t, head, err := p.headed(q, "clones")
	if err != nil {
		return nil, err
	}
	m, err := p.Improvements.Improvement(q.Context(), q.viewer, x.Name, domain.ID(q.PathValue("id")))
	if err != nil {
		return nil, err
	}
	names := map[string]domain.Text{}
	for _, e := range m.Items {
		names[e.Item.ID] = e.Item.Name
	}
	name := func(id string) domain.Text {
		if called := names[id]; !called.Empty() || id == "" {
			return called
		}
		return nameIn(t, id)
	}
	if err := q.meet([]domain.ActorID{m.SentBy, m.AnsweredBy}); err != nil {
		return nil, err
	}
	page := view.ImprovementPage{Frame: q.frame(), ProcessHead: head, Form: f, Source: m.SourceID == x.ID, Facts: *p.improvementFacts(q, m, name)}
	if page.Source && m.CanTakeBack() {
		page.Back = head.Href + "/improvements/" + string(m.ID) + "/back"
	}
	other := m.Clone
	if !page.Source {
		other, page.Facts.Name = m.Source, m.SourceTitle
		if m.SentBy != domain.Nobody {
			by := p.actor(q, m.SentBy)
			page.Facts.By = &by
		}
	}
	page.Facts.Href = string(other)
	if p.Namespace.Owns(other) {
		page.Facts.Href = p.path(other)
	} else {
		page.Facts.Origin = view.Origin{Host: other.Host(), Href: string(other)}
	}
	if m.State != lineage.ImprovementOpen {
		return page, nil
	}
	here := head.Href + "/improvements/" + string(m.ID)
	if !page.Source {
		page.Withdraw = here + "/withdraw"
		return page, nil
	}
	page.Action = here
	return p.reviewedImprovement(q, page, m)
}

// reviewedImprovement shows what is offered beside the source as it is.
func (p *Portal) reviewedImprovement(q *request, page view.ImprovementPage, m *lineage.Improvement) (view.Page, error) {
	r, err := p.Improvements.Review(q.Context(), q.viewer, q.PathValue("name"), m.ID)
	if err != nil {
		return nil, err
	}
	said := q.decisions()
	for n, u := range r.Updates {
		row := view.ReviewRow{UpdateRow: p.reviewRow(q, r, u, n, said[u.ID]), Reason: q.typed.Get("reason." + strconv.Itoa(n))}
		for _, problem := range page.Form.Problems {
			if slices.Contains([]string{"decide." + strconv.Itoa(n), "reason." + strconv.Itoa(n)}, problem.Field) {
				row.Problem = append(row.Problem, problem)
			}
		}
		page.Rows = append(page.Rows, row)
	}
	for _, e := range m.Items {
		if answer, ok := r.Settled[e.Item.ID]; ok {
			page.Settled = append(page.Settled, p.improvementLine(q, e, lineage.Verdict{Answer: answer}, r.Name))
		}
	}
	return page, nil
}

func (p *Portal) reviewRow(q *request, r *lineage.Review, u lineage.Update, n int, said lineage.Resolution) view.UpdateRow {
	row := view.UpdateRow{N: n, ID: u.ID, Mark: u.Mark(), Name: u.Name, Kind: string(u.Kind), Outcome: string(u.Outcome), Choice: string(said.Decision)}
	if u.ID != "" && u.Outcome != lineage.Added {
		row.Href = p.path(domain.IRI(u.ID))
	}
	row.Parts, row.Edit = p.updateParts(q, u, n, said, r.Name)
	return row
}

func (p *Portal) answerImprovement(q *request) error {
	in := lineage.AnswerInput{
		All: q.typed.Get("all") != "", None: q.typed.Get("none") != "", Reason: q.typed.Get("reason"), Reasons: map[string]string{}, Marks: map[string]string{},
	}
	for _, d := range q.decisions() {
		if d.Decision.Known() {
			in.Decisions = append(in.Decisions, d)
		}
	}
	for name, typed := range q.typed {
		if n, ok := strings.CutPrefix(name, "id."); ok {
			in.Reasons[typed[0]], in.Marks[typed[0]] = q.typed.Get("reason."+n), q.typed.Get("mark."+n)
		}
	}
	name := q.PathValue("name")
	m, err := p.Improvements.Answer(q.Context(), q.viewer, name, domain.ID(q.PathValue("id")), in)
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.improvementPage(q, f) })
	}
	return q.done("/processes/"+url.PathEscape(name)+"/improvements/"+string(m.ID), view.Say("notice.improvement_"+string(m.State)))
}

func (p *Portal) withdrawImprovement(q *request) error {
	name, id := q.PathValue("name"), q.PathValue("id")
	if _, err := p.Improvements.Withdraw(q.Context(), q.viewer, name, domain.ID(id)); err != nil {
		return err
	}
	return q.done("/processes/"+url.PathEscape(name)+"/improvements/"+url.PathEscape(id), view.Say("notice.improvement_withdrawn"))
}

func (p *Portal) takeBackImprovement(q *request) error {
	name, id := q.PathValue("name"), q.PathValue("id")
	if _, _, err := p.Improvements.TakeBack(q.Context(), q.viewer, name, domain.ID(id), q.typed.Get("reason")); err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.improvementPage(q, f) })
	}
	return q.done("/processes/"+url.PathEscape(name)+"/improvements/"+url.PathEscape(id), view.Say("notice.improvement_back"))
}
