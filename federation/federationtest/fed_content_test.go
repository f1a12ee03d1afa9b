package federationtest_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/picture"
)

func TestFedA22MentionsAndHashtags(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		ada := s.place.actor("Person", "ada", nil)
		p := s.news(t, "Thanks, "+s.place.handle("ada")+" and @reader! Mail ada@mail.example. #SafeStreets, #SafeStreets, `#code`")
		object, _ := one(t, s.place.got("Create"))["object"].(members)
		names := map[any]any{}
		for _, tag := range object["tag"].([]any) {
			tag := tag.(members)
			names[fmt.Sprint(tag["type"], tag["name"])] = tag["href"]
		}
		if len(names) != 3 || names["Mention"+s.place.handle("ada")] != ada || names["Mention"+s.city.handle("reader")] != s.URL+"/users/reader" || names["Hashtag#SafeStreets"] != s.URL+"/tags/safestreets" {
			t.Errorf("tags: %v", names)
		}
		if cc, _ := object["cc"].([]any); !slices.Contains(cc, any(ada)) {
			t.Errorf("cc: %v", object["cc"])
		}
		if content := fmt.Sprint(object["content"]); strings.Count(content, `class="u-url mention"`) != 2 || !strings.Contains(content, `class="mention hashtag"`) || !strings.Contains(content, "<code>#code</code>") {
			t.Errorf("content: %s", content)
		}
		if items := s.home(t, s.reader); len(items) != 1 || items[0].Verb != community.Mentioned {
			t.Errorf("who is named sees %+v", items)
		}
		plain := s.news(t, "Words without any")
		if doc := served(t, string(plain.IRI)); fmt.Sprint(doc["tag"]) != "[]" {
			t.Errorf("no tags are %v", doc["tag"])
		}

		eve := s.place.actor("Person", "eve", nil)
		note := s.place.note(1, eve, members{"tag": []members{
			{"type": "Mention", "href": s.URL + "/users/reader", "name": "@reader"}, {"type": "Hashtag", "name": "#SAFEstreets"},
		}, "cc": []string{s.URL + "/users/reader"}})
		s.place.send(s.Cluster, s.city, s.place.activity("Create", eve, note, nil))
		items := s.home(t, s.reader)
		if len(items) != 2 || items[0].IRI != domain.IRI(note["id"].(string)) {
			t.Errorf("who is named by a stranger sees %+v", items)
		}
		if err := s.Communities.Lock(t.Context(), s.official, p.ID); err != nil { // a closed thread keeps its hashtags
			t.Fatal(err)
		}
		tagged, err := s.Communities.Tagged(t.Context(), s.reader, "SafeStreets", domain.Page{})
		if err != nil || len(tagged.Items) != 2 || tagged.Items[1].ID != p.ID {
			t.Errorf("with the hashtag: %v (%v)", tagged.Items, err)
		}
		toGroup := s.place.note(2, eve, members{"tag": members{"type": "Mention", "href": string(s.community.IRI)}})
		s.place.send(s.Cluster, s.city, s.place.activity("Create", eve, toGroup, nil))
		if x, err := s.post(t, toGroup["id"].(string)); err != nil || x.Community != s.community.ID {
			t.Errorf("a post that names the community: %+v (%v)", x, err)
		}
	})
}

