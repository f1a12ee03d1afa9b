package audit

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"interlink/domain"
	"interlink/domain/policy"
)

// happened is an event of a process, with a payload that names somebody.
func happened(kind domain.EventKind, payload string) domain.Event {
	return domain.Event{
		ID: "01890000-0000-7000-8000-000000000001", Kind: kind, Time: time.Date(2027, 1, 2, 3, 4, 5, 600, time.UTC), Actor: "ana",
		Subject: domain.Subject{Kind: "process", ID: "p"}, Part: "task", Payload: json.RawMessage(payload),
	}.Chain(1, "")
}

// TestPublic: everybody reads what a thing is called and to what it came, and
// nothing else of a payload.
func TestPublic(t *testing.T) {
	for name, c := range map[string]struct {
		kind    domain.EventKind
		payload string
		want    string
	}{
		"a task":           {"task.status_changed", `{"item":"i","name":{"en":"Walk"},"from":"awaiting","to":"finished","note":"Ana did it"}`, `{"from":"awaiting","item":"i","name":{"en":"Walk"},"to":"finished"}`},
		"a process":        {"process.updated", `{"title":{"en":"Ways"},"people":["ana"]}`, `{"title":{"en":"Ways"}}`},
		"of another kind":  {"resource.added", `{"name":"Letter to Ana"}`, ""},
		"no members of it": {"item.moved", `{"by":"ana"}`, `{}`},
		"no object":        {"item.moved", `["ana"]`, ""},
		"erased":           {"item.moved", "", ""},
	} {
		e := happened(c.kind, c.payload)
		if c.payload == "" {
			e.Payload = nil
		}
		if got := string(public(e)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// TestRecord: the record of who sees all has the actor; that of others has
// not, and both can be checked by the same hashes.
func TestRecord(t *testing.T) {
	e := happened("task.status_changed", `{"to":"finished"}`)
	inside := Entry{Event: e, Inside: true, By: e.ActorHash(), Content: e.ContentHash()}.record()
	hidden := e
	hidden.Actor = domain.Nobody
	outside := Entry{Event: hidden, By: e.ActorHash(), Content: e.ContentHash()}.record()
	if inside.Actor != "ana" || inside.Payload != `{"to":"finished"}` || inside.Time != "2027-01-02T03:04:05.0000006Z" {
		t.Errorf("%+v", inside)
	}
	if outside.Actor != "" || outside.Payload != "" {
		t.Errorf("who may not see it reads %+v", outside)
	}
	for _, r := range []Record{inside, outside} {
		if domain.LinkHash(r.Seq, r.PrevHash, r.ContentHash) != r.Hash {
			t.Errorf("%+v does not fit its hash", r)
		}
	}
}

// TestInside: the log of a thing that is public is whole for its people alone.
func TestInside(t *testing.T) {
	s := &Service{}
	of := func(v domain.Visibility, r policy.Relation) Scope { return Scope{Facts: thing{v, r}, Open: true} }
	ana := policy.Viewer{Actor: "ana", Role: policy.RoleMember}
	for name, c := range map[string]struct {
		scope  Scope
		viewer policy.Viewer
		filter Filter
		inside bool
		code   domain.Code
	}{
		"anybody, public":           {of(domain.VisiblePublic, policy.Stranger), policy.Viewer{}, Filter{}, false, domain.OK},
		"anybody, by an actor":      {of(domain.VisiblePublic, policy.Stranger), policy.Viewer{}, Filter{Actor: "bo"}, false, domain.NotFound},
		"anybody, hidden":           {of(domain.VisibleMembers, policy.Stranger), ana, Filter{}, false, domain.NotFound},
		"a member":                  {of(domain.VisibleMembers, policy.Member), ana, Filter{Actor: "bo"}, true, domain.OK},
		"the node, a member":        {Whole(), ana, Filter{}, false, domain.NotFound},
		"the node, who runs it":     {Whole(), policy.Viewer{Actor: "ana", Role: policy.RoleAdmin}, Filter{}, true, domain.OK},
		"the node, without a scope": {Whole(), policy.Viewer{Actor: "ana", Role: policy.RoleAdmin, Scopes: []policy.Scope{policy.ScopeRead}}, Filter{}, false, domain.NotFound},
	} {
		inside, err := s.allow(c.viewer, c.scope, c.filter)
		if inside != c.inside || domain.CodeOf(err) != c.code {
			t.Errorf("%s: inside %t, %v", name, inside, err)
		}
	}
}

// thing is a subject with a log.
type thing struct {
	visibility domain.Visibility
	relation   policy.Relation
}

func (thing) PolicyKind() string                              { return "process" }
func (x thing) PolicyVisibility() domain.Visibility           { return x.visibility }
func (x thing) PolicyRelation(domain.ActorID) policy.Relation { return x.relation }
func (thing) PolicyLocal() bool                               { return true }

// memory is a chain of which nothing is read but what follows.
type memory struct {
	Store

	events []domain.Event
}

func (m memory) After(_ context.Context, seq, limit int64) ([]domain.Event, error) {
	var after []domain.Event
	for _, e := range m.events {
		if e.Seq > seq && int64(len(after)) < limit {
			after = append(after, e)
		}
	}
	return after, nil
}

// TestWalk: whatever one event of a chain is changed in, its place is found;
// erased payloads are none of it.
func TestWalk(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "events")
		var events []domain.Event
		prev := ""
		for seq := range n {
			e := happened("task.status_changed", `{"to":"finished"}`)
			e.ID = domain.ID(rapid.StringMatching(`[0-9a-f]{8}`).Draw(t, "id"))
			e = e.Chain(int64(seq+1), prev)
			if rapid.Bool().Draw(t, "erased") {
				e.Payload = nil
			}
			prev = e.Hash
			events = append(events, e)
		}
		w := walk{found: Verified{From: 1}, noted: true, end: Head{Seq: int64(n), Hash: prev}}
		walked := func(events []domain.Event) (int64, error) {
			w := w
			if _, err := w.page(t.Context(), memory{events: events}); err != nil {
				return w.found.Bad, err
			}
			err := w.ended()
			return w.found.Bad, err
		}
		if _, err := walked(events); err != nil {
			t.Fatal(err)
		}
		at := rapid.IntRange(0, n-1).Draw(t, "at")
		altered := slices.Clone(events)
		switch rapid.IntRange(0, 3).Draw(t, "how") {
		case 0:
			altered[at].Actor = "eve"
		case 1:
			altered[at].Time = altered[at].Time.Add(time.Second)
		case 2:
			altered[at].Payload = json.RawMessage(`{"to":"awaiting"}`)
		case 3:
			altered = append(altered[:at], altered[at+1:]...)
		}
		if bad, err := walked(altered); err == nil || bad != int64(at+1) {
			t.Fatalf("event %d was altered, %d is found: %v", at+1, bad, err)
		}
	})
}
