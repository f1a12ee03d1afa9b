package nodearchive

import (
	"bytes"
	"context"
	"io"
	"slices"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/legal"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/domain/portable"
)

// Node is settings/node.json: what the node says of itself. It stands in the
// settings file of a node, so that nothing changes it but who writes that.
type Node struct {
	Base    string      `json:"base"`
	Name    string      `json:"name"`
	Summary string      `json:"summary,omitempty"`
	Lang    domain.Lang `json:"language,omitempty"`
}

// LegalPage is one in settings/legal.json: the version in force.
type LegalPage struct {
	Kind    legal.Kind  `json:"kind"`
	Text    domain.Text `json:"text"`
	Changes domain.Text `json:"changes,omitempty"`
	Demands bool        `json:"demands,omitempty"`
}

// Trust is settings/trust.json: how far hosts are trusted, and what becomes of
// their entries.
type Trust struct {
	Hosts      []TrustedHost `json:"hosts"`
	Admissions []Admission   `json:"admissions"`
}

// TrustedHost is what the node says of a host.
type TrustedHost struct {
	Host   string          `json:"host"`
	Level  catalogue.Trust `json:"level"`
	Reason string          `json:"reason,omitempty"`
}

// Admission is the rule for entries of a level of trust.
type Admission struct {
	Trust     catalogue.Trust  `json:"trust"`
	Action    catalogue.Action `json:"action"`
	Licences  []string         `json:"licences,omitempty"`
	Languages []domain.Lang    `json:"languages,omitempty"`
}

type settings struct {
	node    Node
	legal   *legal.Service
	gate    *network.Gate
	entries *catalogue.Service
	ns      domain.Namespace
}

// OfSettings is the subject of what administrators edit on pages: legal pages,
// rules about hosts, trust.
func OfSettings(node Node, pages *legal.Service, gate *network.Gate, entries *catalogue.Service, ns domain.Namespace) Subject {
	s := &settings{node, pages, gate, entries, ns}
	return Subject{Kind: Settings, Write: s.write, Bring: s.bring}
}

// The parts of the settings.
const (
	partNode  = "node.json"
	partLegal = "legal.json"
	partHosts = "hosts.csv" // as Mastodon exports its blocks
	partTrust = "trust.json"
)

func (s *settings) write(ctx context.Context, v policy.Viewer, to *Writer) error {
	for _, part := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{partNode, func(w io.Writer) error { return writeJSON(w, s.node) }},
		{partLegal, func(w io.Writer) error { return s.writeLegal(ctx, w) }},
		{partHosts, func(w io.Writer) error { return s.writeHosts(ctx, v, w) }},
		{partTrust, func(w io.Writer) error { return s.writeTrust(ctx, v, w) }},
	} {
		if err := to.add(ctx, Part{Path: string(Settings) + "/" + part.name, Kind: Settings}, part.write); err != nil {
			return err
		}
	}
	return nil
}

func (s *settings) writeLegal(ctx context.Context, w io.Writer) error {
	pages, err := s.legal.Published(ctx)
	if err != nil {
		return err
	}
	out := []LegalPage{}
	for _, p := range pages {
		out = append(out, LegalPage{p.Kind, p.Text, p.Changes, p.Demands})
	}
	return writeJSON(w, out)
}

func (s *settings) writeHosts(ctx context.Context, v policy.Viewer, w io.Writer) error {
	rules, err := s.gate.Rules(ctx, v)
	if err != nil {
		return err
	}
	return network.WriteRules(w, rules)
}

func (s *settings) writeTrust(ctx context.Context, v policy.Viewer, w io.Writer) error {
	t, err := s.trust(ctx, v)
	if err != nil {
		return err
	}
	return writeJSON(w, t)
}

func (s *settings) trust(ctx context.Context, v policy.Viewer) (Trust, error) {
	t := Trust{Hosts: []TrustedHost{}, Admissions: []Admission{}}
	said, err := s.entries.OwnTrust(ctx, v)
	if err != nil {
		return t, err
	}
	for _, h := range said {
		t.Hosts = append(t.Hosts, TrustedHost{h.Host, h.Level, h.Reason})
	}
	rules, err := s.entries.Admissions(ctx, v)
	for _, a := range rules {
		t.Admissions = append(t.Admissions, Admission{a.Trust, a.Action, a.Licences, a.Languages})
	}
	return t, err
}

func (s *settings) bring(ctx context.Context, in *Brought) (Result, error) {
	switch in.Part.Path {
	case string(Settings) + "/" + partNode:
		return s.bringNode(ctx, in)
	case string(Settings) + "/" + partLegal:
		return s.bringLegal(ctx, in)
	case string(Settings) + "/" + partHosts:
		return s.bringHosts(ctx, in)
	case string(Settings) + "/" + partTrust:
		return s.bringTrust(ctx, in)
	}
	return Result{Outcome: Unknown}, nil
}

