package storage

import (
	"context"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"interlink/domain/catalogue"
)

// bestFirst orders variants as [catalogue.Entry.Before] does.
var bestFirst = func() string {
	var rank strings.Builder
	for _, t := range catalogue.Trusts {
		rank.WriteString(" WHEN '" + string(t) + "' THEN " + string(rune('0'+t.Rank())))
	}
	return "CASE WHEN e.standing <> 'shown' THEN 2 WHEN e.status <> 'published' THEN 1 ELSE 0 END, CASE e.trust" + rank.String() + " ELSE 9 END, e.serial"
}()

// groupVariants puts saved entries beside the others of the same thing. What
// is based on an entry that is here goes where that one is, and those that
// were based on an entry before it came go to it.
func groupVariants(ctx context.Context, tx bun.Tx, entries []*catalogue.Entry) error {
	var touched []string
	saved := map[string]bool{}
	for _, e := range entries {
		saved[string(e.ID)] = true
		var before string
		if err := tx.NewRaw("SELECT variant FROM catalogue_entries WHERE id = ?", string(e.ID)).Scan(ctx, &before); err != nil {
			return err
		}
		same := e.Same()
		if base := e.BasedOn(); base != "" && base != e.IRI {
			var of []string
			if err := tx.NewRaw("SELECT variant FROM catalogue_entries WHERE iri = ?", string(base)).Scan(ctx, &of); err != nil {
				return err
			}
			if len(of) > 0 {
				same = of[0]
			}
		}
		if own := e.OwnKey(); own != same {
			if _, err := tx.NewRaw("UPDATE catalogue_entries SET variant = ? WHERE variant = ? AND id <> ?", same, own, string(e.ID)).Exec(ctx); err != nil {
				return err
			}
		}
		if before != same {
			if _, err := tx.NewRaw("UPDATE catalogue_entries SET variant = ? WHERE id = ?", same, string(e.ID)).Exec(ctx); err != nil {
				return err
			}
			touched = append(touched, before)
		}
		touched = append(touched, same)
	}
	slices.Sort(touched)
	return electLeads(ctx, tx, slices.Compact(touched), saved)
}

// electLeads sets which one of the variants of a thing lists show. saved are
// the entries whose revision has grown already.
func electLeads(ctx context.Context, tx bun.Tx, variants []string, saved map[string]bool) error {
	for _, variant := range variants {
		var those []struct {
			ID   string
			Lead bool
		}
		if err := tx.NewRaw("SELECT e.id, e.lead FROM catalogue_entries AS e WHERE e.variant = ? ORDER BY "+bestFirst, variant).Scan(ctx, &those); err != nil {
			return err
		}
		for i, e := range those {
			if e.Lead == (i == 0) {
				continue
			}
			more := 1
			if saved[e.ID] {
				more = 0
			}
			if _, err := tx.NewRaw("UPDATE catalogue_entries SET lead = ?, revision = revision + ? WHERE id = ?", i == 0, more, e.ID).Exec(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}
