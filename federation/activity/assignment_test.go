package activity_test

import (
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/federation/activity"
)

// assigned is what a process asks of somebody of another node.
func assigned() *coproduction.Assignment {
	const process = base + "/processes/safe_paths"
	return &coproduction.Assignment{
		IRI: process + "/assignments/01890a5d-ac96-774b-bcce-b302099a8059", ProcessIRI: process, ProcessTitle: domain.Text{"en": "Safe paths", "es": "Caminos seguros"},
		ItemIRI: process + "/guide/01890a5d-ac96-774b-bcce-b302099a8060", ItemName: domain.Text{"en": "Know the streets"}, ResourceName: "Map of the crossings",
		Subject: "Count the crossings", Instructions: "All of them.\nAlso those < 3 m.", Due: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC),
		Offer: base + "/activities/3",
	}
}

func offerOf(a *coproduction.Assignment, person domain.IRI) activity.MembershipReference {
	return activity.NewOfferReference(a.Offer, a.ProcessIRI, a.IRI, person)
}

// TestAssignmentRead: what is written is read as the same.
func TestAssignmentRead(t *testing.T) {
	a := assigned()
	offer := read(t, "offer-assignment", "object")
	in, ok := activity.ReadAssignment(offer)
	if !ok || in.IRI != a.IRI || in.ItemIRI != a.ItemIRI || in.Subject != a.Subject || in.Instructions != a.Instructions || !in.Due.Equal(a.Due) ||
		in.Title["es"] != "Caminos seguros" || in.ItemName["en"] != "Know the streets" || in.ResourceName != a.ResourceName {
		t.Errorf("read: %+v", in)
	}
	if state, ok := activity.ReadAssignmentState(read(t, "update-assignment", "object")); !ok || state != coproduction.AssignmentFinished {
		t.Errorf("the state is read as %q", state)
	}
	if reason := activity.ReadReason(read(t, "reject-assignment", "")); reason != "I am away in May." {
		t.Errorf("the reason is read as %q", reason)
	}
	if _, ok := activity.ReadAssignment(read(t, "offer-clone", "object")); ok {
		t.Error("a clone is read as an assignment")
	}
}

// done is what somebody of another node did of it.
func done() *coproduction.Assignment {
	a := assigned()
	a.Claim = &coproduction.ClaimElsewhere{
		IRI: "https://social.example/contributions/01890a5d-ac96-774b-bcce-b302099a8061", Offer: "https://social.example/activities/4",
		Title: "Counted 31 crossings", Content: "Two of them < 3 m.", Kind: coproduction.Development,
	}
	return a
}

func offerOfClaim(a *coproduction.Assignment, person domain.IRI) activity.MembershipReference {
	return activity.NewOfferReference(a.Claim.Offer, person, a.Claim.IRI, a.ProcessIRI)
}

// TestContributionRead: what is written is read as the same.
func TestContributionRead(t *testing.T) {
	a := done()
	in, ok := activity.ReadContribution(read(t, "offer-contribution", "object"))
	if !ok || in.IRI != a.Claim.IRI || in.Assignment != a.IRI || in.Title != a.Claim.Title || in.Content != a.Claim.Content || in.Kind != a.Claim.Kind {
		t.Errorf("read: %+v", in)
	}
	award, ok := activity.ReadClaimAnswer(read(t, "accept-contribution", ""))
	if !ok || award != (coproduction.ClaimAnswer{State: coproduction.Awarded, Level: coproduction.High, Points: 90}) {
		t.Errorf("the award is read as %+v", award)
	}
	if back, ok := activity.ReadClaimAnswer(read(t, "update-contribution", "object")); !ok || back.State != coproduction.Claimed {
		t.Errorf("an award that is taken back is read as %+v", back)
	}
	if _, ok := activity.ReadContribution(read(t, "offer-assignment", "object")); ok {
		t.Error("an assignment is read as a contribution")
	}
}
