package node

import (
	"context"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/participation"
	"interlink/federation/publish"
	"interlink/web/locale"
)

// phrase puts a key into words for people who read them on other servers.
func (n *Node) phrase(lang domain.Lang, key string, args ...any) string {
	return locale.Default().Printer(lang, n.o.Zone).T(key, args...)
}

// applied implements organization.Consents: who applied to a team of another
// node may be made its member.
func (n *Node) applied(ctx context.Context, person, group domain.ActorID) (bool, error) {
	team, err := n.stores.network.Actor(ctx, group)
	if err != nil {
		return false, err
	}
	return n.Participation.Consents(ctx, person, team.IRI)
}

// writeToGuest tells somebody who applied with an account of another server,
// by the form, what was decided. Who applied by a Join is answered by one, and
// people of this node are notified.
func (n *Node) writeToGuest(ctx context.Context, news participation.News) error {
	if _, err := n.stores.accounts.AccountByActor(ctx, news.To); domain.CodeOf(err) != domain.NotFound {
		return err
	}
	applied, err := n.stores.participation.Application(ctx, news.Application)
	if domain.CodeOf(err) == domain.NotFound || err == nil && applied.Join != "" {
		return nil
	}
	if err != nil {
		return err
	}
	call, err := n.stores.participation.Call(ctx, applied.Call)
	if err != nil {
		return err
	}
	last := applied.Last()
	lang := n.o.Language
	if langs := call.Title.Langs(); len(langs) > 0 {
		if spoken, ok := locale.Default().Match(string(langs[0])); ok {
			lang = spoken
		}
	}
	return n.federation.letters.Send(ctx, network.Letter{
		ID: publish.DerivedID(applied.ID, len(applied.History)), From: call.Community, To: applied.Applicant, Language: lang,
		Key: "guest.letter_" + string(last.State), About: call.Title, Words: last.Reason, Link: string(n.Namespace.IRI("role-calls", string(call.ID))),
		Trace: domain.IRI(participation.Trace(applied.ID)),
	})
}
