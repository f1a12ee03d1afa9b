package node

import (
	"context"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/network"
	"interlink/domain/participation"
	"interlink/federation/publish"
	"interlink/web/locale"
	"interlink/web/mail"
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

// mailAbout makes the handler that tells somebody of this node of an
// application by mail, if they have an address. The mail says that there is
// something to read, and where; what it is stays on the node.
func (n *Node) mailAbout(sender *mail.Sender, kind account.MailKind) func(context.Context, participation.News) error {
	return func(ctx context.Context, news participation.News) error {
		a, err := n.stores.accounts.AccountByActor(ctx, news.To)
		if domain.CodeOf(err) == domain.NotFound && kind == account.MailApplication {
			return n.writeToGuest(ctx, news)
		}
		if domain.CodeOf(err) == domain.NotFound || err == nil && a.Email == "" {
			return nil
		}
		if err != nil {
			return err
		}
		application, err := n.stores.participation.Application(ctx, news.Application)
		if domain.CodeOf(err) == domain.NotFound {
			return nil // deleted meanwhile
		}
		if err != nil {
			return err
		}
		call, err := n.stores.participation.Call(ctx, application.Call)
		if err != nil {
			return err
		}
		link := string(n.Namespace.IRI("role-calls", string(call.ID)))
		if kind == account.MailReview {
			link += "/applications"
		}
		return sender.Send(ctx, account.Mail{To: a.Email, Kind: kind, Language: a.Language, Name: a.DisplayName, Link: link, About: call.Title})
	}
}

// writeToGuest tells somebody who applied with an account of another server,
// by the form, what was decided. Who applied by a Join is answered by one.
func (n *Node) writeToGuest(ctx context.Context, news participation.News) error {
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
	})
}
