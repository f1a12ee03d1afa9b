package storage_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// ask publishes a poll in the town's community.
func (w *town) ask(v policy.Viewer, multiple bool, ends time.Time, options ...string) *community.Post {
	w.t.Helper()
	p, err := w.service.Post(w.t.Context(), v, "parks", community.Draft{
		Content: "Where shall the bench stand?", Language: "en", Poll: &community.PollDraft{Options: options, Multiple: multiple, Ends: ends},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// poll reads the poll of a post.
func (w *town) poll(id domain.ID) *community.Poll {
	w.t.Helper()
	p, err := w.service.PostByID(w.t.Context(), policy.Viewer{}, id)
	if err != nil || p.Poll == nil {
		w.t.Fatalf("no poll: %v", err)
	}
	return p.Poll
}

// TestPollCounts: whatever people of this node and others choose, in whatever
// order and however often, each counts once for each option, and one option
// alone where one is to be chosen.
func TestPollCounts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		options := rapid.IntRange(2, 10).Draw(t, "options")
		p := &community.Poll{Multiple: rapid.Bool().Draw(t, "multiple"), Options: make([]community.PollOption, options)}
		chosen := map[int][]int{}
		for range rapid.IntRange(0, 60).Draw(t, "ballots") {
			voter := rapid.IntRange(0, 7).Draw(t, "voter")
			choices := rapid.SliceOfN(rapid.IntRange(-1, options), 0, 4).Draw(t, "choices")
			before := p.Copy()
			if err := p.Count(chosen[voter], choices); err == nil {
				chosen[voter] = append(chosen[voter], choices...)
			} else if !slices.Equal(p.Options, before.Options) || p.Voters != before.Voters {
				t.Fatal("what was refused was counted in part")
			}
		}
		votes := make([]int, options)
		for voter, choices := range chosen {
			if !p.Multiple && len(choices) != 1 {
				t.Fatalf("%d chose %v where one is to be chosen", voter, choices)
			}
			for _, c := range choices {
				votes[c]++
			}
			slices.Sort(choices)
			if len(slices.Compact(choices)) != len(choices) {
				t.Fatalf("%d counts twice: %v", voter, choices)
			}
		}
		for i, o := range p.Options {
			if o.Votes != votes[i] {
				t.Fatalf("option %d has %d votes, want %d", i, o.Votes, votes[i])
			}
		}
		if p.Voters != len(chosen) {
			t.Fatalf("%d voters, want %d", p.Voters, len(chosen))
		}
	})
	many := &community.Poll{Options: make([]community.PollOption, 2)}
	for i := range 100_000 {
		if err := many.Count(nil, []int{i % 2}); err != nil {
			t.Fatal(err)
		}
	}
	if many.Voters != 100_000 || many.Options[0].Votes != 50_000 {
		t.Errorf("of 100,000: %+v", many)
	}
}