// bringNode compares: name and words of a node stand in its settings file.
func (s *settings) bringNode(ctx context.Context, in *Brought) (Result, error) {
	var n Node
	if err := in.decode(ctx, &n); err != nil {
		return Result{}, err
	}
	if n.Base = s.node.Base; n == s.node {
		return Result{Outcome: Unchanged}, nil
	}
	return Result{Outcome: Own}, nil
}

// bringLegal publishes pages of which this node has none.
func (s *settings) bringLegal(ctx context.Context, in *Brought) (Result, error) {
	var pages []LegalPage
	if err := in.decode(ctx, &pages); err != nil {
		return Result{}, err
	}
	r := Result{Outcome: Unchanged}
	for _, d := range pages {
		p, err := s.legal.Page(ctx, in.Viewer, d.Kind)
		if domain.CodeOf(err) == domain.NotFound {
			r.lose(portable.Lost{What: shown(string(d.Kind)), Reason: portable.LostPart})
			continue
		}
		if err != nil {
			return r, err
		}
		if p.Latest != nil || p.Draft != nil {
			if p.Latest == nil || !p.Latest.Text.Equal(d.Text) {
				r.Outcome = Own
			}
			continue
		}
		_, err = s.legal.Publish(in.making(ctx), in.Viewer, d.Kind, p.Revision, "en", legal.Words{Text: d.Text, Changes: d.Changes, Demands: d.Demands})
		if err := r.step(string(d.Kind), err); err != nil {
			return r, err
		}
	}
	return r, nil
}

// step notes what one of several steps came to: made, or lost for what it is.
func (r *Result) step(what string, err error) error {
	switch domain.CodeOf(err) {
	case domain.OK:
		r.Outcome = Made
	case domain.Invalid:
		r.lose(portable.Lost{What: shown(what), Reason: portable.LostBroken})
		return nil
	}
	return err
}

// bringHosts takes the rules of hosts that have none here.
func (s *settings) bringHosts(ctx context.Context, in *Brought) (Result, error) {
	raw, err := in.Whole(ctx, maxDocument)
	if err != nil {
		return Result{}, err
	}
	done, err := s.gate.Import(ctx, in.Viewer, bytes.NewReader(raw), network.VerdictBlock, in.Judged)
	if err != nil {
		return Result{}, err
	}
	r := Result{Outcome: Unchanged}
	if done.Added > 0 {
		r.Outcome = Made
	}
	for _, p := range done.Problems {
		r.lose(portable.Lost{What: shown(p.Host), Reason: portable.LostBroken})
	}
	return r, nil
}

// bringTrust says of hosts what the other node said, where nothing is said of
// them here, and takes its rules where those here are as they come.
func (s *settings) bringTrust(ctx context.Context, in *Brought) (Result, error) {
	var there Trust
	if err := in.decode(ctx, &there); err != nil {
		return Result{}, err
	}
	here, err := s.trust(ctx, in.Viewer)
	if err != nil {
		return Result{}, err
	}
	r := Result{Outcome: Unchanged}
	for _, h := range there.Hosts[:min(len(there.Hosts), maxMembers)] {
		if slices.ContainsFunc(here.Hosts, func(x TrustedHost) bool { return x.Host == h.Host }) {
			continue
		}
		var err error = domain.InvalidField("host", "error.not_text")
		if plain(h.Reason, maxLine) && h.Level != "" {
			err = s.entries.SayTrust(in.making(ctx), in.Viewer, h.Host, h.Level, h.Reason)
		}
		if err := r.step(h.Host, err); err != nil {
			return r, err
		}
	}
	for _, a := range there.Admissions {
		if err := s.admit(in.making(ctx), in.Viewer, here, a, &r); err != nil {
			return r, err
		}
	}
	return r, nil
}

func (s *settings) admit(ctx context.Context, v policy.Viewer, here Trust, a Admission, r *Result) error {
	usual := catalogue.DefaultAdmission(a.Trust)
	same := func(x, y Admission) bool {
		return x.Trust == y.Trust && x.Action == y.Action && slices.Equal(x.Licences, y.Licences) && slices.Equal(x.Languages, y.Languages)
	}
	i := slices.IndexFunc(here.Admissions, func(x Admission) bool { return x.Trust == a.Trust })
	switch {
	case i >= 0 && same(here.Admissions[i], a):
		return nil
	case i >= 0 && !same(here.Admissions[i], Admission{Trust: a.Trust, Action: usual.Action}):
		if r.Outcome == Unchanged {
			r.Outcome = Own
		}
		return nil
	}
	return r.step(string(a.Trust), s.entries.SetAdmission(ctx, v, catalogue.Admission{Trust: a.Trust, Action: a.Action, Licences: a.Licences, Languages: a.Languages}))
}
