package dialect

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Misskey takes the first of several types, and checks hosts and lengths.
var Misskey = Server{Name: "misskey", Accept: `application/activity+json, ` + profile, Cavage: true, SignedReads: true, actor: misskeyActor, activity: misskeyActivity}

var misskeyName = regexp.MustCompile(`^\w([\w\-.]{0,126}\w)?$`)

func misskeyActor(d Document) error {
	host := hostOf(d.text("id"))
	switch {
	case !misskeyName.MatchString(d.text("preferredUsername")):
		return fmt.Errorf("%q is no user name", d.text("preferredUsername"))
	case hostOf(d.text("inbox")) != host, hostOf(d.part("endpoints").text("sharedInbox")) != host:
		return errors.New("an inbox of another host")
	case len(d.text("name")) > 2048 || len(d.text("summary")) > 20480:
		return errors.New("too long")
	}
	for _, key := range []string{"outbox", "followers", "following", "featured"} {
		if there := d.one(key); there != "" && hostOf(there) != host {
			return fmt.Errorf("%s of another host", key)
		}
	}
	return errors.Join(d.oneHost(), d.key())
}

func misskeyActivity(d Document) (Shown, error) {
	if d.one("actor") == "" {
		return Shown{}, nil
	}
	object := d.part("object")
	switch d.text("type") {
	case "Create":
		return misskeyPost(d, object)
	case "Update":
		if object.isActor() {
			return Shown{As: "actor", Title: object.text("name")}, misskeyActor(object)
		}
		return Shown{}, nil // notes are not edited there
	case "Announce":
		if object != nil && object.one("actor") != "" {
			return Shown{}, errors.New("an Announce of an activity")
		}
		return Shown{As: "boost", Of: d.one("object")}, nil
	case "Delete":
		return Shown{As: "deletion", Of: d.one("object")}, nil
	case "Undo":
		if object == nil {
			return Shown{}, errors.New("an Undo without what is undone")
		}
		return undone(object, "Follow", "Like", "Announce", "Block", "Accept")
	case "Accept", "Reject":
		return answered(d, "Follow")
	case "Follow", "Like", "Block", "Move":
		return Shown{As: strings.ToLower(d.text("type")), Of: d.one("object")}, nil
	case "Flag":
		return reported(d)
	case "Add", "Remove":
		return pinned(d)
	}
	return Shown{}, nil
}

func misskeyPost(d, o Document) (Shown, error) {
	if vote, is := o.vote(); is {
		return vote, nil
	}
	if o == nil || !slices.Contains([]string{"Note", "Question", "Article", "Audio", "Document", "Image", "Page", "Video", "Event"}, o.text("type")) {
		return Shown{}, nil
	}
	if d.one("actor") != o.one("attributedTo") || hostOf(o.text("id")) != hostOf(d.text("id")) {
		return Shown{}, errors.New("the author did not send it")
	}
	if err := errors.Join(o.oneHost(), o.times("published")); err != nil {
		return Shown{}, err
	}
	if len(o.list("attachment")) > 16 {
		return Shown{}, errors.New("more than 16 attachments")
	}
	s := Shown{As: "post", Text: o.text("content"), Warning: o.text("summary"), Link: o.one("url"), Lang: o.lang(), Pictures: o.pictures(), Choices: o.choices()}
	if o.text("inReplyTo") != "" {
		s.As, s.Of = "post in reply", o.text("inReplyTo")
	}
	return s, nil
}
