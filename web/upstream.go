package web

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/web/view"
)

func (p *Portal) updates(q *request) error {
	page, err := p.updatesPage(q, view.Form{}, nil)
	if err != nil {
		return err
	}
	return q.show(page)
}

// rowsOfUpdates is how many updates one page shows.
const rowsOfUpdates = 100

// updatesPage says what the newest release of its source means for a clone.
// stale are the items of which the reader saw another update.
func (p *Portal) updatesPage(q *request, f view.Form, stale []string) (view.Page, error) {
	x, tree, head, err := p.headed(q, "clones")
	if err != nil {
		return nil, err
	}
	u, err := p.Releases.Updates(q.Context(), q.viewer, x.Name)
	if err != nil {
		return nil, err
	}
	merges, err := p.Releases.Merges(q.Context(), q.viewer, x.Name, q.cursor())
	if err != nil {
		return nil, err
	}
	page := view.UpdatesPage{
		Frame: q.frame(), ProcessHead: head, Source: p.source(q, x), Action: head.Href + "/updates", Look: !p.Namespace.Owns(x.ClonedFrom.IRI),
		Form: f, Pager: q.pager(merges.Next, merges.Total, len(merges.Items)), Safe: u.Counts.Safe, New: u.Counts.New,
	}
	if r := u.Release; r != nil {
		page.Release, page.Words = string(r.ID), rich(q, r.Note)
		page.Summary = p.updateSummary(q, u)
		if r.Proof != nil {
			page.CheckedAt = r.Proof.CheckedAt
			for _, s := range r.Proof.Signatures {
				page.Signers = append(page.Signers, string(s.Signer))
			}
		}
	}
	said := q.decisions()
	from, _ := strconv.Atoi(q.URL.Query().Get("from"))
	from = max(0, min(from, len(u.Updates)))
	if page.Here = page.Action; from > 0 {
		page.Here += "?from=" + strconv.Itoa(from)
	}
	to := min(from+rowsOfUpdates, len(u.Updates))
	for n, one := range u.Updates[from:to] {
		page.Rows = append(page.Rows, p.updateRow(q, u, one, from+n, said[one.ID], slices.Contains(stale, one.ID)))
	}
	for _, id := range stale {
		if !slices.ContainsFunc(u.Updates, func(one lineage.Update) bool { return one.ID == id }) {
			page.Late = append(page.Late, p.lateWords(u, tree, said[id]))
		}
	}
	if to < len(u.Updates) {
		page.More = page.Action + "?from=" + strconv.Itoa(to)
	}
	return page, p.mergeRows(q, merges.Items, &page)
}

// updateSummary says in one sentence what a release brings for a clone.
func (p *Portal) updateSummary(q *request, u *lineage.Upstream) string {
	say := p.renderer.Printer(q.frame())
	var parts []string
	for _, c := range []struct {
		key string
		n   int
	}{{"updates.n_safe", u.Counts.Safe}, {"updates.n_conflicts", u.Counts.Conflicts}, {"updates.n_new", u.Counts.New}, {"updates.n_removed", u.Counts.Removed}} {
		if c.n > 0 {
			parts = append(parts, say.T(c.key, c.n))
		}
	}
	who := u.Process.ClonedFrom.Host
	if a, err := p.Network.ActorByIRI(q.Context(), q.viewer, u.Process.ClonedFrom.Owner); err == nil {
		who = p.actorOf(q, a).Called()
	}
	if len(parts) == 0 {
		return say.T("updates.summary_none", who, u.Release.Version.String())
	}
	summary := say.T("updates.summary", who, u.Release.Version.String(), say.Join(parts))
	if u.Counts.Legal > 0 {
		summary += " " + say.T("updates.n_legal", u.Counts.Legal)
	}
	return summary
}

func (p *Portal) updateRow(q *request, u *lineage.Upstream, one lineage.Update, n int, said lineage.Resolution, stale bool) view.UpdateRow {
	row := view.UpdateRow{
		N: n, ID: one.ID, Mark: one.Mark(), Name: one.Name, Kind: string(one.Kind), Outcome: string(one.Outcome), Touched: one.Touched,
		Choice: string(said.Decision), Stale: stale,
	}
	if c, ok := u.Release.Change(one.ID); ok {
		row.Why, row.Note = string(c.Kind), c.Note
	}
	if one.Outcome != lineage.Added && one.ID != "" {
		row.Href = p.path(u.Here(one.ID))
	}
	row.Parts, row.Edit = p.updateParts(q, one, n, said, u.Name)
	return row
}

// lateWords shows what somebody wrote for an item that is settled in other words.
func (p *Portal) lateWords(u *lineage.Upstream, tree *coproduction.Tree, said lineage.Resolution) view.LateWords {
	var out view.LateWords
	if it, err := tree.Item(u.Item(said.ID)); err == nil {
		out.Link = view.Link{Href: p.path(u.Here(it.FromItem)), Text: it.Name}
	}
	for _, part := range slices.SortedFunc(maps.Keys(said.Values), func(a, b coproduction.Part) int { return strings.Compare(a.String(), b.String()) }) {
		out.Parts = append(out.Parts, view.UpdatePart{Label: sourceLabel(part), Lang: part.Lang, Own: said.Values[part]})
	}
	return out
}

