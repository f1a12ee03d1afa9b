package web_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"interlink/domain/picture"
	"interlink/domain/policy"
)

// upload sends a form with a file.
func (r *reader) upload(path string, file []byte, fields map[string]string) page {
	r.s.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range fields {
		if err := form.WriteField(name, value); err != nil {
			r.s.t.Fatal(err)
		}
	}
	part, err := form.CreateFormFile("file", "logo.png")
	if err == nil {
		_, err = part.Write(file)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		r.s.t.Fatal(err)
	}
	request := r.request(http.MethodPost, path, &body)
	request.Header.Set("Content-Type", form.FormDataContentType())
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	return r.do(request)
}

// icon is the picture in an actor's document.
func (s *site) icon(path string) (icon struct{ Type, MediaType, URL, Name string }) {
	s.t.Helper()
	r := s.anonymous()
	request := r.request(http.MethodGet, path, nil)
	request.Header.Set("Accept", "application/activity+json")
	var document struct {
		Icon struct{ Type, MediaType, URL, Name string }
	}
	got := r.do(request)
	if err := json.Unmarshal([]byte(got.body), &document); err != nil || got.status != http.StatusOK {
		s.t.Fatalf("%s: %d %v", path, got.status, err)
	}
	return document.Icon
}

// TestLogo: an administrator of an organisation, or of a community, gives it a
// logo, which pages and other servers show, and takes it away again.
func TestLogo(t *testing.T) {
	s := newSite(t)
	s.person("citizen", policy.RoleMember)
	dots := square(t)
	for _, path := range []string{"/organizations/city_lab", "/communities/mobility"} {
		if got := s.as("citizen").upload(path+"/logo", dots, nil); got.status != http.StatusForbidden {
			t.Errorf("%s by a stranger: status %d", path, got.status)
		}
		r := s.as("official")
		for what, file := range map[string][]byte{"no file": nil, "SVG": []byte("<svg xmlns='http://www.w3.org/2000/svg'/>"), "a large file": make([]byte, picture.MaxBytes+1)} {
			got := r.upload(path+"/logo", file, map[string]string{"alt": "A tree as typed"})
			if got.status != http.StatusUnprocessableEntity && got.status != http.StatusBadRequest && got.status != http.StatusRequestEntityTooLarge ||
				!strings.Contains(got.body, "A tree as typed") || !strings.Contains(got.body, `href="#f-file"`) {
				t.Errorf("%s: %s: status %d", path, what, got.status)
			}
		}
		if icon := s.icon(path); icon.URL != "" {
			t.Errorf("%s: a refused file is shown: %+v", path, icon)
		}
		if got := r.upload(path+"/logo", dots, map[string]string{"alt": "A green tree"}); got.status != http.StatusSeeOther || got.location != path {
			t.Fatalf("%s: status %d, to %q", path, got.status, got.location)
		}
		icon := s.icon(path)
		address, ours := strings.CutPrefix(icon.URL, s.URL)
		if !ours || icon.Type != "Image" || icon.MediaType != "image/png" || icon.Name != "A green tree" {
			t.Errorf("%s: the icon is %+v", path, icon)
		}
		if body := s.anonymous().get(path).body; !strings.Contains(body, `src="`+address+`" alt="A green tree"`) || !strings.Contains(body, `property="og:image" content="`+icon.URL+`"`) {
			t.Errorf("%s does not show the logo", path)
		}
		got := s.anonymous().get(address)
		if got.status != http.StatusOK || got.header.Get("Content-Type") != "image/png" || got.header.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.Contains(got.header.Get("Content-Security-Policy"), "sandbox") || !strings.Contains(got.header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %v", address, got.status, got.header)
		}
		if _, err := png.Decode(strings.NewReader(got.body)); err != nil {
			t.Error(err)
		}
		if got := r.upload(path+"/logo", nil, map[string]string{"alt": "An old tree"}); got.status != http.StatusSeeOther || s.icon(path).Name != "An old tree" || s.icon(path).URL != icon.URL {
			t.Errorf("%s with other words: status %d, %+v", path, got.status, s.icon(path))
		}
		if got := r.upload(path+"/logo", nil, map[string]string{"remove": "yes"}); got.status != http.StatusSeeOther || s.icon(path).URL != "" {
			t.Errorf("%s without a logo: status %d, %+v", path, got.status, s.icon(path))
		}
	}
	for _, none := range []string{"/files/", "/files/nothing", "/files/" + strings.Repeat("0", 64)} {
		if got := s.anonymous().get(none); got.status != http.StatusNotFound {
			t.Errorf("%s: status %d", none, got.status)
		}
	}
}

