package dialect

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Mastodon shows notes and polls as they are, and of whatever else it knows a
// title, the summary and a link.
var Mastodon = Server{Name: "mastodon", Accept: profile, Cavage: true, RFC9421: true, SignedReads: true, actor: mastodonActor, activity: mastodonActivity}

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

func mastodonActivity(d Document) (Shown, error) {
	if d.one("actor") == "" {
		return Shown{}, nil // no activity, and nothing that it asks for by itself
	}
	object := d.part("object")
	switch d.text("type") {
	case "Create":
		return mastodonPost(object, "post")
	case "Update":
		if object.isActor() {
			return Shown{As: "actor", Title: object.text("name")}, mastodonActor(object)
		}
		if d.one("actor") != object.one("attributedTo") {
			return Shown{}, nil // it looks among the posts of who sent it
		}
		return mastodonPost(object, "edit")
	case "Announce":
		if object != nil && object.one("actor") != "" {
			// It asks for what is in it, by the id of the activity: all comments
			// become boosts.
			return Shown{}, errors.New("an Announce of an activity floods timelines")
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
		return answered(d, "Follow", "QuoteRequest")
	case "Follow", "Like", "Block", "Move", "QuoteRequest":
		return Shown{As: strings.ToLower(d.text("type")), Of: d.one("object")}, nil
	case "Flag":
		return reported(d)
	case "Add", "Remove":
		return pinned(d)
	}
	return Shown{}, nil
}

func mastodonPost(o Document, as string) (Shown, error) {
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

// undone reads what an Undo is about, which most servers want whole.
func undone(object Document, known ...string) (Shown, error) {
	if !slices.Contains(known, object.text("type")) {
		return Shown{}, nil
	}
	if object.text("id") == "" || object.one("object") == "" {
		return Shown{}, errors.New("an Undo of something without id or object")
	}
	return Shown{As: "undo of " + strings.ToLower(object.text("type")), Of: object.one("object")}, nil
}

// answered reads an Accept or Reject of what its addressee asked for.
func answered(d Document, known ...string) (Shown, error) {
	object := d.part("object")
	if object == nil || !slices.Contains(known, object.text("type")) {
		return Shown{}, nil
	}
	if object.text("id") == "" || object.one("actor") == "" {
		return Shown{}, fmt.Errorf("an %s of something without id or actor", d.text("type"))
	}
	return Shown{As: strings.ToLower(d.text("type")), Of: object.text("id")}, nil
}

// reported reads a Flag of an account and its posts.
func reported(d Document) (Shown, error) {
	if len(d.list("object")) == 0 {
		return Shown{}, errors.New("a Flag of nothing")
	}
	return Shown{As: "report", Of: d.one("object"), Text: d.text("content")}, nil
}

// pinned reads what is added to, or removed from, an actor's featured posts.
func pinned(d Document) (Shown, error) {
	if !strings.HasSuffix(d.one("target"), "/featured") {
		return Shown{}, nil
	}
	as := map[string]string{"Add": "pinned", "Remove": "no more pinned"}[d.text("type")]
	return Shown{As: as, Of: d.one("object")}, nil
}
