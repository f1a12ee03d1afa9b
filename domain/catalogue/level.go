package catalogue

import (
	"context"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// HostTrust is what this node, or a trust list that it took, says of a host.
type HostTrust struct {
	Host   string
	Level  Trust      // endorsed, limited or blocked
	Reason string     // for everybody
	List   domain.IRI // "" if this node says so itself
	At     time.Time
}

// TrustStore keeps how far hosts are trusted, and lists of it.
type TrustStore interface {
	// Said returns what is said of some hosts, what counts most first: this
	// node's own word, then that of lists by their priority.
	Said(ctx context.Context, hosts ...string) ([]HostTrust, error)
	// SaidOf returns what counts most of what is said of some hosts, and whose
	// catalogues are followed.
	SaidOf(ctx context.Context, hosts []string) (said map[string]Trust, followed map[string]bool, err error)
	// OwnTrust lists what this node says itself, by host.
	OwnTrust(ctx context.Context) ([]HostTrust, error)
	// SaveTrust stores what this node says of a host; an empty level removes
	// it.
	SaveTrust(ctx context.Context, t HostTrust, change domain.Change) error
	// Admissions returns the rules that were changed.
	Admissions(ctx context.Context) (Admissions, error)
	SaveAdmission(ctx context.Context, a Admission, change domain.Change) error
	// TrustLists returns all lists that are subscribed, what counts most
	// first, and this node's own published one.
	TrustLists(ctx context.Context) ([]*ListSubscription, error)
	TrustList(ctx context.Context, iri domain.IRI) (*ListSubscription, error)
	// SaveTrustList stores one by its address. What its taken version says of
	// hosts counts from then on, at its priority; what it said before counts
	// no more.
	SaveTrustList(ctx context.Context, l *ListSubscription, change domain.Change) error
	DeleteTrustList(ctx context.Context, iri domain.IRI, change domain.Change) error
	// Waiting lists copies that wait for review, oldest first; host "" for all.
	Waiting(ctx context.Context, host string, page domain.Page) (domain.List[*Entry], error)
	// Variants lists those of the same thing but one, the best first.
	Variants(ctx context.Context, e *Entry, limit int) ([]*Entry, error)
	// Warned lists the entries that this node warns of.
	Warned(ctx context.Context) ([]*Entry, error)
	// Endorsement returns the activity by which an entry was endorsed, ""
	// for none.
	Endorsement(ctx context.Context, entry domain.ID) (domain.IRI, error)
	SaveEndorsement(ctx context.Context, by domain.ActorID, e *Entry, activity domain.IRI, change domain.Change) error
}

// TrustSaid is the payload of [TrustSet].
type TrustSaid struct {
	Host   string `json:"host"`
	Level  Trust  `json:"level,omitempty"` // "" for nothing said any more
	Reason string `json:"reason,omitempty"`
}

// Level is how far entries of a host are trusted, and what that follows from:
// what is said of it, else whether its catalogue is followed.
func (s *Service) Level(ctx context.Context, host string) (Trust, HostTrust, error) {
	if host == "" {
		return TrustOwn, HostTrust{}, nil
	}
	if s.hosts != nil {
		verdict, err := s.hosts.Verdict(ctx, host)
		switch {
		case err != nil:
			return "", HostTrust{}, err
		case verdict == network.VerdictBlock:
			return TrustBlocked, HostTrust{}, nil
		case verdict == network.VerdictLimit:
			return TrustLimited, HostTrust{}, nil
		}
	}
	said, err := s.store.Said(ctx, host)
	if err != nil || len(said) == 0 {
		return "", HostTrust{}, err
	}
	return said[0].Level, said[0], nil
}

// judge is how copies of a catalogue are judged now.
func (s *Service) judge(ctx context.Context, host string, owner domain.ActorID) (Judge, error) {
	trust, _, err := s.Level(ctx, host)
	if err != nil {
		return Judge{}, err
	}
	j := Judge{Trust: trust}
	sub, err := s.store.Subscription(ctx, owner)
	switch {
	case err == nil:
		j.Selection = sub.Selection
		if trust == "" {
			j.Trust = TrustFollowed
		}
	case domain.CodeOf(err) != domain.NotFound:
		return j, err
	case trust == "":
		j.Trust = TrustDiscovered
	}
	rules, err := s.store.Admissions(ctx)
	j.Rule = rules.Of(j.Trust)
	return j, err
}

// SayTrust says how far a host is trusted; an empty level takes that back.
// Its entries are shown or hidden accordingly. Errors: Forbidden unless v
// reviews what comes in, Invalid.
func (s *Service) SayTrust(ctx context.Context, v policy.Viewer, host string, level Trust, reason string) error {
	if err := curator(v); err != nil {
		return err
	}
	t := HostTrust{Level: level, Reason: reason, At: s.mint.Now()}
	if err := t.check(host, s.ns); err != nil {
		return err
	}
	said := TrustSaid{Host: t.Host, Level: level, Reason: reason}
	event := domain.NewEvent(s.mint, TrustSet, v.Actor, domain.Subject{Kind: "host", ID: domain.ID(t.Host)}, said)
	return s.store.SaveTrust(ctx, t, domain.Change{Events: []domain.Event{event}, Jobs: []domain.Job{judging(t.Host)}})
}

// maxReason bounds what is said of a host, in bytes.
const maxReason = 500

func (t *HostTrust) check(host string, ns domain.Namespace) error {
	var p domain.Problems
	name, err := network.ParseHost(host)
	if err != nil {
		p = append(p, domain.FieldsOf(err)...)
	} else if name == ns.Host() {
		p.Add("host", "rule.own_host", name)
	}
	t.Host = name
	if t.Level != "" && !sayable(t.Level) {
		p.Add("level", "trust.level", string(t.Level))
	}
	if len(t.Reason) > maxReason {
		p.Add("reason", "error.too_long", maxReason)
	}
	return p.Err()
}

func sayable(t Trust) bool { return t == TrustEndorsed || t == TrustLimited || t == TrustBlocked }

// OwnTrust lists what this node says of hosts. Errors: Forbidden.
func (s *Service) OwnTrust(ctx context.Context, v policy.Viewer) ([]HostTrust, error) {
	if err := curator(v); err != nil {
		return nil, err
	}
	return s.store.OwnTrust(ctx)
}

// Admissions returns the rules of the levels of [Ruled], in its order.
// Errors: Forbidden.
func (s *Service) Admissions(ctx context.Context, v policy.Viewer) ([]Admission, error) {
	if err := curator(v); err != nil {
		return nil, err
	}
	rules, err := s.store.Admissions(ctx)
	out := make([]Admission, len(Ruled))
	for i, t := range Ruled {
		out[i] = rules.Of(t)
	}
	return out, err
}

// SetAdmission changes the rule of a level; what is here is judged by it.
// Errors: Forbidden unless v administers the node, Invalid.
func (s *Service) SetAdmission(ctx context.Context, v policy.Viewer, a Admission) error {
	if err := policy.Allow(v, policy.Edit, &Entry{}); err != nil {
		return err
	}
	var p domain.Problems
	if !one(Ruled, a.Trust) {
		p.Add("trust", "trust.level", string(a.Trust))
	}
	if !one(Actions, a.Action) {
		p.Add("action", "trust.action", string(a.Action))
	}
	if len(a.Licences) > maxSelection || len(a.Languages) > maxSelection {
		p.Add("licences", "catalogue.too_many", maxSelection)
	}
	for _, lang := range a.Languages {
		if _, err := domain.ParseLang(string(lang)); err != nil {
			p.Add("languages", "error.language", string(lang))
			break
		}
	}
	if err := p.Err(); err != nil {
		return err
	}
	event := domain.NewEvent(s.mint, AdmissionSet, v.Actor, domain.Subject{Kind: "catalogue", ID: domain.ID(s.owner)},
		AdmissionPayload{Trust: a.Trust, Action: a.Action})
	return s.store.SaveAdmission(ctx, a, domain.Change{Events: []domain.Event{event}, Jobs: []domain.Job{judging("")}})
}

// AdmissionPayload is the payload of [AdmissionSet].
type AdmissionPayload struct {
	Trust  Trust  `json:"trust"`
	Action Action `json:"action"`
}
