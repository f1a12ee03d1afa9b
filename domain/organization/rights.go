package organization

import (
	"context"
	"maps"
	"slices"
	"strings"

	"interlink/domain"
)

// RightsEnded says that rights which somebody had in processes as a member of
// teams ended with that. The subject is the person, by their actor's id.
const RightsEnded domain.EventKind = "membership.rights_ended" // [Lost]

// Lost is the payload of [RightsEnded], and the arguments of [JobRightsEnded].
type Lost struct {
	ID     domain.ID      `json:"id"` // of the event
	Person domain.ActorID `json:"person"`
	By     domain.ActorID `json:"by,omitempty"`
	Title  domain.Text    `json:"title"` // of all the processes
}

// JobRightsEnded writes to somebody of another node that rights of theirs ended.
const JobRightsEnded = "organization.rights_ended"

// losses gathers what people lose in processes, by team after team.
type losses map[domain.ActorID][]Part

// add notes that a team gave somebody rights in processes.
func (l losses) add(person domain.ActorID, has Holdings) {
	// A process that it leads is Owned, and may be Granted as well.
	for _, p := range slices.Concat(has.Granted, has.Owned) {
		if !slices.ContainsFunc(l[person], func(known Part) bool { return known.ID == p.ID }) {
			l[person] = append(l[person], p)
		}
	}
}

// of notes what all members of a team lose with it.
func (l losses) of(t *Team, has Holdings) {
	for _, m := range t.Members {
		l.add(m.Actor, has)
	}
}

// tell has each of them told once of all. Who did it themselves knows.
func (s *Service) tell(ctx context.Context, by domain.ActorID, lost losses, change *domain.Change) error {
	delete(lost, by)
	people := slices.Sorted(maps.Keys(lost))
	here, err := s.store.Persons(ctx, people)
	if err != nil {
		return err
	}
	for _, person := range people {
		local, known := here[person]
		if !known {
			continue
		}
		told := Lost{Person: person, By: by, Title: titled(lost[person])}
		e := domain.NewEvent(s.mint, RightsEnded, by, domain.Subject{Kind: "person", ID: domain.ID(person)}, told)
		change.Events = append(change.Events, e)
		if told.ID = e.ID; !local {
			change.Jobs = append(change.Jobs, domain.Job{Kind: JobRightsEnded, Args: told, Remote: true})
		}
	}
	return nil
}

// mostNamed is how many processes are named to who lost rights in more, and in how
// many languages: each of the people of a team has the words.
const mostNamed = 20

// titled are the titles of processes, one after the other, in each language that one
// of them has.
func titled(parts []Part) domain.Text {
	more := len(parts) > mostNamed
	parts = parts[:min(len(parts), mostNamed)]
	out := domain.Text{}
	for _, p := range parts {
		for _, lang := range p.Title.Langs() {
			if len(out) < mostNamed {
				out[lang] = ""
			}
		}
	}
	for lang := range out {
		names := make([]string, len(parts))
		for i, p := range parts {
			names[i], _ = p.Title.In(lang)
		}
		if more {
			names = append(names, "…")
		}
		out[lang] = strings.Join(names, ", ")
	}
	return out
}
