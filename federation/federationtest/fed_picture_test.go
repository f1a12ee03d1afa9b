package federationtest_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"interlink/domain/network"
	"interlink/domain/picture"
	"interlink/federation/federationtest"
)

// gallery is a server of pictures, as a city does not wish for it.
type gallery struct {
	*httptest.Server
	asked atomic.Int64
	dots  []byte
}

func newGallery(t *testing.T) *gallery {
	t.Helper()
	var dots bytes.Buffer
	if err := png.Encode(&dots, image.NewGray(image.Rect(0, 0, 900, 900))); err != nil {
		t.Fatal(err)
	}
	g := &gallery{dots: dots.Bytes()}
	as := func(kind string, body []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			_, _ = w.Write(body)
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/good.png", as("image/png", g.dots))
	mux.HandleFunc("/other.png", as("image/png", g.dots))
	mux.HandleFunc("/lies.png", as("text/html", g.dots)) // what is in it counts
	mux.HandleFunc("/script.png", as("image/png", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`)))
	mux.HandleFunc("/page.png", as("image/png", []byte("<html><script>alert(1)</script>")))
	mux.HandleFunc("/broken.png", as("image/png", g.dots[:60]))
	mux.Handle("/private.png", http.RedirectHandler("http://10.0.0.1/admin.png", http.StatusFound))
	mux.Handle("/inside.png", http.RedirectHandler("file:///etc/passwd", http.StatusFound))
	mux.HandleFunc("/endless.png", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		_, _ = w.Write(g.dots)
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 64<<10)); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/slow.png", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.asked.Add(1)
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		g.CloseClientConnections() // of who still waits for a slow picture
		g.Close()
	})
	return g
}

// face is the address at which pages of a city show somebody of the place.
func (s *scene) face(t *testing.T, iri string) string {
	t.Helper()
	a, err := s.Network.Known(t.Context(), s.reader, iri)
	if err != nil {
		t.Fatal(err)
	}
	return picture.At(a, s.Namespace)
}

// bodyAt is what stands at an address, whatever its status.
func bodyAt(t *testing.T, address string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	return bodyOf(t, request)
}

// wears has a person of the place say that this is their picture.
func (s *scene) wears(name, address, kind string) string {
	icon := members{"type": "Image", "url": address}
	if kind != "" {
		icon["mediaType"] = kind
	}
	actor := s.place.actor("Person", name, members{"icon": icon})
	doc := s.place.docs["/users/"+name]
	s.place.send(s.Cluster, s.city, s.place.activity("Update", actor, doc, nil))
	return actor
}

// TestFedA55PicturesOfPeopleComeByWayOfTheNode: readers' browsers ask no other
// server for the picture of somebody there, whatever that server answers.
func TestFedA55PicturesOfPeopleComeByWayOfTheNode(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		g := newGallery(t)
		bo := s.wears("bo", g.URL+"/good.png", "image/png")
		s.send("Create", s.place.note(1, s.bo, nil), nil)
		at := s.face(t, bo)
		handle := "/" + s.place.handle("bo")
		for _, path := range []string{handle} {
			if page := s.page(t, path); !strings.Contains(page, `src="`+at+`"`) || strings.Contains(page, `src="`+g.URL) {
				t.Errorf("%s does not show the copy, or asks another server", path)
			}
		}
		if n := g.asked.Load(); n != 0 {
			t.Errorf("%d pictures were read before anybody looked", n)
		}
		var looks sync.WaitGroup
		for range 10 {
			looks.Go(func() {
				if d := get(t, s.URL+at); d.status != http.StatusOK || d.header.Get("Content-Type") != "image/png" ||
					!strings.Contains(d.header.Get("Content-Security-Policy"), "sandbox") || d.header.Get("X-Content-Type-Options") != "nosniff" ||
					!strings.HasPrefix(d.header.Get("Cache-Control"), "public") || d.header.Get("Vary") != "" {
					t.Errorf("the copy: %d %v", d.status, d.header)
				}
			})
		}
		looks.Wait()
		if n := g.asked.Load(); n != 1 {
			t.Errorf("ten who look at once had it read %d times", n)
		}
		shown := bodyAt(t, s.URL+at)
		if m, err := png.DecodeConfig(strings.NewReader(shown)); err != nil || m.Width != int(picture.SideFace) {
			t.Errorf("the copy is %d wide (%v)", m.Width, err)
		}
		if d := get(t, s.URL+at, "If-None-Match", get(t, s.URL+at).header.Get("ETag")); d.status != http.StatusNotModified {
			t.Errorf("who has it gets it again: %d", d.status)
		}
		s.wears("bo", g.URL+"/other.png", "image/png")
		if now := s.face(t, bo); now == at || get(t, s.URL+now).status != http.StatusOK {
			t.Errorf("another picture is at %s", now)
		}
		if n := g.asked.Load(); n != 2 {
			t.Errorf("another picture was read %d times", n-1)
		}
		s.place.send(s.Cluster, s.city, s.place.activity("Delete", bo, bo, nil))
		if d := get(t, s.URL+at); d.status != http.StatusNotFound {
			t.Errorf("the picture of who left: %d", d.status)
		}
	})
}

