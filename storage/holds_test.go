package storage_test

import (
	"testing"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// TestWithdrawnWhileDecided: who withdraws what was decided after they read it is told
// so, and nothing is forgotten.
func TestWithdrawnWhileDecided(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "withdrawn", func(t *testing.T, db *storage.DB) {
		a, ctx := newAttic(t, db), t.Context()
		h := &community.Held{
			Post:   community.Post{ID: "h1", Serial: a.mint.Serial(), IRI: iriOf("h1"), Author: a.member.Actor, Content: "Yes", Published: a.mint.Now()},
			Serial: a.mint.Serial(), Why: community.AuthorAsks, State: community.HeldAsked, At: a.mint.Now(),
		}
		if err := a.store.SaveHeld(ctx, h, domain.Change{}); err != nil {
			t.Fatal(err)
		}
		read := *h
		h.State = community.HeldDeclined
		if err := a.store.SaveHeld(ctx, h, domain.Change{}); err != nil {
			t.Fatal(err)
		}
		if err := a.store.WithdrawHeld(ctx, &read, domain.Change{}); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("withdrawn as it was: %v", err)
		}
		if _, err := a.store.Held(ctx, "h1"); err != nil {
			t.Errorf("it is forgotten: %v", err)
		}
		if err := a.store.WithdrawHeld(ctx, h, domain.Change{}); err != nil {
			t.Errorf("withdrawn as it is: %v", err)
		}
		if err := a.store.WithdrawHeld(ctx, h, domain.Change{}); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("withdrawn twice: %v", err)
		}
	})
}
