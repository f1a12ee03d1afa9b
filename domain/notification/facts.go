package notification

import (
	"encoding/json"

	"interlink/domain"
)

// facts is an event with the members of its payload. What is absent, or of
// another form than asked for, reads as nothing.
type facts struct {
	domain.Event

	members map[string]json.RawMessage
}

func read(e domain.Event) facts {
	f := facts{Event: e}
	if e.Payload != nil && json.Unmarshal(e.Payload, &f.members) != nil {
		f.members = nil
	}
	return f
}

func (f facts) text(name string) string {
	var s string
	if json.Unmarshal(f.members[name], &s) != nil {
		return ""
	}
	return s
}

func (f facts) actor(name string) domain.ActorID { return domain.ActorID(f.text(name)) }

func (f facts) flag(name string) bool {
	var b bool
	return json.Unmarshal(f.members[name], &b) == nil && b
}

func (f facts) list(name string) []string {
	var l []string
	if json.Unmarshal(f.members[name], &l) != nil {
		return nil
	}
	return l
}

// title is what the event is about, as people call it: the name of an item
// before the title of its process; a name that is no text is that of a resource,
// unless there is a title.
func (f facts) title() domain.Text {
	for _, name := range []string{"name", "title"} {
		var t domain.Text
		if raw := f.members[name]; raw != nil && json.Unmarshal(raw, &t) == nil && len(t) > 0 {
			return t
		}
	}
	if s := f.text("name"); s != "" {
		return domain.Text{domain.Undetermined: s}
	}
	return nil
}

// groups are the kinds of subjects that are actors, by whose id they go.
var groups = map[string]bool{"process": true, "team": true, "organization": true, "community": true}

// place is the actor in which it happened: a process, team, organisation or
// community; Nobody for none.
func (f facts) place() domain.ActorID {
	if groups[f.Subject.Kind] {
		return domain.ActorID(f.Subject.ID)
	}
	for _, name := range []string{"group", "community", "followed"} {
		if id := f.actor(name); id != domain.Nobody {
			return id
		}
	}
	return domain.Nobody
}
