package lineage

import (
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
)

// Plan says which items of a source its clone has, under which ids. It knows
// nothing of their texts: a large source is read twice, page by page, once for
// the plan and once for the items.
type Plan struct {
	*Outline
	made  names // of the clone, by the number of the source's item
	tasks int
}

// NewPlan plans a clone of all items of a source, or of those that [Prune]
// leaves of them where keep is not nil. Errors: Invalid, TooLarge for a broken
// source.
func NewPlan(source *Outline, keep map[string]bool, mint *domain.Mint) (*Plan, error) {
	if keep != nil {
		all := source
		source = all.pruned(func(n int32) bool { return keep[all.id(n)] })
	}
	if err := source.check(); err != nil {
		return nil, err
	}
	p := &Plan{Outline: source}
	for _, at := range source.places {
		p.made.add(p.made.name(string(mint.ID())))
		if levels[at.level-1] == coproduction.Task {
			p.tasks++
		}
	}
	return p, nil
}

// item is the item of the clone that one of the source becomes; "" if none does.
func (p *Plan) item(id string) domain.ID {
	if n, kept := p.number(id); kept {
		return p.id(n)
	}
	return ""
}

// id is that of the item of the clone that one of the source becomes.
func (p *Plan) id(n int32) domain.ID { return domain.ID(p.made.id(n)) }

// Items makes the items of the clone from some of the source's: structure,
// texts, problem profiles, complexity, prerequisites and the Interlinkers that
// it used; every task awaits, without dates and people. Each remembers the one
// it came from. Those that are not in the plan are left out.
func (p *Plan) Items(source []SourceItem) []coproduction.Item {
	items := make([]coproduction.Item, 0, len(source))
	for _, it := range source {
		n, kept := p.number(it.ID)
		if !kept {
			continue
		}
		made := coproduction.Item{
			ID: p.id(n), Parent: p.item(it.Parent), Kind: it.Kind, Position: it.Position,
			Name: it.Name.Clean(), Description: it.Description.Clean(), Problems: it.Problems,
			Interlinkers: it.Interlinkers, Complexity: it.Complexity, CoDelivery: it.CoDelivery, FromItem: it.ID,
			Translations: it.Translations,
			Formerly:     coproduction.FormerIDs(append([]string{it.From}, it.Formerly...)...),
		}
		for _, e := range p.before.of(n) {
			made.Prerequisites = append(made.Prerequisites, p.id(e.before))
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
