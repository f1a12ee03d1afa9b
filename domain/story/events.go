package story

import "interlink/domain"

// What happens to stories. The subject is the story, by its id.
const (
	StoryPublished domain.EventKind = "story.published" // [Told], as all of these
	StoryUpdated   domain.EventKind = "story.updated"
	StoryWithdrawn domain.EventKind = "story.withdrawn"
	StoryReceived  domain.EventKind = "story.received" // another node's: new, changed
	StoryRated     domain.EventKind = "story.rated"    // its ratings were counted anew
	StoryGone      domain.EventKind = "story.gone"     // another node's, withdrawn there
)

// Told is the payload of the events.
type Told struct {
	Slug      string         `json:"slug"`
	Host      string         `json:"host,omitempty"`
	Title     domain.Text    `json:"title"`
	Owner     domain.ActorID `json:"owner"`
	Process   domain.ActorID `json:"process,omitempty"`
	Community domain.ActorID `json:"community,omitempty"`
	Version   int            `json:"version"`
	Digest    string         `json:"digest,omitempty"`
}

func (s *Story) event(m *domain.Mint, kind domain.EventKind, actor domain.ActorID) domain.Change {
	e := domain.NewEvent(m, kind, actor, domain.Subject{Kind: "story", ID: s.ID}, Told{
		Slug: s.Slug, Host: s.Host, Title: s.Title, Owner: s.Owner, Process: s.Process, Community: s.Community,
		Version: s.Version, Digest: s.Digest,
	})
	return domain.Change{Events: []domain.Event{e}}
}
