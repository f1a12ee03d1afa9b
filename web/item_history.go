package web

import (
	"strconv"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
	"interlink/web/view"
)

// itemHistory shows what happened to an item, and what each edit changed.
func (p *Portal) itemHistory(q *request) error {
	x, t, head, err := p.headed(q, "guide")
	if err != nil {
		return err
	}
	it, err := t.Item(domain.ID(q.PathValue("item")))
	if err != nil {
		return err
	}
	list, err := p.Coproduction.ItemHistory(q.Context(), q.viewer, x.Name, it.ID, q.cursor())
	if err != nil {
		return err
	}
	page := view.ItemHistoryPage{
		Frame: q.frame(), ProcessHead: head, Item: view.Link{Href: q.itemPath(), Text: it.Name}, Kind: string(it.Kind),
		Pager: q.pager(list.Next, list.Total, len(list.Items)),
	}
	mayEdit := policy.Allow(q.viewer, policy.Edit, coproduction.Place{Process: x, Tree: t, Item: it.ID}) == nil
	for _, e := range list.Items {
		entry := view.ItemEntry{Entry: p.happened(q, x, e)}
		var told coproduction.ItemChanged
		if e.Decode(&told) == nil {
			for _, d := range told.Changes {
				entry.Changes = append(entry.Changes, view.Change{
					Label: partLabel(d.Part), Lang: d.Lang, Before: p.valueWords(q, t, d.Part, d.Before), After: p.valueWords(q, t, d.Part, d.After),
				})
			}
			if mayEdit && e.Kind == coproduction.ItemEdited {
				entry.Restore = q.itemPath() + "/edit?version=" + strconv.FormatInt(told.Revision-1, 10)
			}
		}
		page.Entries = append(page.Entries, entry)
	}
	return q.show(page)
}
