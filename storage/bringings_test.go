package storage_test

import (
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/portable"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// TestForgetBrought: whoever is erased is named no more in what processes
// brought along from where they were; what else was said stays.
func TestForgetBrought(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "forget_brought", func(t *testing.T, db *storage.DB) {
		ctx, at := t.Context(), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		person := &network.Actor{
			ID: "p1", Serial: 1, IRI: "https://far.example/users/ana_b", Type: network.TypePerson, Subject: network.SubjectPerson, Name: "ana_b", Host: "far.example",
			Inbox: "https://far.example/users/ana_b/inbox", CreatedAt: at, UpdatedAt: at,
		}
		if err := storage.NewNetwork(db).SaveRemote(ctx, person); err != nil {
			t.Fatal(err)
		}
		other := domain.IRI("https://far.example/users/anaXb") // "_" stands for itself
		s := storage.NewBringings(db)
		b := &portable.Bringing{ID: "b1", Serial: 2, Bringer: "someone", Process: "made", Lost: []portable.Lost{{IRI: person.IRI, Reason: portable.LostRole}}, CreatedAt: at, Carried: portable.Carried{
			Administrators: []domain.IRI{other, person.IRI}, Grants: []portable.Grant{{Grantee: person.IRI}},
			Authors: map[string]domain.IRI{"r1": person.IRI, "r2": other}, History: []portable.Event{{At: at, By: person.IRI}}, Clones: []portable.Clone{{Cloner: person.IRI}},
		}}
		own := &portable.Bringing{ID: "b2", Serial: 3, Bringer: "p1", State: portable.ImportRuns, CreatedAt: at}
		for _, one := range []*portable.Bringing{b, own} {
			if err := s.CreateBringing(ctx, one, time.Time{}); err != nil {
				t.Fatal(err)
			}
		}
		if err := storage.NewPersonal(db).ForgetRelations(ctx, "p1"); err != nil {
			t.Fatal(err)
		}
		now, err := s.BroughtAs(ctx, "made")
		if err != nil {
			t.Fatal(err)
		}
		for _, read := range []func() (*portable.Bringing, error){
			func() (*portable.Bringing, error) { return s.Bringing(ctx, "b1") }, func() (*portable.Bringing, error) { return s.OriginOf(ctx, "made") },
		} {
			if apart, err := read(); err != nil || apart.ID != "b1" || len(apart.Carried.History) != 0 {
				t.Errorf("apart from what is carried along it is %+v (%v)", apart, err)
			}
		}
		c := now.Carried
		if len(c.Administrators) != 1 || len(c.Grants) != 0 || len(now.Lost) != 0 || c.Authors["r1"] != "" || c.Authors["r2"] != other || len(c.History) != 1 || len(c.Clones) != 1 {
			t.Errorf("it has %+v", now)
		}
		if _, err := s.Bringing(ctx, "b2"); domain.CodeOf(err) != domain.NotFound || strings.Contains(string(now.Bringer), "p1") {
			t.Errorf("an import of theirs goes on: %v", err)
		}
	})
}