// updateParts shows what changed of an item, with fields for words of one's
// own; edit reports whether there are any. name tells what an item is called.
func (p *Portal) updateParts(q *request, u lineage.Update, n int, said lineage.Resolution, name func(string) domain.Text) (parts []view.UpdatePart, edit bool) {
	words := func(part lineage.PartUpdate, value string) string { return p.sourceWords(q, part.Part, value, name) }
	for _, part := range u.Parts {
		line := view.UpdatePart{
			Label: sourceLabel(part.Part), Lang: part.Lang, Conflict: part.Conflict,
			Base: words(part, part.Base), Theirs: words(part, part.Theirs), Mine: words(part, part.Mine),
		}
		if part.Field == coproduction.FieldName || part.Field == coproduction.FieldDescription {
			line.Name, line.Long, line.Own = "value."+strconv.Itoa(n)+"."+part.Part.String(), part.Field == coproduction.FieldDescription, part.Theirs
			if part.Conflict {
				line.Own = part.Mine
			}
			if typed, ok := said.Values[part.Part]; ok {
				line.Own = typed
			}
			edit = true
		}
		parts = append(parts, line)
	}
	return parts, edit
}

func (p *Portal) mergeRows(q *request, merges []*lineage.MergeRecord, page *view.UpdatesPage) error {
	var who []domain.ActorID
	for _, m := range merges {
		who = append(who, m.By, m.UndoneBy)
	}
	if err := q.meet(who); err != nil {
		return err
	}
	for _, m := range merges {
		row := view.MergeRow{Version: m.Version, By: p.actor(q, m.By), At: m.At, Taken: m.Taken, Kept: m.Kept, When: m.UndoneAt}
		if m.UndoneAt.IsZero() {
			row.Undo = page.Action + "/merges/" + string(m.ID) + "/undo"
		} else {
			by := p.actor(q, m.UndoneBy)
			row.Undone = &by
		}
		page.Merges = append(page.Merges, row)
	}
	return nil
}

// decisions reads what was decided of each update, by item.
func (q *request) decisions() map[string]lineage.Resolution {
	out := map[string]lineage.Resolution{}
	for name, typed := range q.typed {
		n, ok := strings.CutPrefix(name, "id.")
		if !ok {
			continue
		}
		d := lineage.Resolution{ID: typed[0], Decision: lineage.Decision(q.typed.Get("decide." + n))}
		if d.Decision == lineage.Edit {
			d.Values = q.ownWords("value." + n + ".")
		}
		out[d.ID] = d
	}
	return out
}

// ownWords reads the texts of an update that somebody writes themselves.
func (q *request) ownWords(prefix string) map[coproduction.Part]string {
	values := map[coproduction.Part]string{}
	for name, typed := range q.typed {
		part, ok := strings.CutPrefix(name, prefix)
		if !ok {
			continue
		}
		field, lang, _ := strings.Cut(part, ".")
		if l, err := domain.ParseLang(lang); err == nil && (field == coproduction.FieldName || field == coproduction.FieldDescription) {
			values[coproduction.Part{Field: field, Lang: l}] = typed[0]
		}
	}
	return values
}

func (p *Portal) decideUpdates(q *request) error {
	in := lineage.MergeInput{
		Release: domain.ID(q.typed.Get("release")), AllSafe: q.typed.Has("all_safe"), AllNew: q.typed.Has("all_new"), Marks: map[string]string{},
	}
	for _, d := range q.decisions() {
		if d.Decision.Known() {
			in.Decisions = append(in.Decisions, d)
		}
	}
	for name, typed := range q.typed {
		if n, ok := strings.CutPrefix(name, "mark."); ok {
			in.Marks[q.typed.Get("id."+n)] = typed[0]
		}
	}
	result, err := p.Releases.Merge(q.Context(), q.viewer, q.PathValue("name"), in)
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.updatesPage(q, f, nil) })
	}
	if len(result.Stale) > 0 {
		return q.refused(domain.Fail(domain.Conflict, "updates.stale_some"), func(f view.Form) (view.Page, error) { return p.updatesPage(q, f, result.Stale) })
	}
	back := "/processes/" + url.PathEscape(q.PathValue("name")) + "/updates"
	switch {
	case result.Record == nil:
		return q.done(back, view.Say("notice.nothing_merged"))
	case len(result.Skipped) > 0:
		return q.done(back, view.Say("notice.merged_but", len(result.Skipped)))
	}
	return q.done(back, view.Say("notice.merged"))
}

func (p *Portal) lookForUpdates(q *request) error {
	if err := p.Releases.Look(q.Context(), q.viewer, q.PathValue("name")); err != nil {
		return err
	}
	return q.done("/processes/"+url.PathEscape(q.PathValue("name"))+"/updates", view.Say("notice.looking"))
}

func (p *Portal) undoMerge(q *request) error {
	merge, err := domain.ParseID(q.PathValue("merge"))
	if err != nil {
		return err
	}
	kept, err := p.Releases.Undo(q.Context(), q.viewer, q.PathValue("name"), merge)
	if err != nil {
		return err
	}
	notice := view.Say("notice.merge_undone")
	if kept > 0 {
		notice = view.Say("notice.merge_undone_but", kept)
	}
	return q.done("/processes/"+url.PathEscape(q.PathValue("name"))+"/updates", notice)
}
