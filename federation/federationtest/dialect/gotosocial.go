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
	answered: []string{"Follow"}, request: gtsRequest,
}.activity}

func gtsActor(d Document) error {
	return errors.Join(d.strings("preferredUsername", "inbox", "outbox", "followers", "following"), d.key(), d.times("published", "updated"))
}

// gtsRequest reads a request for leave, as 0.20 does: what is asked for is
// whole, is by who asks, of the post that is named, and claims no approval yet.
func gtsRequest(d Document) (Shown, error) {
	asked, post := d.part("instrument"), d.one("object")
	switch {
	case asked == nil || asked.text("id") == "" || len(d.list("object")) != 1:
		return Shown{}, errors.New("a request without what is asked for")
	case asked["approvedBy"] != nil:
		return Shown{}, errors.New("what is asked for claims to be approved")
	}
	switch d.text("type") {
	case "ReplyRequest":
		if len(asked.list("inReplyTo")) != 1 || asked.one("inReplyTo") != post || asked.one("attributedTo") != d.one("actor") {
			return Shown{}, errors.New("no answer of who asks to that post")
		}
		shown, err := gtsPost(d, asked, "request")
		return shown, err
	case "LikeRequest":
		if asked.text("type") != "Like" || asked.one("object") != post || asked.one("actor") != d.one("actor") {
			return Shown{}, errors.New("no like of who asks, of that post")
		}
		return Shown{As: "request to like", Of: post}, nil
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
