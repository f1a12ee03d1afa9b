package locale

import (
	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/notification"
)

// shownNames is how many people are named before the rest is counted.
const shownNames = 3

// Notification is what a person reads of a line, and the address of the page
// on this node that it leads to, without the host. The words are text: what
// others typed is in them. Of actors that are gone, or that the person may not
// know of, there are no names.
func (p *Printer) Notification(l notification.Line, actors map[domain.ActorID]*network.Actor, ns domain.Namespace) (words, path string) {
	called := func(id domain.ActorID, instead string) string {
		if a := actors[id]; a != nil && (!a.Gone() || a.Type == "Group" || a.Type == "Organization") { // the handle of a group outlives it
			name, _ := a.CalledIn(p.Lang, ns.HandleHost())
			return name
		}
		return p.T(instead)
	}
	who := p.T("notification.somebody")
	if len(l.Who) > shownNames {
		who = p.T("notification.others", called(l.Who[0], "notification.somebody"), len(l.Who)-1)
	} else if len(l.Who) > 0 {
		names := make([]string, len(l.Who))
		for i, id := range l.Who {
			names[i] = called(id, "notification.somebody")
		}
		who = p.Join(names)
	}
	title, _ := l.Title.In(p.Lang)
	if title == "" {
		title = p.T("notification.something")
	}
	path = l.Link.Path
	if l.Link.Actor != domain.Nobody {
		if a := actors[l.Link.Actor]; a != nil && a.Local() {
			path = a.Page(ns) + path
		} else if a != nil {
			path = a.Page(ns) // what is below it is on its own node
		} else {
			path = "/notifications"
		}
	}
	return p.T(l.Key(), who, title, called(l.Place, "notification.something")), path
}
