package publish

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strings"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/network"
	"interlink/domain/organization"
)

// Rights writes to people of other nodes what they may do in processes of this
// one, and may not any more; and, where their software does not understand
// that, what they are asked to do. For a process that is not public its node
// writes.
type Rights struct {
	ns       domain.Namespace
	actors   Actors
	work     Work
	teams    Teams
	letters  *Letters
	phrase   func(lang domain.Lang, key string, args ...any) string
	software func(ctx context.Context, host string) (string, error)
	self     domain.ActorID
}

// Teams reads who is in a team.
type Teams interface {
	Team(ctx context.Context, id domain.ActorID) (*organization.Team, error)
}

// NewRights makes the writer; software tells what a host runs, self is the
// node's actor.
func NewRights(
	ns domain.Namespace, actors Actors, work Work, teams Teams, letters *Letters, phrase func(domain.Lang, string, ...any) string,
	software func(context.Context, string) (string, error), self domain.ActorID,
) *Rights {
	return &Rights{ns, actors, work, teams, letters, phrase, software, self}
}

// Tell is the handler of [coproduction.JobTellAbroad]. Again it sends nothing
// twice. What was deleted meanwhile is not told of.
func (r *Rights) Tell(ctx context.Context, e domain.Event) error {
	process, err := r.work.Process(ctx, domain.ActorID(e.Subject.ID))
	if err == nil {
		if strings.HasPrefix(string(e.Kind), "assignment.") {
			err = r.asked(ctx, e, process)
		} else {
			err = r.granted(ctx, e, process)
		}
	}
	if code := domain.CodeOf(err); code == domain.NotFound || code == domain.Gone {
		return nil
	}
	return err
}

// granted tells of rights.
func (r *Rights) granted(ctx context.Context, e domain.Event, p *coproduction.Process) error {
	var told coproduction.Granted
	if err := e.Decode(&told); err != nil {
		return err
	}
	turn := told.Turn(e.Kind)
	if turn == "" {
		return nil
	}
	letter := r.letter(p, told.Item, joined(p.Language, told.Title, told.Name))
	letter.Key = "rights.letter_" + string(turn)
	letter.Rights = &network.Rights{Turn: string(turn), Names: told.Allow.Names(), Title: letter.About[p.Language]}
	words := make([]string, len(letter.Rights.Names))
	for i, name := range letter.Rights.Names {
		words[i] = r.phrase(p.Language, "right."+name)
	}
	switch e.Kind {
	case coproduction.AdministratorAdded:
		letter.Key, letter.Rights.Names = "rights.letter_administrator", []string{"administer"}
	case coproduction.AdministratorLeft:
		letter.Key, letter.Rights.Names = "rights.letter_administrator_ended", []string{"administer"}
	}
	if turn == coproduction.RightsEnded && p.Visibility != domain.VisiblePublic {
		letter.Link = "" // they see nothing there
	}
	by, err := r.giver(ctx, e.Actor)
	if err != nil {
		return err
	}
	letter.Says = []string{by, strings.Join(words, ", ")}
	return r.toGrantee(ctx, e, letter, told.Grantee)
}

// toGrantee sends a letter to a person, or to the members of a team, who are
// told by which they are meant.
func (r *Rights) toGrantee(ctx context.Context, e domain.Event, letter network.Letter, grantee domain.ActorID) error {
	team, err := r.teams.Team(ctx, grantee)
	if domain.CodeOf(err) == domain.NotFound {
		return r.send(ctx, e, letter, grantee)
	}
	if err != nil {
		return err
	}
	title, _ := team.Title.In(letter.Language)
	letter.Words = r.phrase(letter.Language, "rights.letter_by_team", title)
	for _, m := range team.Members {
		if err := r.send(ctx, e, letter, m.Actor); err != nil {
			return err
		}
	}
	return nil
}

// asked tells of an assignment to whom the Offer of it says nothing.
func (r *Rights) asked(ctx context.Context, e domain.Event, p *coproduction.Process) error {
	var told coproduction.Assigned
	if err := e.Decode(&told); err != nil {
		return err
	}
	a, err := r.work.Assignment(ctx, told.Assignment)
	if err != nil {
		return err
	}
	if reads, err := r.reads(ctx, a.Assignee); !reads {
		return err
	}
	letter := r.letter(p, a.Item, joined(p.Language, p.Title, a.ItemName))
	letter.Key = "rights.letter_asked"
	if e.Kind == coproduction.AssignmentWithdrawn {
		letter.Key = "rights.letter_unasked"
	} else {
		letter.Words = strings.TrimSpace(a.Subject + "\n" + a.Instructions)
	}
	by, err := r.giver(ctx, e.Actor)
	if err != nil {
		return err
	}
	letter.Says = []string{by}
	return r.send(ctx, e, letter, a.Assignee)
}

