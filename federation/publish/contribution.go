package publish

import (
	"context"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// claimed tells a process of another node what somebody here did of what it
// asked, or takes that back.
func (p *Assignments) claimed(name string) Encoder {
	return func(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
		var told coproduction.ClaimedAbroad
		if err := e.Decode(&told); err != nil {
			return nil, err
		}
		x, err := p.asked(ctx, e, told.Assignment)
		if err != nil || x.Claim == nil {
			return nil, err
		}
		if name == "Undo" {
			return x.send(x.person, x.process, name, told.Offer, func(env activity.Envelope) ([]byte, error) {
				return activity.Undo(env, x.claim(told.Offer, told.IRI))
			})
		}
		if x.Claim.IRI != told.IRI {
			return nil, nil // taken back, and said anew: the last word is sent
		}
		return x.send(x.person, x.process, name, x.Claim.IRI, func(env activity.Envelope) ([]byte, error) {
			return activity.Offer(env, activity.Contribution(x.Assignment, x.person.IRI), x.process.IRI)
		})
	}
}

// claim names the Offer of what the person did.
func (x asked) claim(offer, claim domain.IRI) activity.MembershipReference {
	return activity.NewOfferReference(offer, x.person.IRI, claim, x.process.IRI)
}

// judged tells somebody of another node what their contribution was found to be
// worth: Accept with an award, Reject without, and Update where the task goes
// on, which takes the award back.
func (p *Assignments) judged(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	var told coproduction.Contributed
	if err := e.Decode(&told); err != nil {
		return nil, err
	}
	c, err := p.work.Contribution(ctx, told.Contribution)
	if err != nil || c.Offer == "" {
		return nil, err // of somebody here, or said here by a guest
	}
	x, err := p.asked(ctx, e, c.Assignment)
	if err != nil {
		return nil, err
	}
	switch e.Kind {
	case coproduction.ContributionAwarded:
		process, err := p.work.Process(ctx, c.Process)
		if err != nil {
			return nil, err
		}
		if !process.Rewards {
			told.Points = 0 // its people do not want them shown
		}
		return x.send(x.process, x.person, "Accept", c.Offer, func(env activity.Envelope) ([]byte, error) {
			return activity.Award(env, x.claim(c.Offer, c.IRI), told.Level, told.Points)
		})
	case coproduction.ContributionRejected:
		return x.send(x.process, x.person, "Reject", c.Offer, func(env activity.Envelope) ([]byte, error) {
			return activity.AnswerOffer(env, x.claim(c.Offer, c.IRI), false, told.Reason)
		})
	}
	return x.send(x.process, x.person, "Update", c.IRI, func(env activity.Envelope) ([]byte, error) {
		return activity.Update(env, activity.ContributionUpdate(c.IRI, x.person.IRI))
	})
}
