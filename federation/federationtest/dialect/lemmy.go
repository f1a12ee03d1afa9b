package dialect

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Lemmy follows groups and reads what they announce, by types that are as
// strict as its own structures: what does not fit is refused whole.
var Lemmy = Server{Name: "lemmy", Accept: profile, Cavage: true, Threads: true, actor: lemmyActor, activity: lemmyActivity}

func lemmyActor(d Document) error {
	err := errors.Join(d.strings("preferredUsername", "inbox", "outbox"), d.key(), d.times("published", "updated"), lemmyText(d))
	if icon, there := d["icon"]; there {
		if o, single := icon.(map[string]any); !single || Document(o).one("url") == "" {
			err = errors.Join(err, errors.New("icon is not one picture"))
		}
	}
	switch d.text("type") {
	case "Group":
		_, flag := d["postingRestrictedToMods"].(bool)
		if _, there := d["postingRestrictedToMods"]; there && !flag {
			err = errors.Join(err, errors.New("postingRestrictedToMods is no flag"))
		}
		return errors.Join(err, d.strings("followers"))
	case "Person", "Service", "Organization":
		return err
	case "Application":
		return errors.Join(d.strings("inbox", "outbox"), d.key())
	}
	return fmt.Errorf("no actor of type %s", d.text("type"))
}

// lemmyText checks what a text was written in.
func lemmyText(d Document) error {
	if source, there := d["source"]; there {
		o, ok := source.(map[string]any)
		if !ok || Document(o).text("mediaType") != "text/markdown" {
			return errors.New("source is no Markdown")
		}
	}
	if kind := d.text("mediaType"); kind != "" && kind != "text/html" && kind != "text/markdown" {
		return fmt.Errorf("mediaType is %s", kind)
	}
	if _, bare := d["language"].(string); bare {
		return errors.New("language is a bare string")
	}
	return nil
}

func lemmyActivity(d Document) (Shown, error) {
	switch d.text("type") {
	case "Announce":
		inner := d.part("object")
		if inner == nil {
			return Shown{As: "boost", Of: d.one("object")}, d.arrays("to", "cc")
		}
		if err := errors.Join(d.strings("actor"), d.arrays("to", "cc")); err != nil {
			return Shown{}, err
		}
		if inner.text("type") == "Announce" {
			return Shown{}, errors.New("an Announce of an Announce")
		}
		return lemmyInner(inner)
	case "Accept", "Reject":
		return answered(d, "Follow")
	case "Follow":
		return Shown{As: "follow", Of: d.text("object")}, d.strings("actor", "object")
	}
	if d.one("actor") == "" {
		return Shown{}, nil
	}
	return lemmyInner(d)
}

// lemmyInner reads what groups announce, or people send to a group.
func lemmyInner(d Document) (Shown, error) {
	object := d.part("object")
	as := map[string]string{"Create": "post", "Update": "edit"}[d.text("type")]
	switch d.text("type") {
	case "Create", "Update":
		if err := errors.Join(d.strings("actor", "id"), d.arrays("to", "cc")); err != nil {
			return Shown{}, err
		}
		if object.isActor() {
			return Shown{As: "actor", Title: object.text("name")}, lemmyActor(object)
		}
		if as == "edit" && d.text("actor") != object.one("attributedTo") {
			return Shown{}, nil
		}
		return lemmyPost(d, object, as)
	case "Like", "Dislike":
		return Shown{As: strings.ToLower(d.text("type")), Of: d.one("object")}, d.strings("actor", "object")
	case "Delete":
		return Shown{As: "deletion", Of: d.one("object")}, errors.Join(d.strings("actor"), d.arrays("to"))
	case "Undo":
		if object == nil {
			return Shown{}, errors.New("an Undo without what is undone")
		}
		return undone(object, "Follow", "Like", "Dislike", "Delete", "Block", "Lock", "Announce")
	case "Flag":
		if _, single := d["object"].(string); !single {
			return Shown{}, nil // of a list it reads nothing
		}
		return reported(d)
	case "Block":
		return Shown{As: "ban", Of: d.text("object"), Text: d.text("summary")},
			errors.Join(d.strings("actor", "object", "target"), d.arrays("to", "cc"), d.times("endTime"))
	case "Lock":
		return Shown{As: "lock", Of: d.text("object")}, errors.Join(d.strings("actor", "object"), d.arrays("to", "cc"))
	case "Add", "Remove":
		if strings.HasSuffix(d.one("target"), "/moderators") {
			return Shown{As: strings.ToLower(d.text("type")) + " moderator", Of: d.text("object")}, errors.Join(d.strings("actor", "object"), d.arrays("to", "cc"))
		}
		return pinned(d)
	}
	return Shown{}, nil
}

func lemmyPost(d, o Document, as string) (Shown, error) {
	if _, vote := o.vote(); vote {
		return Shown{}, nil // there are no polls
	}
	if o == nil || !slices.Contains([]string{"Page", "Article", "Note", "Video", "Event"}, o.text("type")) {
		return Shown{}, nil
	}
	err := errors.Join(o.strings("id", "attributedTo"), o.arrays("to", "cc"), o.times("published", "updated"), o.oneHost(), lemmyText(o))
	if audience, there := o["audience"]; there {
		if _, single := audience.(string); !single {
			err = errors.Join(err, errors.New("audience is not one string"))
		}
	}
	for _, key := range []string{"tag", "attachment"} {
		if _, there := o[key]; there {
			err = errors.Join(err, o.arrays(key))
		}
	}
	if image, there := o["image"]; there {
		if _, single := image.(map[string]any); !single {
			err = errors.Join(err, errors.New("image is not one object"))
		}
	}
	if err != nil {
		return Shown{}, err
	}
	if o.text("attributedTo") != d.text("actor") {
		return Shown{}, errors.New("the author did not send it")
	}
	s := Shown{As: as, Title: o.text("name"), Text: o.text("content"), Link: o.one("url"), Pictures: o.pictures()}
	if reply := o.text("inReplyTo"); reply != "" {
		s.As, s.Of, s.Title = as+" of a comment", reply, ""
		return s, nil
	}
	if s.Title == "" { // of what other servers send, the beginning
		s.Title, _, _ = strings.Cut(plain(s.Text), ". ")
	}
	return s, nil
}
