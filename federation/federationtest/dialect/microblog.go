package dialect

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// microblog reads activities as servers do whose people see single posts.
type microblog struct {
	actor func(Document) error
	post  func(d, o Document, as string) (Shown, error)
	edits bool // changes of posts are read
	pins  bool // and what is featured
	lists bool // and lists of recommended actors (FEP-7aa9)

	plain    []string // activities of which their object says all
	undone   []string // what can be taken back
	answered []string // what people are answered

	request func(Document) (Shown, error) // how requests for leave are read; nil where they are not
}

func (m microblog) activity(d Document) (Shown, error) {
	if d.one("actor") == "" {
		return Shown{}, nil // no activity, and nothing that is asked for by itself
	}
	object, kind := d.part("object"), d.text("type")
	switch {
	case kind == "Create":
		return m.post(d, object, "post")
	case m.lists && (kind == "Add" || kind == "Update") && object.text("type") == "FeaturedCollection":
		return recommended(d, object)
	case kind == "Update" && object.isActor():
		return Shown{As: "actor", Title: object.text("name")}, m.actor(object)
	case kind == "Update" && m.edits && d.one("actor") == object.one("attributedTo"): // they look among the posts of who sent it
		return m.post(d, object, "edit")
	case kind == "Announce":
		return boosted(d, object)
	case kind == "Delete":
		return Shown{As: "deletion", Of: d.one("object")}, nil
	case kind == "Undo":
		if object == nil {
			return Shown{}, errors.New("an Undo without what is undone")
		}
		return undone(object, m.undone...)
	case kind == "Accept", kind == "Reject":
		return answered(d, m.answered...)
	case m.request != nil && strings.HasSuffix(kind, "Request"):
		return m.request(d)
	case slices.Contains(m.plain, kind):
		return Shown{As: strings.ToLower(kind), Of: d.one("object")}, nil
	case kind == "Flag":
		return reported(d)
	case m.pins && (kind == "Add" || kind == "Remove"):
		return pinned(d)
	}
	return Shown{}, nil
}

// boosted reads an Announce. Of one of an activity Mastodon asks for what is in
// it, by the id of the activity: all comments become boosts. Others read
// nothing of it.
func boosted(d, object Document) (Shown, error) {
	if object != nil && object.one("actor") != "" {
		return Shown{}, errors.New("an Announce of an activity is no boost, and floods timelines")
	}
	return Shown{As: "boost", Of: d.one("object")}, nil
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

// recommended reads a list of actors that its owner recommends: of their own
// host, with a name, each item with the consent of whom it is about.
func recommended(d, list Document) (Shown, error) {
	owner := d.one("actor")
	switch {
	case list.text("attributedTo") != owner || hostOf(list.text("id")) != hostOf(owner):
		return Shown{}, errors.New("a list of somebody else")
	case d.text("type") == "Add" && d.one("target") != owner+"/collections":
		return Shown{}, errors.New("a list that is added to something else than the owner's lists")
	}
	if err := errors.Join(list.strings("name", "url"), list.arrays("orderedItems"), list.times("published", "updated")); err != nil {
		return Shown{}, err
	}
	s := Shown{As: "list", Of: list.text("id"), Title: list.text("name"), Text: list.text("summary"), Link: list.one("url")}
	for _, item := range list.parts("orderedItems") {
		actor := item.text("featuredObject")
		if item.text("type") != "FeaturedItem" || hostOf(item.text("id")) != hostOf(list.text("id")) || hostOf(item.text("featureAuthorization")) != hostOf(actor) {
			return Shown{}, fmt.Errorf("an item that does not say who agreed: %v", item)
		}
		s.Choices = append(s.Choices, actor)
	}
	return s, nil
}
