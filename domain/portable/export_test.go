package portable

import (
	"slices"

	"interlink/domain"
)

// MergeDiffering merges as [Service.Begin] does: what differs alone, into the whole
// of ours.
func MergeDiffering(base, theirs, ours *Process) (*Process, []Change, error) {
	d, was, whole, part := theirs.document(), base.document().base(nil), ours.document(), *ours
	for _, one := range []*Document{d, whole} {
		if err := one.outline(); err != nil {
			return nil, nil, err
		}
	}
	c, err := compare(d, &was, false)
	if err != nil {
		return nil, nil, err
	}
	baseOf, theirsOf, err := c.documents(func(id domain.ID) bool {
		return slices.ContainsFunc(ours.Items, func(it Item) bool { return it.ID == id })
	})
	if err != nil {
		return nil, nil, err
	}
	part.Items, _ = some(each(ours.Items), func(it Item) bool { return c.item(it.ID, true) })
	part.Resources, _ = some(each(ours.Resources), func(r Resource) bool { return c.resource(r.ID) })
	merged, changes, _, err := mergeInto(whole.frame, baseOf, theirsOf, &part)
	if err != nil {
		return nil, nil, err
	}
	out := *merged
	out.Items, out.Resources = inPlace(ours.Items, merged.Items, itemID), inPlace(ours.Resources, merged.Resources, resourceID)
	return &out, changes, nil
}

// inPlace puts what was merged in the places of what was there.
func inPlace[T any](all, merged []T, id func(T) domain.ID) []T {
	out := slices.Clone(all)
	for _, one := range merged {
		if at := slices.IndexFunc(out, func(o T) bool { return id(o) == id(one) }); at >= 0 {
			out[at] = one
		} else {
			out = append(out, one)
		}
	}
	return out
}
