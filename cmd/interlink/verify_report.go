package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"interlink/domain"
	"interlink/domain/story"
	"interlink/federation/evidence"
)

// say writes a line. What is of a file or a server is in it without what would
// begin another, or move in the terminal.
func (v *verifying) say(format string, args ...any) {
	for i, a := range args {
		switch a := a.(type) {
		case string:
			args[i] = plain(a)
		case domain.IRI:
			args[i] = plain(string(a))
		case error:
			args[i] = plain(a.Error())
		}
	}
	_, _ = fmt.Fprintf(v.out, format+"\n", args...)
}

func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}

// outcome sorts why something does not verify: errFailed for what was checked and
// does not hold, else what could not be checked, and what to do.
func (v *verifying) outcome(err error) error {
	if err == nil || errors.Is(err, errFailed) {
		return err
	}
	var no *unchecked
	switch {
	case errors.As(err, &no):
		return no
	case errors.Is(err, evidence.ErrAbsent):
		return &unchecked{err.Error(), "The words hold. " + takeEvidence}
	case missing(err):
		todo := "Try again later, or name the key that you noted with --key."
		switch domain.CodeOf(err) {
		case domain.NotFound:
			todo = "It was replaced or removed: name the key that you noted with --key, or ask the organisation to publish the document anew."
		case domain.Gone:
			todo = "The organisation is gone from its server: name the key that you noted with --key."
		}
		if !v.Ask {
			todo = "Ask its server with --ask, or name the key with --key."
		}
		return &unchecked{"the key of its owner is not to be had: " + v.missed(err), todo}
	}
	return errFailed
}

// missed says why a key is not to be had.
func (v *verifying) missed(err error) string {
	switch {
	case !v.Ask:
		return "it did not come with the file"
	case domain.CodeOf(err) == domain.NotFound:
		return "its server does not name this key any more"
	}
	return explain(err)
}

func verdictOf(outcome error) string {
	if errors.Is(outcome, errFailed) {
		return "NOT VERIFIED"
	}
	return "COULD NOT BE CHECKED"
}

// end says what could not be checked, and what does not hold, and gives the
// status.
func (v *verifying) end(err error) error {
	outcome := v.outcome(err)
	var no *unchecked
	switch {
	case outcome == nil:
		return nil
	case errors.As(outcome, &no):
		v.say("COULD NOT BE CHECKED: %s", no.why)
		v.say("What to do: %s", no.todo)
		return errUnchecked
	case !errors.Is(err, errFailed): // else it has said why
		why := explain(err)
		if domain.CodeOf(err) == domain.Invalid {
			why = "it is not from the server of whose it says it is, or not written as such a document is: " + why
		}
		v.say("NOT VERIFIED: %s", why)
	}
	return errFailed
}

// tell says what was checked, what was not, and how it ended.
func (v *verifying) tell(r *evidence.Report) error {
	title, _ := r.Title.In("en")
	v.say("%s %s %q", strings.ToLower(r.Type), r.ID, title)
	if s := r.Stamp; s != nil {
		v.say("  says: %s is a clone of %s, accepted on %s", s.Clone, s.Source, s.At.Format(time.DateOnly))
		if s.Digest != "" {
			v.say("  of the tree with SHA-256 %s", s.Digest)
		}
	}
	for _, s := range r.Signatures {
		v.signature(r, s)
	}
	switch r.Shown {
	case evidence.ShownSame:
		v.say("  shows: what was signed (SHA-256 %s)", r.Digest)
	case evidence.ShownAltered:
		v.say("  shows: SOMETHING ELSE than what was signed (SHA-256 %s)", r.Digest)
	case evidence.ShownAbsent:
		v.say("  shows: not there to be compared (SHA-256 %s)", r.Digest)
	}
	if err := v.verdict(r); err != nil {
		return err
	}
	found := story.Findings{Partners: v.partnersChecked(r), Gone: len(v.gone) > 0, Shown: r.Shown == evidence.ShownSame, Copy: !v.address() || !domain.SameOrigin(domain.IRI(v.What), r.ID), Key: story.KeyFile}
	switch {
	case len(v.Keys) > 0:
		found.Key = story.KeyKnown
	case v.Ask:
		found.Key = story.KeyAsked
	}
	v.list("checked", found.Checked())
	v.list("not checked", found.Unchecked())
	v.verified()
	return nil
}

// partnersChecked reports whether partners signed too, or seem to, and the key of
// each was to be had.
func (v *verifying) partnersChecked(r *evidence.Report) bool {
	return len(r.Signatures) > 1 && len(v.gone) == 0 && !slices.ContainsFunc(r.Signatures, func(s evidence.Signature) bool { return s.Err != nil && missing(s.Err) })
}

// verified says how it ended, and by whose word.
func (v *verifying) verified() {
	if !v.Ask && len(v.Keys) == 0 {
		v.say("verified against the keys that came with the file: compare them with those on the organisation's page, or name one with --key")
		return
	}
	v.say("verified")
}

var errStranger = errors.New("the owner's key is none of those you know")

// verdict is nil if the owner signed a document, by a key that is known if some
// are named, and if it shows what was signed.
func (v *verifying) verdict(r *evidence.Report) error {
	err := r.Err()
	if err == nil && slices.ContainsFunc(r.Signatures, func(s evidence.Signature) bool { return s.Err == nil && ofOwner(r, s) && v.strange(s) }) {
		err = errStranger
	}
	return err
}

// strange reports whether keys are named, and that of a signature is none of them.
func (v *verifying) strange(s evidence.Signature) bool { return len(v.Keys) > 0 && !v.known(s) }

func (v *verifying) known(s evidence.Signature) bool {
	return slices.ContainsFunc(v.Keys, func(k string) bool { return strings.TrimSpace(k) == s.Key })
}

func ofOwner(r *evidence.Report, s evidence.Signature) bool {
	return s.Signer == r.Owner || s.Signer == "" && domain.SameOrigin(domain.IRI(s.Method), r.Owner)
}

// list says in the words of the pages what was checked, or not.
func (v *verifying) list(head string, keys []string) {
	v.say("  %s:", head)
	for _, key := range keys {
		v.say("    - %s", v.words.T(key))
	}
}

// signature says what came of one.
func (v *verifying) signature(r *evidence.Report, s evidence.Signature) {
	who := "partner"
	if ofOwner(r, s) {
		who = "owner"
	}
	switch {
	case s.Err != nil && missing(s.Err):
		v.say("  %s: %s: its key is not to be had: %s", who, s.Method, v.missed(s.Err))
	case s.Err != nil:
		v.say("  %s: %s: DOES NOT HOLD: %s", who, s.Method, explain(s.Err))
	case v.strange(s):
		v.say("  %s: %s: signed by a key that you do not know: %s", who, s.Signer, s.Key)
	case slices.Contains(v.gone, s.Method) && !v.known(s):
		v.say("  %s: %s: signed by a key that came with the file: %s; by the word of its server the organisation is no more, and nobody says whose key it is", who, s.Method, s.Key)
	default:
		source := "came with the file"
		if v.known(s) {
			source = "known to you"
		} else if v.Ask {
			source = "read from its server now"
		}
		v.say("  %s: signed by %s on %s; key %s (%s)", who, s.Signer, s.Created.Format(time.DateOnly), s.Key, source)
	}
}
