package catalogue

import (
	"context"
	"slices"
	"strings"

	"interlink/domain"
	"interlink/domain/policy"
)

// maxReviewed is how many entries are decided at once.
const maxReviewed = 100

// ReviewPayload is the payload of [Reviewed].
type ReviewPayload struct {
	Decision Decision `json:"decision"`
	Count    int      `json:"count"`
	Host     string   `json:"host,omitempty"` // of all, if they are of one
}

// Waiting lists entries of other nodes that wait for review, oldest first.
// Errors: Forbidden.
func (s *Service) Waiting(ctx context.Context, v policy.Viewer, host string, page domain.Page) (domain.List[*Entry], error) {
	if err := curator(v); err != nil {
		return domain.List[*Entry]{}, err
	}
	return s.store.Waiting(ctx, host, page)
}

// Review accepts or refuses entries of other nodes; those that are not there
// are left. The decision holds for later versions too, and can be changed.
// Errors: Forbidden, Invalid, Conflict if one changed meanwhile.
func (s *Service) Review(ctx context.Context, v policy.Viewer, ids []domain.ID, d Decision) (int, error) {
	if err := curator(v); err != nil {
		return 0, err
	}
	if d != Accept && d != Refuse || len(ids) == 0 || len(ids) > maxReviewed {
		return 0, domain.InvalidField("entry", "review.none", maxReviewed)
	}
	var copies []*Entry
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		e, err := s.store.Entry(ctx, id)
		if domain.CodeOf(err) == domain.NotFound || err == nil && e.Local() {
			continue
		}
		if err != nil {
			return 0, err
		}
		copies = append(copies, e)
	}
	return s.decide(ctx, v, copies, d)
}

// ReviewHost decides all entries of a host that wait, and returns how many
// they were. Errors: Forbidden, Invalid.
func (s *Service) ReviewHost(ctx context.Context, v policy.Viewer, host string, d Decision) (int, error) {
	if err := curator(v); err != nil {
		return 0, err
	}
	if d != Accept && d != Refuse || host == "" {
		return 0, domain.InvalidField("entry", "review.none", maxReviewed)
	}
	total := 0
	err := s.eachCopy(ctx, host, func(copies []*Entry) error {
		copies = slices.DeleteFunc(copies, func(e *Entry) bool { return e.Standing != Waiting })
		n, err := s.decide(ctx, v, copies, d)
		total += n
		return err
	})
	return total, err
}

func (s *Service) decide(ctx context.Context, v policy.Viewer, copies []*Entry, d Decision) (int, error) {
	if len(copies) == 0 {
		return 0, nil
	}
	judges := map[domain.ActorID]Judge{}
	payload := ReviewPayload{Decision: d, Count: len(copies), Host: copies[0].Host}
	for _, e := range copies {
		j, ok := judges[e.Owner]
		if !ok {
			var err error
			if j, err = s.judge(ctx, e.Host, e.Owner); err != nil {
				return 0, err
			}
			judges[e.Owner] = j
		}
		if e.Host != payload.Host {
			payload.Host = ""
		}
		e.Decision = d
		j.Judge(e)
	}
	event := domain.NewEvent(s.mint, Reviewed, v.Actor, domain.Subject{Kind: "catalogue", ID: domain.ID(s.owner)}, payload)
	return len(copies), s.store.SaveStandings(ctx, copies, domain.Change{Events: []domain.Event{event}})
}

// Variants lists the other entries of the same thing that v may see, the best
// first.
func (s *Service) Variants(ctx context.Context, v policy.Viewer, e *Entry) ([]*Entry, error) {
	list, err := s.store.Variants(ctx, e, maxReviewed)
	return slices.DeleteFunc(list, func(o *Entry) bool { return policy.Allow(v, policy.Read, o) != nil }), err
}

