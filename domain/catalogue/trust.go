package catalogue

import (
	"slices"

	"interlink/domain"
)

// Trust is how far this node trusts where an entry comes from. It is known of
// each entry: [Entry.Trust].
type Trust string

// The levels of trust, highest first.
const (
	TrustOwn        Trust = "own"        // of this node
	TrustEndorsed   Trust = "endorsed"   // of a host that an administrator, or a list they took, vouches for
	TrustFollowed   Trust = "followed"   // of a host whose catalogue this one follows
	TrustDiscovered Trust = "discovered" // announced by one of those
	TrustLimited    Trust = "limited"    // shown in no list
	TrustBlocked    Trust = "blocked"    // not taken in
)

// Trusts lists the levels, highest first.
var Trusts = []Trust{TrustOwn, TrustEndorsed, TrustFollowed, TrustDiscovered, TrustLimited, TrustBlocked}

// Rank is 0 for the highest level.
func (t Trust) Rank() int {
	if i := slices.Index(Trusts, t); i >= 0 {
		return i
	}
	return len(Trusts)
}

// Standing says whether an entry stands in lists, search and recommendations.
type Standing string

// The standings. All but Shown are seen by those alone who review what comes
// in.
const (
	Shown    Standing = "shown"
	Waiting  Standing = "waiting"  // for somebody who reviews it
	Filtered Standing = "filtered" // the saved query by which its catalogue is followed does not ask for it
	Rejected Standing = "rejected" // by a reviewer, by a rule, or because of its host
)

// Why is the reason of a [Standing].
type Why string

// The reasons.
const (
	WhyOwn      Why = "own"      // shown: it is this node's
	WhyTrusted  Why = "trusted"  // shown: the rule of its level of trust says so
	WhyAccepted Why = "accepted" // shown: somebody reviewed it
	WhyReview   Why = "review"   // waiting: the rule of its level says so
	WhyLicence  Why = "licence"  // waiting: its licence is none of those that appear at once
	WhyLanguage Why = "language" // waiting: it is there in none of the languages
	WhyQuery    Why = "query"    // filtered
	WhyRefused  Why = "refused"  // rejected: somebody reviewed it
	WhyRule     Why = "rule"     // rejected: the rule of its level of trust says so
	WhyHost     Why = "host"     // rejected: its host is limited or blocked
)

// Decision is what somebody who reviewed an entry said.
type Decision string

// The decisions; "" for none.
const (
	Accept Decision = "accepted"
	Refuse Decision = "rejected"
)

// Action is what becomes of new entries.
type Action string

// The actions.
const (
	ShowAtOnce  Action = "show"
	ReviewFirst Action = "review"
	HideAlways  Action = "hide"
)

// Actions lists the actions.
var Actions = []Action{ShowAtOnce, ReviewFirst, HideAlways}

// Admission is the rule for entries of one level of trust. With [ShowAtOnce],
// an entry that does not meet the conditions waits for review.
type Admission struct {
	Trust     Trust
	Action    Action
	Licences  []string      // classes, as [Interlinker.Licence]; none means any
	Languages []domain.Lang // it must be there in one of them; none means any
}

// Ruled lists the levels of trust that have a rule.
var Ruled = []Trust{TrustEndorsed, TrustFollowed, TrustDiscovered}

// Admissions are the rules by level; one that is missing is that of
// [DefaultAdmission].
type Admissions map[Trust]Admission

// DefaultAdmission is the rule of a level as long as nobody changed it:
// endorsed at once, all else after review.
func DefaultAdmission(t Trust) Admission {
	if t == TrustEndorsed {
		return Admission{Trust: t, Action: ShowAtOnce}
	}
	return Admission{Trust: t, Action: ReviewFirst}
}

// Of returns the rule of a level.
func (a Admissions) Of(t Trust) Admission {
	if rule, ok := a[t]; ok {
		return rule
	}
	return DefaultAdmission(t)
}

// Judge decides where copies of one host's entries stand.
type Judge struct {
	Trust     Trust
	Rule      Admission
	Selection Selection // of the subscription
}

// Judge sets the trust, the standing and the reason of a copy.
func (j Judge) Judge(e *Entry) {
	e.Trust = j.Trust
	e.Standing, e.Why = j.standing(e)
}

func (j Judge) standing(e *Entry) (Standing, Why) {
	switch {
	case j.Trust == TrustLimited || j.Trust == TrustBlocked:
		return Rejected, WhyHost
	case e.Decision == Refuse:
		return Rejected, WhyRefused
	case !j.Selection.Wants(e):
		return Filtered, WhyQuery
	case e.Decision == Accept:
		return Shown, WhyAccepted
	case j.Rule.Action == HideAlways:
		return Rejected, WhyRule
	case j.Rule.Action != ShowAtOnce:
		return Waiting, WhyReview
	case len(j.Rule.Licences) > 0 && !slices.Contains(j.Rule.Licences, e.licence()):
		return Waiting, WhyLicence
	case len(j.Rule.Languages) > 0 && !slices.ContainsFunc(j.Rule.Languages, e.in):
		return Waiting, WhyLanguage
	}
	return Shown, WhyTrusted
}

// licence is the class of the licence, "" for none.
func (e *Entry) licence() string {
	switch {
	case e.Interlinker != nil:
		return e.Interlinker.Licence
	case e.Schema != nil:
		return e.Schema.Licence
	}
	return ""
}

// in reports whether the entry is there in a language.
func (e *Entry) in(l domain.Lang) bool { return e.Name[l] != "" }

// Flagged reports whether somebody warns of the entry: its owner, or this
// node.
func (e *Entry) Flagged() bool { return !e.Alert.Empty() || e.Warning != "" }

// Unfit reports whether the entry should not be used any more.
func (e *Entry) Unfit() bool { return e.Status == Withdrawn || e.Flagged() }
