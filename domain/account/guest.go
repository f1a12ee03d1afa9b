package account

import (
	"context"
	"net/url"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// How long what lets guests in lasts.
const (
	proofFor = 30 * time.Minute   // the link of a private message
	GuestFor = 7 * 24 * time.Hour // a visit, from its last use
)

// Guest is somebody with an account on another server who wants to take part
// here with it. That it is theirs they prove by signing in there (see [Elsewhere]),
// or by the link of a private message that is sent to it.
type Guest struct {
	Actor    *network.Actor
	From     domain.ActorID // of this node, who writes to them
	Language domain.Lang
	Back     string // path of the page they come from
}

// GreetingFrom counts that somebody at an address, who need not have an account,
// has another server asked: to find whom a message is for, or where they sign in
// or follow. Errors: TooMany after many.
func (s *Service) GreetingFrom(ctx context.Context, address string) error {
	_, err := s.count(ctx, "guest from "+hash(address), byAddress)
	return err
}

// Greet sends a guest the message with the link. Errors: Invalid on "handle"
// for what is no person elsewhere, TooMany after several messages to them.
func (s *Service) Greet(ctx context.Context, g Guest) error {
	if err := isGuest(g.Actor); err != nil {
		return err
	}
	if _, err := s.count(ctx, "guest "+hash(string(g.Actor.ID)), byMail); err != nil {
		return err
	}
	plain, secret := s.secret(PurposeProof, "", proofFor)
	secret.Actor = g.Actor.ID
	letter := network.Letter{
		ID: s.mint.ID(), From: g.From, To: g.Actor.ID, Language: g.Language, Key: "guest.letter",
		Link: s.ns.Base() + "/guest/" + plain + "?return=" + url.QueryEscape(g.Back),
	}
	return s.store.AddSecret(ctx, secret, domain.Change{Jobs: []domain.Job{{Kind: network.JobLetter, Args: letter}}})
}

// Greeted tells whose the link of a message is, and leaves it as it is:
// servers and programs look at links before people do. Errors: NotFound for
// one that is unknown, used or expired.
func (s *Service) Greeted(ctx context.Context, token string) (domain.ActorID, error) {
	secret, err := s.store.Secret(ctx, hash(token), PurposeProof, s.mint.Now())
	if err != nil {
		return domain.Nobody, err
	}
	return secret.Actor, nil
}

// Visit begins a guest's visit by the link of their message, which ends;
// visit goes into their cookie. Errors: as [Service.Greeted].
func (s *Service) Visit(ctx context.Context, token string) (visit string, err error) {
	used, err := s.store.Secret(ctx, hash(token), PurposeProof, s.mint.Now())
	if err != nil {
		return "", err
	}
	visit, made := s.secret(PurposeGuest, "", GuestFor)
	made.Actor = used.Actor
	return visit, s.store.ExchangeSecret(ctx, *used, made)
}

// Visitor tells who is here by a visit. Errors: NotFound.
func (s *Service) Visitor(ctx context.Context, visit string) (policy.Viewer, error) {
	now := s.mint.Now()
	secret, err := s.store.Secret(ctx, hash(visit), PurposeGuest, now)
	if err != nil {
		return policy.Viewer{}, err
	}
	if now.Sub(secret.SeenAt) > touchEvery {
		if err := s.store.TouchSecret(ctx, secret.ID, now, now.Add(GuestFor)); err != nil {
			return policy.Viewer{}, err
		}
	}
	return policy.Viewer{Actor: secret.Actor, Role: policy.RoleRemote}, nil
}

// Leave ends a visit. An unknown one is no error.
func (s *Service) Leave(ctx context.Context, visit string) error {
	secret, err := s.store.Secret(ctx, hash(visit), PurposeGuest, s.mint.Now())
	if domain.CodeOf(err) == domain.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return s.store.DeleteSecret(ctx, "", secret.ID)
}
