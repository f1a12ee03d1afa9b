package storage

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/notification"
	"interlink/domain/policy"
)

// partings are the topics, for SQL, by which people are told that something of
// theirs in a process ended: also if they see nothing of it any more.
const partings = "'process_access_ended', 'process_administrator_ended', 'assignment_withdrawn'"

var parting = []notification.Topic{"process_access_ended", "process_administrator_ended", "assignment_withdrawn"}

// insight answers of which events of processes people may know, by the rights
// that they have now.
type insight struct {
	processes *Processes
	places    map[domain.ActorID]coproduction.Place // read; without a process for one that is not of this node
	known     map[sight]bool                        // asked before
}

// sight is an event as far as it counts for who may know of it.
type sight struct {
	person  domain.ActorID
	process domain.ID
	item    domain.ID
	kind    domain.EventKind
}

func newInsight(db *DB) *insight {
	return &insight{NewProcesses(db), map[domain.ActorID]coproduction.Place{}, map[sight]bool{}}
}

// of reads the processes of some events, in a few queries for all.
func (x *insight) of(ctx context.Context, events []domain.Event) error {
	var ids []domain.ActorID
	for _, e := range events {
		id := domain.ActorID(e.Subject.ID)
		if _, read := x.places[id]; e.Subject.Kind == "process" && !read {
			x.places[id] = coproduction.Place{}
			ids = append(ids, id)
		}
	}
	places, err := x.processes.places(ctx, ids)
	for _, p := range places {
		x.places[p.ID] = p
	}
	return err
}

// knows reports whether a person, whatever they are to the node, may know of an
// event whose process was read, if it has one.
func (x *insight) knows(person domain.ActorID, topic notification.Topic, e domain.Event) bool {
	if e.Subject.Kind != "process" || slices.Contains(parting, topic) || e.Kind == coproduction.AssignmentReceived || e.Kind == coproduction.ContributionAnswered {
		return true
	}
	s := sight{person, e.Subject.ID, e.Part, e.Kind}
	knows, asked := x.known[s]
	if p := x.places[domain.ActorID(e.Subject.ID)]; !asked && p.Process != nil {
		knows = p.Knows(policy.Viewer{Actor: person, Role: policy.RoleMember}, p.Tree, e)
		x.known[s] = knows
	}
	return knows
}

// shown returns those of which their people may know.
func (x *insight) shown(ctx context.Context, rows []*notificationRow) ([]*notificationRow, error) {
	events := make([]domain.Event, len(rows))
	for i, r := range rows {
		events[i] = r.event()
	}
	if err := x.of(ctx, events); err != nil {
		return nil, err
	}
	var shown []*notificationRow
	for i, r := range rows {
		if x.knows(domain.ActorID(r.PersonID), notification.Topic(r.Topic), events[i]) {
			shown = append(shown, r)
		}
	}
	return shown, nil
}

// places reads processes with their people and, of each item, where it stands.
// Those that are not of this node are left out.
func (s *Processes) places(ctx context.Context, ids []domain.ActorID) ([]coproduction.Place, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []*processRow
	if err := s.db.read.NewSelect().Model(&rows).Where("p.id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	processes := make([]*coproduction.Process, len(rows))
	var branched []domain.ActorID // where the place of an item counts
	for i, r := range rows {
		processes[i] = r.process()
	}
	if err := s.withPeople(ctx, processes); err != nil {
		return nil, err
	}
	for _, p := range processes {
		if slices.ContainsFunc(p.Grants, func(g coproduction.Grant) bool { return g.Item != "" }) {
			branched = append(branched, p.ID)
		}
	}
	outlines, err := s.outlines(ctx, branched)
	if err != nil {
		return nil, err
	}
	places := make([]coproduction.Place, len(processes))
	for i, p := range processes {
		places[i] = coproduction.Place{Process: p, Tree: outlines[p.ID]}
	}
	return places, nil
}

// outlines reads trees whose items have nothing but their place.
func (s *Processes) outlines(ctx context.Context, ids []domain.ActorID) (map[domain.ActorID]*coproduction.Tree, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []itemRow
	err := s.db.read.NewSelect().Model(&rows).Column("id", "process_id", "parent_id", "kind", "position").Where("i.process_id IN (?)", bun.List(ids)).Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	items := map[domain.ActorID][]coproduction.Item{}
	for _, r := range rows {
		items[domain.ActorID(r.ProcessID)] = append(items[domain.ActorID(r.ProcessID)], r.item())
	}
	trees := map[domain.ActorID]*coproduction.Tree{}
	for id, of := range items {
		if trees[id], err = coproduction.NewTree(of); err != nil {
			return nil, err
		}
	}
	return trees, nil
}
