package activity

import (
	"encoding/json"

	"interlink/domain"
	"interlink/domain/community"
)

// image is a picture in a post; Name is for those who do not see it.
type image struct {
	Type      string     `jsonld:"type"`
	MediaType string     `jsonld:"mediaType"`
	URL       domain.IRI `jsonld:"url"`
	Name      string     `jsonld:"name"`
	Width     int        `jsonld:"width"`
	Height    int        `jsonld:"height"`

	FocalPoint List[float64] `jsonld:"focalPoint,omitempty"`
	Blurhash   string        `jsonld:"blurhash,omitempty"`
}

// imageOf shows a picture of a post.
func imageOf(a community.Attachment) image {
	i := image{Type: "Image", MediaType: a.MediaType, URL: a.URL, Name: a.Name, Width: a.Width, Height: a.Height, Blurhash: a.Blurhash}
	if a.Focus != (community.Focus{}) {
		i.FocalPoint = List[float64]{a.Focus.X, a.Focus.Y}
	}
	return i
}

// attachable are the types of attachments that are kept, as links to where
// they are.
var attachable = map[string]bool{"Document": true, "Image": true, "Audio": true, "Video": true, "Link": true}

// readAttachments reads the attachments of a post: what is at its address, and
// the words for those who do not see it. Mastodon writes them as name, some
// as summary; it reads summary first, and so do we. Lemmy's are links.
func readAttachments(doc Document) []community.Attachment {
	var all []community.Attachment
	for _, a := range doc.Objects("attachment") {
		address := a.IRI("url")
		if address == "" {
			address = a.IRI("href")
		}
		if address == "" || !attachable[a.Type()] {
			continue
		}
		words := a.String("summary")
		if words == "" {
			words = a.String("name")
		}
		all = append(all, community.Attachment{
			URL: address, MediaType: clip(a.String("mediaType"), 100), Name: clip(words, 2000),
			Width: pixels(a.Int("width")), Height: pixels(a.Int("height")), Focus: readFocus(a), Blurhash: community.ReadBlurhash(a.String("blurhash")),
		})
	}
	return all
}

// readFocus reads the point that stays in sight; the middle for what is none.
func readFocus(a Document) (f community.Focus) {
	var at []float64
	if json.Unmarshal(a["focalPoint"], &at) == nil && len(at) == 2 {
		f = community.Focus{X: at[0], Y: at[1]}
	}
	if !f.Valid() {
		return community.Focus{}
	}
	return f
}

// pixels is a size that a picture can have; 0 for others.
func pixels(n int64) int {
	if n < 0 || n > 1<<16 {
		return 0
	}
	return int(n)
}
