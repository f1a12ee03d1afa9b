package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/picture"
	"interlink/web/view"
)

func (p *Portal) composeRoutes() []route {
	return []route{
		{http.MethodPost, "/communities/{name}/posts", p.writePost},
		{http.MethodPost, "/@{handle}/posts", p.writeElsewhere},
		{http.MethodPost, "/posts/{id}/votes", p.vote},
	}
}

// pollTimes are how long a poll may be open, as the form offers it.
var pollTimes = []struct {
	value string
	long  time.Duration
}{
	{"1h", time.Hour}, {"6h", 6 * time.Hour}, {"1d", 24 * time.Hour}, {"3d", 3 * 24 * time.Hour}, {"7d", 7 * 24 * time.Hour},
	{"14d", 14 * 24 * time.Hour}, {"30d", 30 * 24 * time.Hour}, {"90d", 90 * 24 * time.Hour},
}

// usualPoll is how long one is open unless its author says otherwise.
const usualPoll = "7d"

// compose is what the form of a post offers.
func (p *Portal) compose(action string) *view.Compose {
	c := &view.Compose{Action: action}
	for i := range view.ComposePictures {
		c.Pictures = append(c.Pictures, view.ComposePicture{File: community.PictureField("file", i), Alt: community.PictureField("alt", i), Left: community.PictureField("focus_left", i), Top: community.PictureField("focus_top", i), Number: i + 1})
	}
	for _, t := range pollTimes {
		c.PollTimes = append(c.PollTimes, view.Option{Value: t.value, Key: "poll.for_" + t.value, Selected: t.value == usualPoll})
	}
	return c
}

// draft reads what was written into the form of a post.
func (p *Portal) draft(q *request) (community.Draft, error) {
	d := community.Draft{Content: q.typed.Get("content"), Language: q.typedLang(), Warning: q.typed.Get("warning")}
	for i := range view.ComposePictures {
		name, alt := community.PictureField("file", i), q.typed.Get(community.PictureField("alt", i))
		raw, err := q.fileNamed(name)
		switch {
		case err != nil:
			return d, err
		case len(raw) > 0:
			focus, err := focusTyped(q, i)
			if err != nil {
				return d, err
			}
			d.Pictures = append(d.Pictures, community.Picture{Alt: alt, Focus: focus, Keep: func(ctx context.Context) (picture.Kept, error) { return p.Pictures.Keep(ctx, raw) }})
		case strings.TrimSpace(alt) != "": // browsers do not keep the file of a form that is shown again
			return d, domain.InvalidField(name, "picture.missing")
		}
	}
	if options := q.typed.Get("poll_options"); strings.TrimSpace(options) != "" {
		d.Poll = &community.PollDraft{Options: strings.Split(options, "\n"), Multiple: q.typed.Get("poll_several") != ""}
		for _, t := range pollTimes {
			if t.value == q.typed.Get("poll_until") {
				d.Poll.Ends = p.Now().Add(t.long)
			}
		}
	}
	return d, nil
}

// focusTyped reads what is to stay in sight of a picture, in hundredths from the
// left and the top; what is not said is in the middle.
func focusTyped(q *request, i int) (focus community.Focus, err error) {
	at := [2]int{50, 50}
	for n, name := range []string{"focus_left", "focus_top"} {
		name = community.PictureField(name, i)
		typed := strings.TrimSpace(q.typed.Get(name))
		if typed == "" {
			continue
		}
		if at[n], err = strconv.Atoi(typed); err != nil || at[n] < 0 || at[n] > 100 {
			return focus, domain.InvalidField(name, "picture.focus_range")
		}
	}
	return community.FocusAt(at[0], at[1]), nil
}

// composed are the inputs of the form by the fields of the domain.
var composed = map[string]string{"options": "poll_options", "ends": "poll_until", "language": "lang"}

func (p *Portal) writePost(q *request) error {
	c, err := p.Communities.Community(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	draft, err := p.draft(q)
	var x *community.Post
	if err == nil {
		x, err = p.Communities.Post(q.Context(), q.viewer, c.Name, draft)
	}
	if err != nil {
		return q.refused(domain.Renamed(err, composed), func(f view.Form) (view.Page, error) { return p.communityPage(q, c, f) })
	}
	return q.done(p.path(c.IRI), posted(x))
}

// writeElsewhere begins a thread in a community of another node.
func (p *Portal) writeElsewhere(q *request) error {
	group, err := p.called(q)
	if err != nil {
		return err
	}
	draft, err := p.draft(q)
	var x *community.Post
	if err == nil {
		x, err = p.Communities.Begin(q.Context(), q.viewer, group, draft)
	}
	if err != nil {
		return q.refused(domain.Renamed(err, composed), func(f view.Form) (view.Page, error) { return p.actorPage(q, group, f) })
	}
	if x.Waits {
		return q.done("/posts/"+string(x.ID), posted(x))
	}
	return q.done("/posts/"+string(x.ID), view.Say("notice.posted_elsewhere", p.actorOf(q, group).Called()))
}
