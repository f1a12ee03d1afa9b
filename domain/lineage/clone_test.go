package lineage

import (
	"interlink/domain"
	"interlink/domain/coproduction"
)

// Clone makes the items of a new process from a source that is read whole.
// Errors: Invalid, TooLarge for a broken source.
func Clone(s SourceProcess, mint *domain.Mint) ([]coproduction.Item, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	plan, err := NewPlan(outlineOf(s.Items), nil, mint)
	if err != nil {
		return nil, err
	}
	return plan.Items(s.Items), nil
}
