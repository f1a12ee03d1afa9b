package publish

import (
	"context"
	"html"
	"strings"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// Posting keeps activities that are not of this node's events until they
// have arrived.
type Posting interface {
	// Forward queues an activity; again it does nothing.
	Forward(ctx context.Context, out network.Outgoing) error
}

// Letters sends private messages.
type Letters struct {
	ns      domain.Namespace
	mint    *domain.Mint
	actors  Actors
	posting Posting
	relay   *Relay
	phrase  func(lang domain.Lang, key string, args ...any) string
}

// NewLetters makes the sender; relay gives activities their final bytes.
func NewLetters(ns domain.Namespace, mint *domain.Mint, actors Actors, posting Posting, relay *Relay, phrase func(domain.Lang, string, ...any) string) *Letters {
	return &Letters{ns, mint, actors, posting, relay, phrase}
}

// Send writes a letter as a Note that only its reader receives. One to
// somebody who is gone is not sent.
func (l *Letters) Send(ctx context.Context, letter network.Letter) error {
	from, err := l.actors.Actor(ctx, letter.From)
	if err != nil {
		return err
	}
	to, err := l.actors.Actor(ctx, letter.To)
	if err != nil || to.Gone() || to.Local() {
		return err
	}
	now := l.mint.Now()
	iri := l.ns.IRI("activities", string(letter.ID))
	env := activity.Envelope{ID: iri, Actor: from.IRI, Published: now, To: []domain.IRI{to.IRI}}
	raw, err := activity.Create(env, activity.Letter(iri+"#letter", from, to, letter, l.content(letter, to), l.ns.HandleHost(), now))
	if err != nil {
		return err
	}
	object := letter.Trace
	if object == "" {
		object = iri + "#letter"
	}
	out := network.Outgoing{
		Activity: network.Activity{ID: letter.ID, Serial: l.mint.Serial(), IRI: iri, Actor: from.ID, Type: "Create", Object: object, Raw: raw, At: now},
		Inboxes:  []domain.IRI{to.Inbox}, OrderKey: string(from.IRI) + " " + string(to.IRI),
	}
	if err := finish(ctx, l.relay.keys, l.relay.log, &out.Activity); err != nil {
		return err
	}
	return l.posting.Forward(ctx, out)
}

// content writes the sentence as HTML: whom it is to, what is said, the link.
func (l *Letters) content(letter network.Letter, to *network.Actor) string {
	about, _ := letter.About.In(letter.Language)
	args := []any{about}
	for _, word := range letter.Says {
		args = append(args, word)
	}
	esc := html.EscapeString
	var b strings.Builder
	b.WriteString(`<p><span class="h-card"><a href="` + esc(string(to.URL)) + `" class="u-url mention">` + esc(to.Handle(l.ns.HandleHost())) + `</a></span> ` + esc(l.phrase(letter.Language, letter.Key, args...)) + `</p>`)
	if letter.Words != "" {
		b.WriteString("<p>" + strings.ReplaceAll(esc(letter.Words), "\n", "<br>") + "</p>")
	}
	if letter.Link != "" {
		b.WriteString(`<p><a href="` + esc(letter.Link) + `" rel="nofollow noopener noreferrer">` + esc(letter.Link) + `</a></p>`)
	}
	return b.String()
}