// Standing tells what a copy's trust and last verification follow from: what
// is said of its host, and how its catalogue is followed, nil for not at all.
func (s *Service) Provenance(ctx context.Context, e *Entry) (HostTrust, *Subscription, error) {
	if e.Local() {
		return HostTrust{}, nil, nil
	}
	_, said, err := s.Level(ctx, e.Host)
	if err != nil {
		return said, nil, err
	}
	sub, err := s.store.Subscription(ctx, e.Owner)
	if domain.CodeOf(err) == domain.NotFound {
		return said, nil, nil
	}
	return said, sub, err
}

// Warn says what is wrong with an entry: of this node's own entries as their
// owner, which those who copied them hear too; of others for the readers of
// this node. "" takes it back. Errors: NotFound, Forbidden, Conflict, Invalid.
func (s *Service) Warn(ctx context.Context, v policy.Viewer, id domain.ID, revision int64, lang domain.Lang, warning string) (*Entry, error) {
	if err := curator(v); err != nil {
		return nil, err
	}
	e, err := s.store.Entry(ctx, id)
	if err != nil {
		return nil, err
	}
	if revision != e.Revision {
		return nil, domain.Fail(domain.Conflict, "error.conflict")
	}
	if warning = strings.TrimSpace(warning); len(warning) > maxAlert {
		return nil, domain.InvalidField("warning", "error.too_long", maxAlert)
	}
	before := e.Unfit()
	var events []domain.Event
	if e.Local() {
		e.Alert = domain.Text{}
		if warning != "" {
			e.Alert[lang] = warning
		}
		e.Version++
		e.UpdatedAt = s.mint.Now()
		events = append(events, s.event(Updated(e.Kind), v.Actor, e))
	} else {
		e.Warning = warning
	}
	if e.Unfit() && !before {
		events = append(events, s.event(Unfit, v.Actor, e))
	}
	return e, s.store.Save(ctx, []*Entry{e}, domain.Change{Events: events}, false)
}

// Endorsed reports whether this node's catalogue announces an entry of
// another.
func (s *Service) Endorsed(ctx context.Context, id domain.ID) (bool, error) {
	iri, err := s.store.Endorsement(ctx, id)
	return iri != "", err
}

// EndorsementPayload is the payload of [EntryEndorsed] and
// [EndorsementEnded]: the activity that announces the entry.
type EndorsementPayload struct {
	Entry    domain.IRI  `json:"entry"`
	Name     domain.Text `json:"name"`
	Activity domain.IRI  `json:"activity"`
}

// Endorse announces an entry of another node to those who follow this
// catalogue, by its own address, or takes that back. It is reviewed with
// that. Again changes nothing. Errors: NotFound, Forbidden, Invalid for an
// entry of this node.
func (s *Service) Endorse(ctx context.Context, v policy.Viewer, id domain.ID, endorsed bool) error {
	if err := curator(v); err != nil {
		return err
	}
	e, err := s.store.Entry(ctx, id)
	if err != nil {
		return err
	}
	if e.Local() || e.Unfit() && endorsed {
		return domain.Fail(domain.Invalid, "catalogue.not_endorsed")
	}
	activity, err := s.store.Endorsement(ctx, id)
	if err != nil || (activity != "") == endorsed {
		return err
	}
	payload := EndorsementPayload{Entry: e.IRI, Name: e.Name, Activity: activity}
	if !endorsed {
		event := domain.NewEvent(s.mint, EndorsementEnded, v.Actor, e.Subject(), payload)
		return s.store.SaveEndorsement(ctx, s.owner, e, "", domain.Change{Events: []domain.Event{event}})
	}
	if _, err := s.decide(ctx, v, []*Entry{e}, Accept); err != nil {
		return err
	}
	event := domain.NewEvent(s.mint, EntryEndorsed, v.Actor, e.Subject(), payload)
	payload.Activity = s.ns.IRI("activities", string(event.ID)) // as federation/publish derives it
	event.Payload = domain.NewEvent(s.mint, EntryEndorsed, v.Actor, e.Subject(), payload).Payload
	return s.store.SaveEndorsement(ctx, s.owner, e, payload.Activity, domain.Change{Events: []domain.Event{event}})
}
