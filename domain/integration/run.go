package integration

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
)

// tokenFor is how long a token counts.
const tokenFor = 5 * time.Minute

// The bounds of answers, in bytes: of what is said of something, and of a file.
const (
	maxSaid = 64 << 10
	maxFile = 20 << 20
)

// maxName is the longest name of something that is taken over, in bytes.
const maxName = 200

// Ticket opens a page of a software Interlinker: the form that a browser posts.
type Ticket struct {
	Tool   *Tool
	Act    Capability
	Action domain.IRI
	Token  string
	Until  time.Time // of the token
	Lang   domain.Lang
	State  string     // of instantiate, else ""
	Return domain.IRI // as State
}

// ReturnPath is where the pages on which something is made lead back to.
const ReturnPath = "/use/made"

// Begin opens the page on which something is made for a task. Errors: NotFound,
// Forbidden, Invalid for what is no task; Conflict for an Interlinker that is
// not to be used any more, Unavailable for one that is not connected or
// switched off.
func (s *Service) Begin(ctx context.Context, v policy.Viewer, process string, task domain.ID, interlinker string, lang domain.Lang) (*Ticket, error) {
	p, err := s.processes.Workable(ctx, v, process, task)
	if err != nil {
		return nil, err
	}
	e, err := s.processes.Tool(ctx, v, interlinker)
	if err != nil {
		return nil, err
	}
	t, err := s.connected(ctx, e.IRI)
	if err != nil {
		return nil, err
	}
	ticket, err := s.ticket(v, t, p, "", Instantiate, lang)
	if err != nil {
		return nil, err
	}
	ticket.Return = domain.IRI(s.ns.Base() + ReturnPath)
	ticket.State = s.secrets.state(launch{Tool: t.ID, Process: p.Name, Task: task, By: v.Actor, Until: s.mint.Now().Add(launchFor).Unix()})
	return ticket, nil
}

// connected finds what is registered for an Interlinker. Errors: Unavailable.
func (s *Service) connected(ctx context.Context, interlinker domain.IRI) (*Tool, error) {
	t, err := s.store.ToolOf(ctx, interlinker)
	if domain.CodeOf(err) == domain.NotFound {
		return nil, domain.Fail(domain.Unavailable, "integration.not_connected").Because(err)
	}
	return t, err
}

func (s *Service) ticket(v policy.Viewer, t *Tool, p *coproduction.Process, asset string, c Capability, lang domain.Lang) (*Ticket, error) {
	if err := t.usable(c); err != nil {
		return nil, err
	}
	token, until, err := s.token(v, t, p, asset, c, lang)
	return &Ticket{Tool: t, Act: c, Action: t.at(asset, c), Token: token, Until: until, Lang: lang}, err
}

func (s *Service) token(v policy.Viewer, t *Tool, p *coproduction.Process, asset string, c Capability, lang domain.Lang) (string, time.Time, error) {
	now, origin := s.mint.Now(), t.Origin()
	claims := Claims{
		Audience: origin, Process: s.secrets.name(origin, p.ID), Asset: asset, Act: c, Lang: lang, ID: s.mint.ID(), At: now, Until: now.Add(tokenFor),
	}
	if v.Actor != domain.Nobody {
		claims.Subject = s.secrets.name(origin, v.Actor)
	}
	token, err := s.sign(claims)
	return token, claims.Until, err
}

// Finish takes what was made into the task for which its page was opened. Again
// gives the same resource. It returns the name of the process too. Errors:
// Invalid on "state" and "asset"; those of [Service.Begin]; Unavailable,
// NotFound if the Interlinker does not have it.
func (s *Service) Finish(ctx context.Context, v policy.Viewer, state, asset string) (*coproduction.Resource, string, error) {
	if v.Actor == domain.Nobody {
		return nil, "", domain.Fail(domain.Unauthenticated, "error.sign_in")
	}
	l, err := s.secrets.launched(state, v.Actor, s.mint.Now())
	if err != nil {
		return nil, "", err
	}
	p, err := s.processes.Workable(ctx, v, l.Process, l.Task)
	if err != nil {
		return nil, "", err
	}
	t, err := s.store.Tool(ctx, l.Tool)
	if err != nil {
		return nil, "", err
	}
	r, err := s.take(ctx, v, t, p, l.Task, asset)
	return r, p.Name, err
}

// said is what an Interlinker says of something that it keeps.
type said struct {
	ID      json.RawMessage `json:"id"`
	Other   json.RawMessage `json:"_id"`
	Name    string          `json:"name"`
	Updated string          `json:"updated_at"`
}