func TestFedA24AttachmentsAreLinksWithWords(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		picture := s.place.URL + "/1.png"
		note := s.place.note(1, s.bo, members{"attachment": []members{
			{"type": "Document", "mediaType": "image/png", "url": picture, "name": "A plan of the <b>square</b>", "width": 640, "height": 480, "focalPoint": []float64{-0.5, 1}, "blurhash": "LEHV6nWB2yk8pyo0adR*.7kCMdnj"},
			{"type": "Image", "url": "javascript:alert(1)", "name": "x"}, {"type": "Image", "url": s.URL + "/admin", "name": "y", "focalPoint": []any{2, "x"}, "blurhash": "<b>"},
		}})
		s.send("Create", note, nil)
		p, err := s.post(t, note["id"].(string))
		if err != nil {
			t.Fatal(err)
		}
		want := community.Attachment{URL: domain.IRI(picture), MediaType: "image/png", Name: "A plan of the <b>square</b>", Width: 640, Height: 480, Focus: community.Focus{X: -0.5, Y: 1}, Blurhash: "LEHV6nWB2yk8pyo0adR*.7kCMdnj"}
		if len(p.Images) != 2 || p.Images[0] != want || p.Images[1].Focus != (community.Focus{}) || p.Images[1].Blurhash != "" {
			t.Errorf("kept: %+v", p.Images)
		}
		var square bytes.Buffer
		if err := png.Encode(&square, image.NewGray(image.Rect(0, 0, 640, 480))); err != nil {
			t.Fatal(err)
		}
		shown := "/posts/" + string(p.ID) + "/pictures/"
		if d := get(t, s.URL+shown+"0"); d.status != http.StatusNotFound {
			t.Errorf("a picture that cannot be read: %d", d.status)
		}
		s.place.files = map[string][]byte{"/2.png": square.Bytes()}
		other := s.place.note(2, s.bo, members{"attachment": []members{{"type": "Image", "mediaType": "image/png", "url": s.place.URL + "/2.png", "name": "y"}}})
		s.send("Create", other, nil)
		o, err := s.post(t, other["id"].(string))
		if err != nil {
			t.Fatal(err)
		}
		if d := get(t, s.URL+"/posts/"+string(o.ID)+"/pictures/0"); d.status != http.StatusOK || d.header.Get("Content-Type") != "image/png" || !strings.Contains(d.header.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("the picture by way of this node: %d %v", d.status, d.header)
		}
		for _, none := range []string{"1", "2", "-1", "x"} { // a page of this node, and what is not there
			if d := get(t, s.URL+shown+none); d.status != http.StatusNotFound {
				t.Errorf("picture %s: %d", none, d.status)
			}
		}
		page := s.page(t, "/posts/"+string(p.ID))
		if !strings.Contains(page, `src="`+shown+`0"`) || strings.Contains(page, `src="`+shown+`1"`) || !strings.Contains(page, `href="`+picture+`"`) || !strings.Contains(page, "A plan of the &lt;b&gt;square") || strings.Contains(page, `src="`+s.place.URL) || strings.Contains(page, `src="/admin`) {
			t.Errorf("the page asks another server, or lacks the words")
		}
	})
}

// TestFedA24PicturesAreSentWithWords: what a member shows is an Image with its
// words, at an address of this node, until the post is deleted.
func TestFedA24PicturesAreSentWithWords(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		var square bytes.Buffer
		if err := png.Encode(&square, image.NewGray(image.Rect(0, 0, 3200, 20))); err != nil {
			t.Fatal(err)
		}
		shows := func(alt string) community.Draft {
			return community.Draft{Content: "Look", Language: "en", Pictures: []community.Picture{{Alt: alt, Focus: community.FocusAt(25, 0), Keep: func(ctx context.Context) (picture.Kept, error) {
				return s.Pictures.Keep(ctx, square.Bytes())
			}}}}
		}
		if _, err := s.Communities.Post(t.Context(), s.official, "mobility", shows(" ")); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("a picture without words: %v", err)
		}
		p, err := s.Communities.Post(t.Context(), s.official, "mobility", shows("A plan of the square"))
		if err != nil {
			t.Fatal(err)
		}
		attached, _ := served(t, string(p.IRI))["attachment"].([]any)
		if len(attached) != 1 {
			t.Fatalf("attached: %v", attached)
		}
		picture, _ := attached[0].(members)
		if picture["type"] != "Image" || picture["mediaType"] != "image/png" || picture["name"] != "A plan of the square" || picture["width"] != 1600.0 || picture["height"] != 10.0 {
			t.Errorf("the picture is %v", picture)
		}
		if focus, ok := picture["focalPoint"].([]any); !ok || len(focus) != 2 || focus[0] != -0.5 || focus[1] != 1.0 || community.ReadBlurhash(picture["blurhash"].(string)) == "" {
			t.Errorf("the picture has %v and %v", picture["focalPoint"], picture["blurhash"])
		}
		file := picture["url"].(string)
		if d := get(t, file); d.status != http.StatusOK || d.header.Get("Content-Type") != "image/png" {
			t.Errorf("%s: %d %s", file, d.status, d.header.Get("Content-Type"))
		}
		page := s.page(t, "/posts/"+string(p.ID))
		if !strings.Contains(page, `src="`+strings.TrimPrefix(file, s.URL)+`" alt="A plan of the square" width="1600" height="10"`) {
			t.Error("the page does not show it")
		}
		sweep := picturesSweep(file)
		if err := s.Pictures.Sweep(t.Context(), sweep); err != nil {
			t.Fatal(err)
		}
		if d := get(t, file); d.status != http.StatusOK {
			t.Errorf("a file that is shown was removed: %d", d.status)
		}
		if err := s.Communities.DeletePost(t.Context(), s.official, p.ID); err != nil {
			t.Fatal(err)
		}
		if err := s.Pictures.Sweep(t.Context(), sweep); err != nil {
			t.Fatal(err)
		}
		if d := get(t, file); d.status != http.StatusNotFound {
			t.Errorf("after its post was deleted the file answers %d", d.status)
		}
	})
}

