package dialect

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
)

// Mastodon shows notes and polls as they are, and of whatever else it knows a
// title, the summary and a link.
var Mastodon = Server{Name: "mastodon", Accept: profile, Cavage: true, RFC9421: true, SignedReads: true, actor: mastodonActor, activity: microblog{
	actor: mastodonActor, post: mastodonPost, edits: true, pins: true, lists: true,
	plain:    []string{"Follow", "Like", "Block", "Move", "QuoteRequest"},
	undone:   []string{"Follow", "Like", "Announce", "Block", "Accept"},
	answered: []string{"Follow", "QuoteRequest", "FeatureRequest"},
}.activity}

var mastodonName = regexp.MustCompile(`^[A-Za-z0-9_]+([.-]+[A-Za-z0-9_]+)*$`)

func mastodonActor(d Document) error {
	if !mastodonName.MatchString(d.text("preferredUsername")) {
		return fmt.Errorf("%q is no user name", d.text("preferredUsername"))
	}
	if err := d.strings("inbox"); err != nil {
		return err
	}
	if err := d.oneHost(); err != nil {
		return err
	}
	return d.key()
}

func mastodonPost(_, o Document, as string) (Shown, error) {
	if vote, is := o.vote(); is {
		return vote, nil
	}
	native := []string{"Note", "Question"}
	converted := []string{"Image", "Audio", "Video", "Article", "Page", "Event"}
	if o == nil || !slices.Contains(append(native, converted...), o.text("type")) {
		return Shown{}, nil
	}
	if err := errors.Join(o.oneHost(), o.times("published", "updated"), address(o.text("id"))); err != nil {
		return Shown{}, err
	}
	if !o.addressed() {
		return Shown{}, errors.New("nobody is addressed")
	}
	s := Shown{As: as, Link: o.one("url"), Lang: o.lang(), Pictures: o.pictures(), Choices: o.choices()}
	if slices.Contains(native, o.text("type")) {
		s.Text, s.Warning = o.text("content"), o.text("summary")
		if o.text("inReplyTo") != "" {
			s.As, s.Of = as+" in reply", o.text("inReplyTo")
		}
		if s.Text == "" && len(s.Choices) == 0 {
			return Shown{}, errors.New("a post without text")
		}
		return s, nil
	}
	s.Title, s.Text = o.text("name"), o.text("summary")
	if s.Title == "" {
		return Shown{}, errors.New("nothing to show but a link")
	}
	return s, nil
}
