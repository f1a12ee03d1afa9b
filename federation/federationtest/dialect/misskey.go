package dialect

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
)

// Misskey takes the first of several types, and checks hosts and lengths.
var Misskey = Server{Name: "misskey", Accept: `application/activity+json, ` + profile, Cavage: true, SignedReads: true, actor: misskeyActor, activity: microblog{
	actor: misskeyActor, post: misskeyPost, pins: true,
	plain:    []string{"Follow", "Like", "Block", "Move"},
	undone:   []string{"Follow", "Like", "Announce", "Block", "Accept"},
	answered: []string{"Follow"},
}.activity}

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

func misskeyPost(d, o Document, as string) (Shown, error) {
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
	s := Shown{As: as, Text: o.text("content"), Warning: o.text("summary"), Link: o.one("url"), Lang: o.lang(), Pictures: o.pictures(), Choices: o.choices()}
	if o.text("inReplyTo") != "" {
		s.As, s.Of = as+" in reply", o.text("inReplyTo")
	}
	return s, nil
}
