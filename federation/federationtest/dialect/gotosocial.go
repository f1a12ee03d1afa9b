package dialect

import (
	"errors"
	"slices"
	"strings"
)

// GoToSocial shows the whole text of whatever it knows, behind the summary, and
// signs all that it asks for.
var GoToSocial = Server{Name: "gotosocial", Accept: profile + ",application/activity+json", Cavage: true, SignedReads: true, actor: gtsActor, activity: gtsActivity}

func gtsActor(d Document) error {
	return errors.Join(d.strings("preferredUsername", "inbox", "outbox", "followers", "following"), d.key(), d.times("published", "updated"))
}

func gtsActivity(d Document) (Shown, error) {
	if d.one("actor") == "" {
		return Shown{}, nil
	}
	object := d.part("object")
	switch d.text("type") {
	case "Create":
		return gtsPost(d, object, "post")
	case "Update":
		if object.isActor() {
			return Shown{As: "actor", Title: object.text("name")}, gtsActor(object)
		}
		if d.one("actor") != object.one("attributedTo") {
			return Shown{}, nil // it looks among the posts of who sent it
		}
		return gtsPost(d, object, "edit")
	case "Announce":
		if object != nil && object.one("actor") != "" {
			return Shown{}, errors.New("an Announce of an activity is no boost")
		}
		return Shown{As: "boost", Of: d.one("object")}, nil
	case "Delete":
		return Shown{As: "deletion", Of: d.one("object")}, nil
	case "Undo":
		if object == nil {
			return Shown{}, errors.New("an Undo without what is undone")
		}
		return undone(object, "Follow", "Like", "Announce", "Block")
	case "Accept", "Reject":
		return answered(d, "Follow")
	case "Follow", "Like", "Block", "Move":
		return Shown{As: strings.ToLower(d.text("type")), Of: d.one("object")}, nil
	case "Flag":
		return reported(d)
	}
	return Shown{}, nil
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
