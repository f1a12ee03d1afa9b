package dialect

import (
	"errors"
	"slices"
	"strings"
)

// Pleroma, and Akkoma, want lists where there may be several, and one type.
var Pleroma = Server{Name: "pleroma", Accept: "application/activity+json", Cavage: true, SignedReads: true, actor: pleromaActor, activity: pleromaActivity}

func pleromaActor(d Document) error {
	return errors.Join(d.strings("preferredUsername", "inbox"), d.arrays("attachment", "tag"), d.key())
}

func pleromaActivity(d Document) (Shown, error) {
	if d.one("actor") == "" {
		return Shown{}, nil
	}
	object := d.part("object")
	switch d.text("type") {
	case "Create":
		return pleromaPost(d, object, "post")
	case "Update":
		if object.isActor() {
			return Shown{As: "actor", Title: object.text("name")}, pleromaActor(object)
		}
		if d.one("actor") != object.one("attributedTo") {
			return Shown{}, nil
		}
		return pleromaPost(d, object, "edit")
	case "Announce":
		if object != nil && object.one("actor") != "" {
			return Shown{}, errors.New("an Announce of an activity")
		}
		return Shown{As: "boost", Of: d.one("object")}, d.arrays("to", "cc")
	case "Delete":
		return Shown{As: "deletion", Of: d.one("object")}, nil
	case "Undo":
		if object == nil {
			return Shown{}, errors.New("an Undo without what is undone")
		}
		return undone(object, "Follow", "Like", "Announce", "Block", "EmojiReact")
	case "Accept", "Reject":
		return answered(d, "Follow")
	case "Follow", "Like", "Block", "Move", "EmojiReact":
		return Shown{As: strings.ToLower(d.text("type")), Of: d.one("object")}, nil
	case "Flag":
		return reported(d)
	case "Add", "Remove":
		return pinned(d)
	}
	return Shown{}, nil
}

func pleromaPost(d, o Document, as string) (Shown, error) {
	if vote, is := o.vote(); is {
		return vote, nil
	}
	if o == nil || !slices.Contains([]string{"Note", "Article", "Page", "Question", "Event", "Audio", "Video", "Image"}, o.text("type")) {
		return Shown{}, nil
	}
	if d.one("actor") != o.one("attributedTo") {
		return Shown{}, errors.New("the author did not send it")
	}
	err := errors.Join(o.oneHost(), o.arrays("to", "cc"), d.arrays("to", "cc"), o.times("published"))
	for _, key := range []string{"attachment", "tag"} {
		if _, there := o[key]; there {
			err = errors.Join(err, o.arrays(key))
		}
	}
	if err != nil {
		return Shown{}, err
	}
	s := Shown{As: as, Title: o.text("name"), Text: o.text("content"), Warning: o.text("summary"), Link: o.one("url"), Lang: o.lang(), Pictures: o.pictures(), Choices: o.choices()}
	if o.text("inReplyTo") != "" {
		s.As, s.Of = as+" in reply", o.text("inReplyTo")
	}
	return s, nil
}
