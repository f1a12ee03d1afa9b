package lineage

import (
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
)

// Clone makes the items of a new process from a source: its structure,
// texts, problem profiles, complexity, prerequisites and the Interlinkers it
// used; every task awaits, without dates and people. Each item remembers the
// one it came from. Errors: Invalid, TooLarge for a broken source.
func Clone(s SourceProcess, mint *domain.Mint) ([]coproduction.Item, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	ids := make(map[string]domain.ID, len(s.Items))
	for _, it := range s.Items {
		if ids[it.ID] != "" {
			return nil, domain.Fail(domain.Invalid, "process.source_broken")
		}
		ids[it.ID] = mint.ID()
	}
	items := make([]coproduction.Item, len(s.Items))
	for i, it := range s.Items {
		if it.Parent != "" && ids[it.Parent] == "" {
			return nil, domain.Fail(domain.Invalid, "process.source_broken")
		}
		items[i] = coproduction.Item{
			ID: ids[it.ID], Parent: ids[it.Parent], Kind: it.Kind, Position: it.Position,
			Name: it.Name.Clean(), Description: it.Description.Clean(), Problems: it.Problems,
			Interlinkers: it.Interlinkers, Complexity: it.Complexity, CoDelivery: it.CoDelivery, FromItem: it.ID,
		}
		if it.Kind == coproduction.Task {
			items[i].Status = coproduction.Awaiting
		}
		for _, p := range it.Prerequisites {
			if ids[p] != "" { // one that was not published is no hindrance
				items[i].Prerequisites = append(items[i].Prerequisites, ids[p])
			}
		}
	}
	return items, nil
}

// origin says where a clone of the source comes from.
func (s SourceProcess) origin(at time.Time) *coproduction.Origin {
	return &coproduction.Origin{
		IRI: s.IRI, Owner: s.Owner, Title: s.Title, Host: s.IRI.Host(), Version: s.Version, Digest: s.Digest(),
		At: at, Answer: coproduction.Offered,
	}
}