// TestFedA55PicturesThatAreNone: where a server gives no picture, the letter
// stands that stands for who has none; it is not asked again and again, and
// nothing of what it gave reaches a reader.
func TestFedA55PicturesThatAreNone(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		g := newGallery(t)
		for i, name := range []string{"script", "page", "broken", "private", "inside", "endless", "nothing", "slow"} {
			person := fmt.Sprintf("person%d", i)
			s.place.actor("Person", person, nil)
			s.place.follows(s.Cluster, s.city, s.reader.Actor, s.place.URL+"/users/"+person, person)
			at := s.face(t, s.wears(person, g.URL+"/"+name+".png", ""))
			wanted, keep := http.StatusNotFound, "private, max-age=600"
			if name == "slow" { // it may yet come
				wanted, keep = http.StatusServiceUnavailable, "no-store"
			}
			before := g.asked.Load()
			for range 3 {
				d := get(t, s.URL+at)
				if d.status != wanted || d.header.Get("Content-Type") != "image/svg+xml" || d.header.Get("Cache-Control") != keep ||
					!strings.HasPrefix(d.header.Get("Content-Security-Policy"), "default-src 'none'") {
					t.Errorf("%s: %d %v", name, d.status, d.header)
				}
				if name == "slow" {
					break
				}
			}
			if name != "slow" {
				if letter := bodyAt(t, s.URL+at); !strings.Contains(letter, ">P</text>") || strings.Contains(letter, "script") {
					t.Errorf("%s: %s", name, letter)
				}
			}
			if n := g.asked.Load() - before; n != 1 {
				t.Errorf("%s: asked %d times", name, n)
			}
		}
		lies := s.wears("person0", g.URL+"/lies.png", "image/gif")
		if d := get(t, s.URL+s.face(t, lies)); d.status != http.StatusOK || d.header.Get("Content-Type") != "image/png" {
			t.Errorf("a picture that its server calls a page: %d %v", d.status, d.header)
		}
		for icon, kind := range map[string]string{g.URL + "/a.svg": "image/svg+xml", s.URL + "/sign-out": "image/png", "javascript:alert(1)": ""} {
			s.wears("person0", icon, kind)
			if at := s.face(t, lies); at != "" {
				t.Errorf("%s is shown at %s", icon, at)
			}
		}
	})
}

// TestFedA55PicturesOfBlockedServers: nothing is asked of a server that is
// blocked, whether it is that of the person or that of the picture.
func TestFedA55PicturesOfBlockedServers(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		g := newGallery(t)
		at := s.face(t, s.wears("bo", g.URL+"/good.png", "image/png"))
		for _, server := range []string{g.URL, s.place.URL} {
			u, err := url.Parse(server)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Gate.Set(t.Context(), s.official, network.Rule{Host: u.Host, Verdict: network.VerdictBlock}); err != nil {
				t.Fatal(err)
			}
			if d := get(t, s.URL+at); d.status != http.StatusNotFound {
				t.Errorf("%s is blocked: %d", server, d.status)
			}
		}
		if n := g.asked.Load(); n != 0 {
			t.Errorf("a blocked server was asked %d times", n)
		}
	})
}

// TestFedA55PicturesOfInterlinkers: what an Interlinker of another node looks
// like is shown by way of this one.
func TestFedA55PicturesOfInterlinkers(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Riga"}, func(t *testing.T, c *federationtest.Cluster) {
		zaragoza, riga := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
		kit := zaragoza.kit(t, "Acta")
		owner := riga.follow(t, riga.official, riga.CatalogueActor().ID, zaragoza.handle("catalogue"))
		riga.endorse(t, owner.Host)
		c.Settle()
		original := kit.Interlinker.Snapshots[0].URL
		for where, want := range map[string]string{
			zaragoza.page(t, kit.Address()):            zaragoza.Namespace.Path(original),
			riga.page(t, kit.Address()+"@"+owner.Host): kit.Address() + "@" + owner.Host + "/pictures/0?of=" + picture.Mark(original),
		} {
			if !strings.Contains(where, `<img src="`+want+`"`) || strings.Contains(where, `src="http`) {
				t.Errorf("the page does not show the picture from %s", want)
			}
		}
		at := kit.Address() + "@" + owner.Host + "/pictures/"
		if d := get(t, riga.URL+at+"0"); d.status != http.StatusOK || d.header.Get("Content-Type") != "image/png" {
			t.Errorf("the copy: %d %v", d.status, d.header)
		}
		for _, none := range []string{riga.URL + at + "1", riga.URL + at + "-1", riga.URL + at + "x", zaragoza.URL + kit.Address() + "/pictures/0"} {
			if d := get(t, none); d.status != http.StatusNotFound {
				t.Errorf("%s: %d", none, d.status)
			}
		}
	})
}
