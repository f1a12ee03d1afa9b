package notification

import (
	"slices"
	"strings"

	"interlink/domain"
)

// Told says that an audience is told of an event.
type Told struct {
	Event  domain.Event
	Topic  Topic
	Class  Class
	To     Audience
	Except []domain.ActorID // who did it
	Once   string           // what it is for one person: the same is not told twice
}

// Tell says who is told of an event. A person among several audiences is told
// by the first.
func Tell(e domain.Event) []Told {
	var all []Told
	f := read(e)
	for _, t := range table[e.Kind] {
		if t.when != nil && !t.when(f) {
			continue
		}
		to := t.to(f)
		if to.Of == "" {
			continue
		}
		all = append(all, Told{Event: e, Topic: t.topic, Class: t.class, To: to, Except: t.doers(f), Once: t.sameness(f)})
	}
	return all
}

// doers are the event's actor and who did what it tells of.
func (t telling) doers(f facts) []domain.ActorID {
	var doers []domain.ActorID
	if t.by != nil {
		doers = append(doers, t.by(f))
	} else {
		doers = append(doers, f.Actor)
	}
	return slices.DeleteFunc(doers, func(id domain.ActorID) bool { return id == domain.Nobody })
}

// sameness is what two events have in common that tell the same: a letter and
// the activity of which it tells, too; and what is published after all, and its
// sharing.
func (t telling) sameness(f facts) string {
	if activity := f.text("tells"); activity != "" {
		return "tells " + activity
	}
	if f.flag("shares") {
		return strings.Join([]string{"shared", string(f.Actor), f.text("iri")}, " ")
	}
	if t.once == nil {
		return string(f.ID)
	}
	parts := []string{string(t.topic)}
	for _, name := range t.once {
		if name == "subject" {
			parts = append(parts, f.Subject.Kind, string(f.Subject.ID))
			continue
		}
		parts = append(parts, f.text(name))
	}
	return strings.Join(parts, " ")
}
