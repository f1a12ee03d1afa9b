package notification

import (
	"slices"
	"time"

	"interlink/domain"
)

// Line is what a person reads: one notification, or several about one thing.
type Line struct {
	Topic   Topic
	Says    string // which of the topic's sentences; "" for the usual one
	Class   Class
	Who     []domain.ActorID // who did it, newest first, each once; none where that is not told
	Title   domain.Text      // what it is about; nil if that is gone
	Place   domain.ActorID   // where: a process, team, organisation, community; Nobody for none
	Link    Link
	At      time.Time       // of the newest
	Serials []domain.Serial // newest first
	Unread  bool
}

// Key is the key of the sentence. Its values are who, the title, and where.
func (l Line) Key() string {
	key := "notification.say." + string(l.Topic)
	if l.Says != "" {
		key += "." + l.Says
	}
	return key
}

// Named are the actors whose names and pages lines need, each once.
func Named(lines []Line) []domain.ActorID {
	var ids []domain.ActorID
	seen := map[domain.ActorID]bool{domain.Nobody: true}
	for _, l := range lines {
		for _, id := range append(slices.Clone(l.Who), l.Place, l.Link.Actor) {
			if !seen[id] {
				seen[id] = true
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// Lines makes lines of notifications, newest first, of which several about one
// thing are one if they are of one day in the person's zone and read alike; with
// a nil day each stands alone.
func Lines(list []*Notification, day func(time.Time) string) []Line {
	var lines []Line
	at := map[string]int{} // the line of a group
	for _, n := range list {
		t, ok := find(n.Event.Kind, n.Topic)
		if !ok {
			continue // of a version that told more
		}
		l := t.line(n)
		if t.together && day != nil {
			key := day(n.At) + " " + string(n.Topic) + " " + string(n.Event.Subject.ID)
			if n.Event.Subject.Kind == "held" { // each is another, and all wait in one list
				key = day(n.At) + " " + string(n.Topic) + " " + string(l.Place)
			}
			if l.Unread {
				key += " unread"
			}
			if i, ok := at[key]; ok {
				lines[i].join(l)
				continue
			}
			at[key] = len(lines)
		}
		lines = append(lines, l)
	}
	return lines
}

func (t telling) line(n *Notification) Line {
	f := read(n.Event)
	l := Line{
		Topic: t.topic, Class: t.class, Title: f.title(), Place: f.place(), Link: t.link(f), At: n.At,
		Serials: []domain.Serial{n.Serial}, Unread: n.Read.IsZero(),
	}
	if l.Title == nil {
		l.Title = n.Title
	}
	if t.says != nil {
		l.Says = t.says(f)
	}
	by := n.Event.Actor
	if t.by != nil {
		by = t.by(f)
	}
	if by != domain.Nobody {
		l.Who = []domain.ActorID{by}
	}
	return l
}

func (l *Line) join(o Line) {
	for _, id := range o.Who {
		if !slices.Contains(l.Who, id) {
			l.Who = append(l.Who, id)
		}
	}
	l.Serials = append(l.Serials, o.Serials...)
}
