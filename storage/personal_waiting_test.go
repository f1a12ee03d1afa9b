package storage_test

import (
	"slices"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/personal"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// TestErasureTellsWhoWasAsked: whose leave somebody asked for an answer has read
// it, and is asked to forget it, also long after it was sent.
func TestErasureTellsWhoWasAsked(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "erasure_asked", func(t *testing.T, db *storage.DB) {
		a, ctx := newAttic(t, db), t.Context()
		inboxes := map[domain.ActorID]domain.IRI{}
		for i, why := range []community.Why{community.AuthorAsks, community.FirstPost} { // what those who moderate hold was sent to nobody
			host := []string{"asked.example", "held.example"}[i]
			author := &network.Actor{
				ID: domain.ActorID(host), Serial: a.mint.Serial(), IRI: domain.IRI("https://" + host + "/users/bo"), Type: network.TypePerson, Subject: network.SubjectPerson,
				Name: "bo", Host: host, Inbox: domain.IRI("https://" + host + "/inbox"), CreatedAt: a.mint.Now(), UpdatedAt: a.mint.Now(),
			}
			if err := storage.NewNetwork(db).SaveRemote(ctx, author); err != nil {
				t.Fatal(err)
			}
			inboxes[author.ID] = author.Inbox
			h := &community.Held{
				Post: community.Post{
					ID: domain.ID("to-" + host), Serial: a.mint.Serial(), IRI: iriOf("to-" + host), Author: a.member.Actor, Content: "Yes", Published: a.mint.Now(),
					InReplyTo: author.IRI + "/notes/1", Mentions: []domain.ActorID{author.ID},
				},
				Serial: a.mint.Serial(), Why: why, State: community.HeldDeclined, At: a.mint.Now(),
			}
			if err := a.store.SaveHeld(ctx, h, domain.Change{}); err != nil {
				t.Fatal(err)
			}
		}
		d := &personal.Deletion{ID: "d1", Account: "account-1", Actor: a.member.Actor, State: personal.Waiting, AskedAt: a.mint.Now(), DueAt: a.mint.Now()}
		a.exec("INSERT INTO account_deletions (id, account_id, actor_id, successor_id, hash, link, state, email, language, activity_id, asked_at, due_at) VALUES ('d1', 'account-1', '" +
			string(d.Actor) + "', '', 'h', '', 'waiting', '', 'en', '', 1, 1)")
		d.State, d.Activity, d.ErasedAt = personal.Sent, "a1", time.Now().UTC()
		if err := storage.NewPersonal(db).Erase(ctx, personal.Erasure{Deletion: d, Person: iriOf("member")}, domain.Change{}); err != nil {
			t.Fatal(err)
		}
		var told []string
		if err := db.Read().NewRaw("SELECT inbox FROM deletion_receipts WHERE deletion_id = 'd1'").Scan(ctx, &told); err != nil {
			t.Fatal(err)
		}
		for host, want := range map[domain.ActorID]bool{"asked.example": true, "held.example": false} {
			if slices.Contains(told, string(inboxes[host])) != want {
				t.Errorf("told are %q", told)
			}
		}
	})
}