// TestLogoByAPI: programs do the same; a picture that nobody shows is swept.
func TestLogoByAPI(t *testing.T) {
	s := newSite(t)
	a, err := s.Accounts.ByUsername(t.Context(), "official")
	if err != nil {
		t.Fatal(err)
	}
	token, err := s.Accounts.CreateToken(t.Context(), a, "logo", []policy.Scope{policy.ScopeRead, policy.ScopeWrite})
	if err != nil {
		t.Fatal(err)
	}
	var square bytes.Buffer
	if err := png.Encode(&square, image.NewNRGBA(image.Rect(0, 0, 7, 7))); err != nil {
		t.Fatal(err)
	}
	r := s.anonymous()
	call := func(method, body string) int {
		request := r.request(method, "/api/interlink/v1/organizations/city_lab/logo", strings.NewReader(body))
		request.Header.Set("Authorization", "Bearer "+token)
		if body != "" {
			request.Header.Set("Content-Type", "application/json")
		}
		return r.do(request).status
	}
	body := `{"file": "` + base64.StdEncoding.EncodeToString(square.Bytes()) + `", "alt": "A tree"}`
	if status := call(http.MethodPut, body); status != http.StatusNoContent {
		t.Fatalf("status %d", status)
	}
	icon := s.icon("/organizations/city_lab")
	hash := icon.URL[strings.LastIndexByte(icon.URL, '/')+1:]
	sweep := func() int {
		if err := s.Pictures.Sweep(t.Context(), picture.Sweep{Hash: hash}); err != nil {
			t.Error(err)
		}
		return r.get("/files/" + hash).status
	}
	if status := sweep(); icon.Name != "A tree" || status != http.StatusOK {
		t.Errorf("%+v: status %d", icon, status)
	}
	if status := call(http.MethodDelete, ""); status != http.StatusNoContent {
		t.Errorf("removed: status %d", status)
	}
	for range 2 {
		if status := sweep(); status != http.StatusNotFound {
			t.Errorf("swept: status %d", status)
		}
	}
}

// square is a small picture.
func square(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewNRGBA(image.Rect(0, 0, 20, 20))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestPostWithPicture: a member shows a picture with its words; without words
// nothing is posted, and what was typed stays.
func TestPostWithPicture(t *testing.T) {
	s := newSite(t)
	content := square(t)
	r := s.as("official")
	got := r.upload("/communities/mobility/posts", content, map[string]string{"content": "The new crossing", "lang": "en"})
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "The new crossing") || !strings.Contains(got.body, `href="#f-alt"`) {
		t.Errorf("without words: status %d", got.status)
	}
	got = r.upload("/communities/mobility/posts", []byte("no picture"), map[string]string{"content": "The new crossing", "lang": "en", "alt": "A crossing"})
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "A crossing") || !strings.Contains(got.body, `href="#f-file"`) {
		t.Errorf("no picture: status %d", got.status)
	}
	if got := r.upload("/communities/mobility/posts", content, map[string]string{"content": "The new crossing", "lang": "en", "alt": "A crossing"}); got.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", got.status, got.body)
	}
	if body := s.anonymous().get("/communities/mobility").body; !strings.Contains(body, `alt="A crossing" width="20" height="20"`) || strings.Count(body, "The new crossing") != 1 {
		t.Error("the community does not show the post with its picture once")
	}
}
