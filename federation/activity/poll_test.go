package activity_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/federation/activity"
)

// question is a post that asks.
func question() activity.NoteInput {
	in := note()
	in.Post.Content, in.Post.Source = "<p>Where shall the bench stand?</p>", "Where shall the bench stand?"
	in.Post.Poll = &community.Poll{
		Options: []community.PollOption{{Name: "Elm Street", Votes: 0}, {Name: "Oak Street", Votes: 0}}, Ends: noon.Add(7 * 24 * time.Hour),
	}
	return in
}

// counted is one that is over.
func counted() activity.NoteInput {
	in := question()
	p := in.Post.Poll
	p.Multiple, p.Voters, p.Closed = true, 31, p.Ends
	p.Options[0].Votes, p.Options[1].Votes = 12, 25
	return in
}

func pollGoldens() map[string]func() ([]byte, error) {
	return map[string]func() ([]byte, error){
		"create-question": func() ([]byte, error) {
			to, cc := question().Audience()
			return activity.Create(envelope(group.IRI, to, cc...), activity.Note(question()))
		},
		"update-question": func() ([]byte, error) {
			to, cc := counted().Audience()
			return activity.Update(envelope(group.IRI, to, cc...), activity.Note(counted()))
		},
		"create-vote": func() ([]byte, error) {
			return activity.Vote(envelope(person.IRI, []domain.IRI{follower}), "01890a5d-ac96-774b-bcce-b302099a8059", person, "https://social.example/polls/1", "Oak Street")
		},
	}
}

// TestPollsReadBack: our nodes understand each other's polls and votes.
func TestPollsReadBack(t *testing.T) {
	for name, want := range map[string]*community.Poll{"create-question": question().Post.Poll, "update-question": counted().Post.Poll} {
		in, _, ok := activity.ReadPost(read(t, name, "object"))
		if !ok || in.Type != "Question" || !reflect.DeepEqual(in.Poll, want) {
			t.Errorf("%s: %+v", name, in.Poll)
		}
	}
	in, err := activity.Read(read(t, "create-vote", ""))
	if err != nil {
		t.Fatal(err)
	}
	to, names, err := activity.ReadVotes(in)
	if err != nil || to != "https://social.example/polls/1" || len(names) != 1 || names[0] != "Oak Street" {
		t.Errorf("a vote: %s %q (%v)", to, names, err)
	}
}

// TestForeignPolls: polls as others write them, and what is none.
func TestForeignPolls(t *testing.T) {
	const options = `[{"type":"Note","name":"a","replies":{"type":"Collection","totalItems":3}},{"type":"Note","name":"b","replies":{"type":"Collection","totalItems":-1}}]`
	for name, c := range map[string]struct {
		members string
		want    *community.Poll
	}{
		"mastodon": {`"oneOf":` + options + `,"endTime":"2026-03-08T12:00:00Z","votersCount":3`, &community.Poll{
			Options: []community.PollOption{{Name: "a", Votes: 3}, {Name: "b"}}, Ends: time.Date(2026, 3, 8, 12, 0, 0, 0, time.UTC), Voters: 3,
		}},
		"several, without voters": {`"anyOf":` + options, &community.Poll{Options: []community.PollOption{{Name: "a", Votes: 3}, {Name: "b"}}, Multiple: true, Voters: 3}},
		"closed without a time": {`"oneOf":` + options + `,"closed":true`, &community.Poll{
			Options: []community.PollOption{{Name: "a", Votes: 3}, {Name: "b"}}, Closed: time.Unix(0, 0).UTC(), Voters: 3,
		}},
		"one option":       {`"oneOf":[{"type":"Note","name":"a"}]`, nil},
		"the same twice":   {`"oneOf":[{"type":"Note","name":"a"},{"type":"Note","name":"a"}]`, nil},
		"without names":    {`"oneOf":[{"type":"Note"},{"type":"Note","name":" "}]`, nil},
		"endless names":    {`"oneOf":[{"type":"Note","name":"` + strings.Repeat("a", 1001) + `"},{"type":"Note","name":"b"}]`, nil},
		"too many options": {`"oneOf":[{"type":"Note","name":"x"}` + strings.Repeat(`,{"type":"Note","name":"y"}`, 60) + `]`, nil},
		"no options":       {`"endTime":"2026-03-08T12:00:00Z"`, nil},
	} {
		doc, err := activity.Scan([]byte(`{"id":"https://social.example/1","type":"Question","attributedTo":"https://social.example/bo","content":"?",` + c.members + `}`))
		if err != nil {
			t.Fatal(err)
		}
		if in, _, ok := activity.ReadPost(doc); !ok || !reflect.DeepEqual(in.Poll, c.want) {
			t.Errorf("%s: %+v, want %+v", name, in.Poll, c.want)
		}
	}
}

// TestVotes: what is a vote, and whose.
func TestVotes(t *testing.T) {
	const bo = "https://social.example/users/bo"
	for name, c := range map[string]struct {
		object string
		names  int
		code   domain.Code
	}{
		"one":                {`{"id":"` + bo + `#votes/1","type":"Note","name":"a","attributedTo":"` + bo + `","inReplyTo":"https://z.example/posts/1"}`, 1, domain.OK},
		"a list":             {`[{"type":"Note","name":"a","inReplyTo":"https://z.example/posts/1"},{"type":"Note","name":"b","inReplyTo":"https://z.example/posts/1"}]`, 2, domain.OK},
		"of two polls":       {`[{"type":"Note","name":"a","inReplyTo":"https://z.example/posts/1"},{"type":"Note","name":"b","inReplyTo":"https://z.example/posts/2"}]`, 0, domain.OK},
		"with words":         {`{"type":"Note","name":"a","content":"Hello","inReplyTo":"https://z.example/posts/1"}`, 0, domain.OK},
		"an answer":          {`{"type":"Note","content":"Hello","inReplyTo":"https://z.example/posts/1"}`, 0, domain.OK},
		"in another's name":  {`{"type":"Note","name":"a","attributedTo":"https://social.example/users/eve","inReplyTo":"https://z.example/posts/1"}`, 0, domain.Forbidden},
		"of another server":  {`{"id":"https://evil.example/1","type":"Note","name":"a","inReplyTo":"https://z.example/posts/1"}`, 0, domain.Forbidden},
		"an address":         {`"https://social.example/1"`, 0, domain.OK},
		"of everything, odd": {`{"type":["Note"],"name":7,"inReplyTo":{}}`, 0, domain.OK},
	} {
		in, err := activity.Decode([]byte(`{"id":"https://social.example/a/1","type":"Create","actor":"` + bo + `","object":` + c.object + `}`))
		if err != nil {
			t.Fatal(err)
		}
		_, names, err := activity.ReadVotes(in)
		if len(names) != c.names || domain.CodeOf(err) != c.code {
			t.Errorf("%s: %q (%v)", name, names, err)
		}
	}
}
