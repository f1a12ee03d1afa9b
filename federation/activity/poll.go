package activity

import (
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
)

// pollOption is one answer of a Question, as Mastodon writes it: a Note with a
// name, whose replies are the votes, of which the number alone is told.
type pollOption struct {
	Type    string  `jsonld:"type"`
	Name    string  `jsonld:"name"`
	Replies counted `jsonld:"replies"`
}

type counted struct {
	Type       string `jsonld:"type"`
	TotalItems int    `jsonld:"totalItems"`
}

// ask makes the post a Question (ActivityStreams Vocabulary §3.1).
func (d *noteDocument) ask(p *community.Poll) {
	options := List[any]{}
	for _, o := range p.Options {
		options = append(options, pollOption{"Note", o.Name, counted{"Collection", o.Votes}})
	}
	d.Type, d.EndTime, d.Closed, d.VotersCount = "Question", when(p.Ends), when(p.Closed), &p.Voters
	if p.Multiple {
		d.AnyOf = options
	} else {
		d.OneOf = options
	}
}

// The bounds of a poll of another server.
const (
	maxPollOptions = 50
	maxPollOption  = 1000 // bytes
	maxPollVotes   = 1 << 31
)

// readPoll reads what a Question asks; nil if there is nothing to choose.
// Names stay as they are: votes repeat them.
func readPoll(doc Document) *community.Poll {
	p := &community.Poll{Ends: doc.Time("endTime"), Closed: doc.Time("closed"), Voters: pollVotes(doc.Int("votersCount"))}
	if doc.Bool("closed") {
		p.Closed = time.Unix(0, 0).UTC() // it is, and nobody says since when
	}
	options := doc.Objects("oneOf")
	if len(options) == 0 {
		options, p.Multiple = doc.Objects("anyOf"), true
	}
	most := 0
	for _, o := range options {
		name := o.String("name")
		if strings.TrimSpace(name) == "" || len(name) > maxPollOption || len(p.Options) >= maxPollOptions || p.Place(name) >= 0 {
			return nil
		}
		votes := pollVotes(o.Object("replies").Int("totalItems"))
		p.Options, most = append(p.Options, community.PollOption{Name: name, Votes: votes}), max(most, votes)
	}
	if len(p.Options) < 2 {
		return nil
	}
	p.Voters = max(p.Voters, most) // some tell none
	return p
}

func pollVotes(n int64) int { return int(max(0, min(n, maxPollVotes))) }

// vote is what a voter sends: the name of what they chose, and no words.
type vote struct {
	ID           domain.IRI       `jsonld:"id"`
	Type         string           `jsonld:"type"`
	Name         string           `jsonld:"name"`
	AttributedTo domain.IRI       `jsonld:"attributedTo"`
	To           List[domain.IRI] `jsonld:"to"`
	Cc           List[domain.IRI] `jsonld:"cc"`
	InReplyTo    domain.IRI       `jsonld:"inReplyTo"`
}

// Vote tells who asked what somebody chose in their poll, and nobody else.
func Vote(e Envelope, id domain.ID, voter *network.Actor, question domain.IRI, option string) ([]byte, error) {
	return Create(e, vote{
		ID: voter.IRI + domain.IRI("#votes/"+id), Type: "Note", Name: option, AttributedTo: voter.IRI, To: e.To, Cc: List[domain.IRI]{}, InReplyTo: question,
	})
}

// maxVotes is how many votes one activity may have.
const maxVotes = maxPollOptions

// ReadVotes reads the votes of a Create: the names of what its actor chose, and
// the post that asks. Mastodon sends each by itself, GoToSocial all in a list.
// None for anything else. Errors: Forbidden for votes in another's name.
func ReadVotes(in *Inbound) (question domain.IRI, names []string, err error) {
	for _, o := range in.Document.Objects("object") {
		name, to := o.String("name"), o.IRI("inReplyTo")
		if o.Type() != "Note" || name == "" || to == "" || o.String("content") != "" || len(o["contentMap"]) > 0 || len(o.Objects("attachment")) > 0 ||
			question != "" && to != question || len(names) >= maxVotes {
			return "", nil, nil
		}
		by, id := o.IRI("attributedTo"), o.IRI("id")
		if by != "" && by != in.Actor || id != "" && !domain.SameOrigin(id, in.Actor) {
			return "", nil, domain.Fail(domain.Forbidden, "error.origin")
		}
		question, names = to, append(names, name)
	}
	return question, names, nil
}