// TestPoll: who may vote does once, until the end; the counts stay when people
// go, and who chose what goes with them, or some time after the end.
func TestPoll(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "poll", func(t *testing.T, db *storage.DB) {
		ctx, now := t.Context(), time.Now()
		w := newTown(t, db)
		w.mint = domain.NewMint(func() time.Time { return now }, nil)
		w.service = community.NewService(storage.NewCommunities(db), w.net, noOrganization, w.mint, w.ns)
		refused := func(what string, err error, code domain.Code) {
			t.Helper()
			if domain.CodeOf(err) != code {
				t.Errorf("%s: %v, want %v", what, err, code)
			}
		}
		for name, draft := range map[string]community.PollDraft{
			"one option": {Options: []string{"Elm Street", " "}, Ends: now.Add(time.Hour)}, "eleven": {Options: elevenOptions(), Ends: now.Add(time.Hour)},
			"the same twice": {Options: []string{"Elm", " Elm "}, Ends: now.Add(time.Hour)}, "the past": {Options: []string{"a", "b"}, Ends: now.Add(-time.Hour)},
			"for ever": {Options: []string{"a", "b"}, Ends: now.Add(999 * 24 * time.Hour)},
		} {
			_, err := w.service.Post(ctx, w.member, "parks", community.Draft{Content: "?", Language: "en", Poll: &draft})
			refused(name, err, domain.Invalid)
		}
		one := w.ask(w.member, false, now.Add(time.Hour), "Elm Street", "Oak Street")
		several := w.ask(w.owner, true, now.Add(2*time.Hour), "Monday", "Tuesday", "Never")

		refused("nobody", w.service.Vote(ctx, policy.Viewer{}, one.ID, []int{0}), domain.Unauthenticated)
		refused("no option", w.service.Vote(ctx, w.outside, one.ID, nil), domain.Invalid)
		refused("two of one", w.service.Vote(ctx, w.outside, one.ID, []int{0, 1}), domain.Invalid)
		refused("one that is not there", w.service.Vote(ctx, w.outside, one.ID, []int{2}), domain.Invalid)
		refused("a vote", w.service.Vote(ctx, w.outside, one.ID, []int{1}), domain.OK)
		refused("again", w.service.Vote(ctx, w.outside, one.ID, []int{0}), domain.Conflict)
		refused("several", w.service.Vote(ctx, w.outside, several.ID, []int{0, 1}), domain.OK)
		if p := w.poll(one.ID); p.Voters != 1 || p.Options[0].Votes != 0 || p.Options[1].Votes != 1 {
			t.Errorf("counted: %+v", p)
		}
		chosen, err := w.service.Chosen(ctx, w.outside, []domain.ID{one.ID, several.ID})
		if err != nil || !slices.Equal(chosen[one.ID], []int{1}) || !slices.Equal(chosen[several.ID], []int{0, 1}) {
			t.Errorf("chosen: %v (%v)", chosen, err)
		}

		// What is edited keeps its counts, also those of votes meanwhile.
		read, err := w.service.PostByID(ctx, w.member, one.ID)
		if err != nil {
			t.Fatal(err)
		}
		refused("a vote meanwhile", w.service.Vote(ctx, w.owner, one.ID, []int{1}), domain.OK)
		if _, err := w.service.EditPost(ctx, w.member, one.ID, read.Revision, "Where, please?"); err != nil {
			t.Fatal(err)
		}
		if p := w.poll(one.ID); p.Voters != 2 || p.Options[1].Votes != 2 {
			t.Errorf("after an edit: %+v", p)
		}

		bo, cy := w.follower("far.example", "bo", true), w.follower("near.example", "cy", false)
		if poll, err := w.service.ReceiveVotes(ctx, bo, several.IRI, []string{"Monday", "Someday"}); !poll || domain.CodeOf(err) != domain.Invalid {
			t.Errorf("an option that is not there: %t, %v", poll, err)
		}
		for range 2 {
			_, err = w.service.ReceiveVotes(ctx, bo, several.IRI, []string{"Monday"})
		}
		refused("again from elsewhere", err, domain.Conflict)
		if _, err := w.service.ReceiveVotes(ctx, bo, several.IRI, []string{"Never"}); err != nil {
			t.Errorf("another option: %v", err)
		}
		if err := w.service.Ban(ctx, w.owner, "parks", community.Banning{Who: bo.ID, Reason: "Noise"}); err != nil {
			t.Fatal(err)
		}
		_, err = w.service.ReceiveVotes(ctx, bo, one.IRI, []string{"Elm Street"})
		refused("who is banned", err, domain.Forbidden)
		inboxes, err := storage.NewCommunities(db).VoterInboxes(ctx, several.ID)
		if err != nil || len(inboxes) != 1 || inboxes[0] != bo.DeliveryInbox() {
			t.Errorf("inboxes of voters: %v (%v)", inboxes, err)
		}

		// The end, once.
		if err := w.service.EndPoll(ctx, community.PollJob{Post: one.ID}); err != nil || !w.poll(one.ID).Closed.IsZero() {
			t.Errorf("closed before its time: %v", err)
		}
		now = now.Add(time.Hour)
		refused("after the end", w.service.Vote(ctx, w.member, one.ID, []int{0}), domain.Conflict)
		for range 2 {
			refused("the end", w.service.EndPoll(ctx, community.PollJob{Post: one.ID}), domain.OK)
		}
		if n := count(t, db, "SELECT COUNT(*) FROM events WHERE kind = 'poll.ended'"); n != 1 {
			t.Errorf("%d ends", n)
		}
		if _, err := w.service.ReceiveVotes(ctx, cy, one.IRI, []string{"Elm Street"}); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("a late vote: %v", err)
		}

		// Who goes takes along what they chose.
		if err := storage.NewCommunities(db).EraseAuthor(ctx, w.outside.Actor, now, domain.Change{}); err != nil {
			t.Fatal(err)
		}
		if n := count(t, db, "SELECT COUNT(*) FROM poll_votes WHERE actor_id = ?", string(w.outside.Actor)); n != 0 {
			t.Errorf("%d votes of who is gone", n)
		}
		if p := w.poll(several.ID); p.Voters != 2 || p.Options[0].Votes != 2 {
			t.Errorf("counts after somebody left: %+v", p)
		}
		if err := storage.NewRetention(db).Sweep(ctx, now.Add(31*24*time.Hour), network.DefaultRetention); err != nil {
			t.Fatal(err)
		}
		if n := count(t, db, "SELECT COUNT(*) FROM poll_votes WHERE post_id = ?", string(one.ID)); n != 0 {
			t.Errorf("%d votes of a poll that is long over", n)
		}
	})
}

// count asks for a number.
func count(t *testing.T, db *storage.DB, query string, args ...any) (n int) {
	t.Helper()
	if err := db.Read().NewRaw(query, args...).Scan(t.Context(), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func elevenOptions() (all []string) {
	for i := range 11 {
		all = append(all, fmt.Sprint("option ", i))
	}
	return all
}

// TestPollAtOnce: many who vote at the same time are all counted.
func TestPollAtOnce(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "poll-at-once", func(t *testing.T, db *storage.DB) {
		w := newTown(t, db)
		p := w.ask(w.member, false, time.Now().Add(time.Hour), "yes", "no")
		const voters = 60
		var people []policy.Viewer
		for i := range voters {
			people = append(people, w.person(fmt.Sprintf("voter%d", i)))
		}
		var all sync.WaitGroup
		for i, v := range people {
			for range 2 { // a double click
				all.Go(func() {
					if err := w.service.Vote(t.Context(), v, p.ID, []int{i % 2}); err != nil && domain.CodeOf(err) != domain.Conflict {
						t.Error(err)
					}
				})
			}
		}
		all.Wait()
		if got := w.poll(p.ID); got.Voters != voters || got.Options[0].Votes != voters/2 || got.Options[1].Votes != voters/2 {
			t.Errorf("counted: %+v", got)
		}
	})
}