// picturesSweep is the argument of the job that removes a file.
func picturesSweep(file string) picture.Sweep {
	return picture.Sweeping(domain.IRI(file), time.Now()).Args.(picture.Sweep)
}

func TestFedA25TextIsPlainAndOfOneLanguage(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		p, err := s.Communities.Post(t.Context(), s.official, "mobility", community.Draft{Content: "Palabras", Language: "es"})
		if err != nil {
			t.Fatal(err)
		}
		doc := served(t, string(p.IRI))
		byLang, _ := doc["contentMap"].(members)
		if len(byLang) != 1 || byLang["es"] != doc["content"] || doc["content"] == nil {
			t.Errorf("content %v, contentMap %v", doc["content"], byLang)
		}
		plain, mapped := s.place.note(1, s.bo, members{"contentMap": members{"nl": "<p>Words</p>"}}), s.place.note(2, s.bo, members{"contentMap": members{"nl": "Woorden"}})
		delete(mapped, "content")
		for _, note := range []members{plain, mapped} {
			s.send("Create", note, nil)
			if x, err := s.post(t, note["id"].(string)); err != nil || x.Language != "nl" || x.Content == "" {
				t.Errorf("read: %+v (%v)", x, err)
			}
		}
	})
}

func TestFedA26SourceIsMarkdown(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		p := s.news(t, "It is **open**.")
		source, _ := served(t, string(p.IRI))["source"].(members)
		if source["content"] != "It is **open**." || source["mediaType"] != "text/markdown" {
			t.Errorf("source: %v", source)
		}
	})
}

func TestFedA30HTMLIsSanitised(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		foreign := `<p class="mention evil" style="color:red" onclick="x()">Words <a href="https://a.example" class="mention u-url" rel="opener">a</a>` +
			`<script>alert(1)</script><img src="https://a.example/1.png"><a href="javascript:alert(1)">b</a><iframe src="https://a.example"></iframe></p>`
		note := s.place.note(1, s.bo, members{"content": foreign})
		s.send("Create", note, nil)
		p, err := s.post(t, note["id"].(string))
		if want := `<p>Words <a class="mention u-url" href="https://a.example" rel="nofollow noopener noreferrer">a</a>b</p>`; err != nil || p.Content != want {
			t.Errorf("kept: %s (%v)", p.Content, err)
		}
		long := s.place.note(2, s.bo, members{"content": strings.Repeat("<b>", 60_000)})
		s.send("Create", long, nil)
		if p, err := s.post(t, long["id"].(string)); err != nil || len(p.Content) > 1<<20 {
			t.Errorf("%d bytes are kept of a long one (%v)", len(p.Content), err)
		}
		s.place.actor("Person", "bo", members{"summary": `<p onclick="x()">Hi<script>alert(1)</script></p>`})
		s.send("Update", members{"id": s.bo, "type": "Person"}, nil)
		if a, err := s.Network.ActorByIRI(t.Context(), s.reader, domain.IRI(s.bo)); err != nil || a.Summary != "<p>Hi</p>" {
			t.Errorf("the profile says %q (%v)", a.Summary, err)
		}
	})
}
