package dialect

import (
	"errors"
	"slices"
)

// Pleroma, and Akkoma, want lists where there may be several, and one type.
var Pleroma = Server{Name: "pleroma", Accept: "application/activity+json", Cavage: true, SignedReads: true, actor: pleromaActor, activity: microblog{
	actor: pleromaActor, post: pleromaPost, edits: true, pins: true,
	plain:    []string{"Follow", "Like", "Block", "Move", "EmojiReact"},
	undone:   []string{"Follow", "Like", "Announce", "Block", "EmojiReact"},
	answered: []string{"Follow"},
}.activity}

func pleromaActor(d Document) error {
	return errors.Join(d.strings("preferredUsername", "inbox"), d.arrays("attachment", "tag"), d.key())
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