// reads reports whether somebody is of another node that shows nothing of what
// is sent to it but messages.
func (r *Rights) reads(ctx context.Context, who domain.ActorID) (bool, error) {
	person, err := r.actors.Actor(ctx, who)
	if err != nil || person.Local() {
		return false, err
	}
	runs, err := r.software(ctx, person.Host)
	return err == nil && runs != network.Ours, err
}

// Invite is the handler of [organization.JobInvitationAbroad].
func (r *Rights) Invite(ctx context.Context, m organization.InvitationAbroad) error {
	reads, err := r.reads(ctx, m.Person)
	if domain.CodeOf(err) == domain.NotFound {
		return nil
	}
	if !reads {
		return err
	}
	by, err := r.giver(ctx, m.By)
	if err != nil {
		return err
	}
	_, lang := m.Title.In(m.Language)
	return r.letters.Send(ctx, network.Letter{
		ID: m.ID, From: m.Group, To: m.Person, Language: cmp.Or(m.Language, lang), Key: "rights.letter_invited", About: m.Title, Says: []string{by}, Link: m.Link,
	})
}

// Ended is the handler of [organization.JobRightsEnded]: one letter for all that
// somebody lost. The node writes it: the team may be no more, and not all of the
// processes public.
func (r *Rights) Ended(ctx context.Context, m organization.Lost) error {
	by, err := r.giver(ctx, m.By)
	if err != nil {
		return err
	}
	title, lang := m.Title.In("")
	err = r.letters.Send(ctx, network.Letter{
		ID: m.ID, From: r.self, To: m.Person, Language: lang, Key: "rights.letter_team_ended", About: m.Title, Says: []string{by},
		Rights: &network.Rights{Turn: string(coproduction.RightsEnded), Names: []string{}, Title: title},
	})
	if domain.CodeOf(err) == domain.NotFound {
		return nil
	}
	return err
}

// letter begins one about a process, or an item of it.
func (r *Rights) letter(p *coproduction.Process, item domain.ID, about string) network.Letter {
	path := "/processes/" + p.Name
	if item != "" {
		path += "/guide/" + string(item)
	}
	from := p.ID
	if p.Visibility != domain.VisiblePublic {
		from = r.self
	}
	return network.Letter{
		From: from, Language: p.Language, About: domain.Text{p.Language: about},
		Link: r.ns.Base() + "/guest?return=" + url.QueryEscape(path),
	}
}

// joined is the title of a process, and the name of what in it is meant.
func joined(lang domain.Lang, title, name domain.Text) string {
	t, _ := title.In(lang)
	if n, _ := name.In(lang); n != "" {
		return t + " › " + n
	}
	return t
}

// giver is how who did it is called; the node for nobody.
func (r *Rights) giver(ctx context.Context, who domain.ActorID) (string, error) {
	if who == domain.Nobody {
		return r.ns.HandleHost(), nil
	}
	a, err := r.actors.Actor(ctx, who)
	if domain.CodeOf(err) == domain.NotFound || err == nil && a.Gone() {
		return r.ns.HandleHost(), nil
	}
	if err != nil {
		return "", err
	}
	return a.Handle(r.ns.HandleHost()), nil
}

// send sends a letter to one of several, unless they did it themselves.
func (r *Rights) send(ctx context.Context, e domain.Event, letter network.Letter, to domain.ActorID) error {
	if to == e.Actor {
		return nil
	}
	person, err := r.actors.Actor(ctx, to)
	if err == nil && letter.Link != "" {
		letter.Link += "&handle=" + url.QueryEscape(person.Handle(r.ns.HandleHost()))
	}
	if err == nil {
		letter.ID, letter.To = personalID(e.ID, to), to
		err = r.letters.Send(ctx, letter)
	}
	if domain.CodeOf(err) == domain.NotFound {
		return nil
	}
	return err
}

// personalID is the id of what one person is told of an event: always the same.
func personalID(event domain.ID, person domain.ActorID) domain.ID {
	sum := sha256.Sum256([]byte(string(event) + string(person)))
	return event[:24] + domain.ID(hex.EncodeToString(sum[:6]))
}