// id is what it is called: a string or a number.
func (x said) id() string {
	raw := x.ID
	if len(raw) == 0 {
		raw = x.Other
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}

// take asks an Interlinker what something is called, and makes it a resource.
func (s *Service) take(ctx context.Context, v policy.Viewer, t *Tool, p *coproduction.Process, task domain.ID, asset string) (*coproduction.Resource, error) {
	if err := t.usable(Instantiate); err != nil {
		return nil, err
	}
	if !assetID.MatchString(asset) {
		return nil, domain.InvalidField("asset", "integration.asset")
	}
	answer, err := s.call(ctx, v, t, p, asset, "", "GET", maxSaid)
	if err != nil {
		return nil, err
	}
	var about said
	if json.Unmarshal(answer.Body, &about) != nil {
		return nil, domain.InvalidField("asset", "integration.no_answer", t.Base.Host())
	}
	e, err := s.entries.EntryByIRI(ctx, v, t.IRI)
	if err != nil {
		return nil, err
	}
	name := strings.TrimSpace(about.Name)
	if name == "" || len(name) > maxName {
		name, _ = e.Name.In(p.Language)
	}
	return s.processes.AddAsset(ctx, v, p.Name, task, coproduction.Asset{
		Interlinker: e.ID, IRI: e.IRI, Version: e.Version, ID: asset, URL: t.at(asset, View), Name: name,
	})
}

// call asks an Interlinker for a person of the node. Errors: NotFound, Gone,
// Forbidden, Unavailable.
func (s *Service) call(ctx context.Context, v policy.Viewer, t *Tool, p *coproduction.Process, asset string, c Capability, method string, limit int64) (Answer, error) {
	act := c
	if act == "" {
		act = View
	}
	token, _, err := s.token(v, t, p, asset, act, p.Language)
	if err != nil {
		return Answer{}, err
	}
	answer, err := s.ask(ctx, Request{Method: method, URL: t.at(asset, c), Token: token, Limit: limit})
	if err != nil {
		return Answer{}, err
	}
	switch {
	case answer.Status >= 200 && answer.Status < 300:
		return answer, nil
	case answer.Status == 404:
		return Answer{}, domain.Fail(domain.NotFound, "integration.not_there", t.Base.Host())
	case answer.Status == 410:
		return Answer{}, domain.Fail(domain.Gone, "integration.not_there", t.Base.Host())
	case answer.Status == 401 || answer.Status == 403:
		return Answer{}, domain.Fail(domain.Forbidden, "integration.refused", t.Base.Host())
	}
	return Answer{}, domain.Fail(domain.Unavailable, "integration.no_answer", t.Base.Host())
}

// of reads a resource that a software Interlinker keeps. Errors: NotFound for
// others too; Unavailable.
func (s *Service) of(ctx context.Context, v policy.Viewer, process string, id domain.ID) (*coproduction.Process, *coproduction.Resource, *Tool, error) {
	p, r, err := s.processes.Kept(ctx, v, process, id)
	if err != nil {
		return nil, nil, nil, err
	}
	t, err := s.connected(ctx, r.Interlinker)
	return p, r, t, err
}

// Open opens the page that shows or changes a resource, for those who take part
// at its task: view for who sees it, edit for who works there. The use is
// recorded. Errors: NotFound, Gone, Forbidden, Invalid, Unavailable.
func (s *Service) Open(ctx context.Context, v policy.Viewer, process string, id domain.ID, act Capability, lang domain.Lang) (*Ticket, *coproduction.Resource, error) {
	p, r, t, err := s.of(ctx, v, process, id)
	if err != nil {
		return nil, nil, err
	}
	if act != View && act != Edit {
		return nil, nil, domain.InvalidField("act", "integration.capability")
	}
	if act == Edit {
		if _, err := s.processes.Workable(ctx, v, process, r.Item); err != nil {
			return nil, nil, err
		}
	}
	ticket, err := s.ticket(v, t, p, r.Asset, act, lang)
	if err != nil {
		return nil, nil, err
	}
	_, err = s.processes.Visit(ctx, v, process, id)
	return ticket, r, err
}

// Copy has the Interlinker copy what a resource is, and takes the copy into the
// same task. Errors: as of [Service.Open].
func (s *Service) Copy(ctx context.Context, v policy.Viewer, process string, id domain.ID) (*coproduction.Resource, error) {
	p, r, t, err := s.of(ctx, v, process, id)
	if err != nil {
		return nil, err
	}
	if _, err := s.processes.Workable(ctx, v, process, r.Item); err != nil {
		return nil, err
	}
	if err := t.usable(Clone); err != nil {
		return nil, err
	}
	answer, err := s.call(ctx, v, t, p, r.Asset, Clone, "POST", maxSaid)
	if err != nil {
		return nil, err
	}
	var made said
	if json.Unmarshal(answer.Body, &made) != nil {
		return nil, domain.Fail(domain.Unavailable, "integration.no_answer", t.Base.Host())
	}
	return s.take(ctx, v, t, p, r.Item, made.id())
}

// File reads what a resource is as a file, of at most 20 MiB. Errors: as of
// [Service.Open]; TooLarge.
func (s *Service) File(ctx context.Context, v policy.Viewer, process string, id domain.ID) (Answer, error) {
	p, r, t, err := s.of(ctx, v, process, id)
	if err != nil {
		return Answer{}, err
	}
	if err := t.usable(Download); err != nil {
		return Answer{}, err
	}
	answer, err := s.call(ctx, v, t, p, r.Asset, Download, "GET", maxFile)
	if name := answer.Name; name == "" {
		answer.Name = r.Name
	}
	answer.Name = coproduction.FileName(answer.Name)
	return answer, err
}

// Erase has an Interlinker delete what was a resource, once that is erased; it
// is the handler of coproduction.JobEraseAsset. Again changes nothing.
func (s *Service) Erase(ctx context.Context, args coproduction.EraseAssetArgs) error {
	p, r, err := s.processes.ErasedAsset(ctx, args.Resource)
	if err != nil || r.Asset == "" {
		return err
	}
	t, err := s.store.ToolOf(ctx, r.Interlinker)
	if domain.CodeOf(err) == domain.NotFound || err == nil && !t.Can(Delete) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = s.call(ctx, policy.Viewer{}, t, p, r.Asset, Delete, "DELETE", maxSaid)
	if code := domain.CodeOf(err); code == domain.NotFound || code == domain.Gone {
		return nil
	}
	return err
}
