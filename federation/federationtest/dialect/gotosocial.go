package dialect

import (
	"errors"
	"slices"
)

// goToSocial shows the whole text of whatever it knows, behind the summary, and
// signs all that it asks for.
var goToSocial = Server{Name: "gotosocial", Accept: profile + ",application/activity+json", Cavage: true, SignedReads: true, actor: gtsActor, activity: microblog{
	actor: gtsActor, post: gtsPost, edits: true,
	plain:    []string{"Follow", "Like", "Block", "Move"},
	undone:   []string{"Follow", "Like", "Announce", "Block"},
	answered: []string{"Follow"},
}.activity}

func gtsActor(d Document) error {
	return errors.Join(d.strings("preferredUsername", "inbox", "outbox", "followers", "following"), d.key(), d.times("published", "updated"))
}

func gtsPost(d, o Document, as string) (Shown, error) {
	if vote, is := o.vote(); is {
		return vote, nil
	}
	if o == nil || !slices.Contains([]string{"Article", "Document", "Image", "Video", "Note", "Page", "Event", "Place", "Profile", "Question"}, o.text("type")) {
		return Shown{}, nil
	}
	if d.one("actor") != o.one("attributedTo") {
		return Shown{}, errors.New("the author did not send it")
	}
	if err := errors.Join(o.oneHost(), o.times("published", "updated")); err != nil {
		return Shown{}, err
	}
	if !o.addressed() {
		return Shown{}, errors.New("nobody is addressed")
	}
	s := Shown{As: as, Text: o.text("content"), Warning: o.text("summary"), Link: o.one("url"), Lang: o.lang(), Pictures: o.pictures(), Choices: o.choices()}
	if s.Warning == "" {
		s.Warning = o.text("name")
	}
	if o.text("inReplyTo") != "" {
		s.As, s.Of = as+" in reply", o.text("inReplyTo")
	}
	return s, nil
}
