package lineage

import (
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
)

// Plan says which items of a source its clone has, under which ids. It knows
// nothing of their texts: a large source is read twice, page by page, once for
// the plan and once for the items.
type Plan struct{ items map[string]planned }

// planned is an item of the clone.
type planned struct {
	id, parent    domain.ID
	prerequisites []domain.ID
}

// outline is what of an item a plan is made of.
func (i SourceItem) outline() SourceItem {
	return SourceItem{ID: i.ID, Parent: i.Parent, Kind: i.Kind, Position: i.Position, Prerequisites: i.Prerequisites}
}

// NewPlan plans a clone of all items of a source, or of those that [Prune]
// leaves of them where keep is not nil, and returns its tree without texts.
// Errors: Invalid, TooLarge for a broken source.
func NewPlan(items []SourceItem, keep map[string]bool, mint *domain.Mint) (*Plan, *coproduction.Tree, error) {
	if len(items) > coproduction.MaxItems {
		return nil, nil, domain.Fail(domain.TooLarge, "process.too_many_items", coproduction.MaxItems)
	}
	if keep != nil {
		items = Prune(items, keep)
	}
	p := &Plan{make(map[string]planned, len(items))}
	for _, it := range items {
		if _, twice := p.items[it.ID]; twice {
			return nil, nil, domain.Fail(domain.Invalid, "process.source_broken")
		}
		p.items[it.ID] = planned{id: mint.ID()}
	}
	outlines := make([]SourceItem, len(items))
	for i, it := range items {
		one := p.items[it.ID]
		if one.parent = p.items[it.Parent].id; it.Parent != "" && one.parent == "" {
			return nil, nil, domain.Fail(domain.Invalid, "process.source_broken")
		}
		for _, before := range it.Prerequisites {
			if id := p.items[before].id; id != "" { // one that was not published is no hindrance
				one.prerequisites = append(one.prerequisites, id)
			}
		}
		p.items[it.ID] = one
		outlines[i] = it.outline()
	}
	tree, err := coproduction.NewTree(p.Items(outlines))
	return p, tree, err
}

// Items makes the items of the clone from some of the source's: structure,
// texts, problem profiles, complexity, prerequisites and the Interlinkers that
// it used; every task awaits, without dates and people. Each remembers the one
// it came from. Those that are not in the plan are left out.
func (p *Plan) Items(source []SourceItem) []coproduction.Item {
	items := make([]coproduction.Item, 0, len(source))
	for _, it := range source {
		plan, kept := p.items[it.ID]
		if !kept {
			continue
		}
		made := coproduction.Item{
			ID: plan.id, Parent: plan.parent, Kind: it.Kind, Position: it.Position, Prerequisites: plan.prerequisites,
			Name: it.Name.Clean(), Description: it.Description.Clean(), Problems: it.Problems,
			Interlinkers: it.Interlinkers, Complexity: it.Complexity, CoDelivery: it.CoDelivery, FromItem: it.ID,
			Translations: it.Translations,
			Formerly:     coproduction.FormerIDs(append([]string{it.From}, it.Formerly...)...),
		}
		if it.Kind == coproduction.Task {
			made.Status = coproduction.Awaiting
		}
		items = append(items, made)
	}
	return items
}

// origin says where a clone of the source comes from.
func (s SourceProcess) origin(digest string, at time.Time) *coproduction.Origin {
	return &coproduction.Origin{
		IRI: s.IRI, Owner: s.Owner, Title: s.Title, Host: s.IRI.Host(), Version: s.Version, Digest: digest,
		At: at, Answer: coproduction.Offered,
	}
}
