package web

import (
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"interlink/domain"
	"interlink/web/view"
)

// secrets are the fields of forms that no page repeats, with their labels.
var secrets = map[string]string{"password": "page.sign_in.password", "current": "page.settings.current"} //nolint:gosec // their names

// maxParts is how many fields and files of a form are kept.
const maxParts = 2000

// passes reports whether the same may work a little later.
func passes(err error) bool {
	code := domain.CodeOf(err)
	return code == domain.Unavailable || code == domain.TooMany
}

// resend offers to send a form once more that met what passes: an address that
// takes forms cannot be opened again, and what was typed would be lost. nil where
// that does not help, or the form cannot be read whole any more: an upload that
// was broken off.
func (q *request) resend(err error) *view.Resend {
	if q.Method != http.MethodPost || !passes(err) {
		return nil
	}
	files := map[string][]string{}
	if q.posted == nil && !q.readSent(files) {
		return nil
	}
	if q.MultipartForm != nil {
		for field, list := range q.MultipartForm.File {
			for _, f := range list {
				files[field] = append(files[field], f.Filename)
			}
		}
	}
	q.w.Header().Set("Cache-Control", "private, no-store")
	r := &view.Resend{Action: local(q.URL.RequestURI(), "/"), Upload: q.isMultipart()}
	for _, name := range slices.Sorted(maps.Keys(q.posted)) {
		if label, secret := secrets[name]; secret {
			r.Asked = append(r.Asked, view.Typed{Name: name, Value: label})
			continue
		}
		for _, v := range q.posted[name] {
			r.Typed = append(r.Typed, view.Typed{Name: name, Value: v})
		}
	}
	for _, field := range slices.Sorted(maps.Keys(files)) {
		names := slices.DeleteFunc(files[field], func(name string) bool { return name == "" || !plain(name) })
		if len(names) > 0 && plain(field) {
			r.Files = append(r.Files, view.SentFiles{Field: field, Names: names})
		}
	}
	var coded *domain.Error
	if errors.As(err, &coded) && coded.Key == "error.unconfirmed" {
		r.Look = q.cameFrom()
	}
	return r
}

// cameFrom is the page whose form was sent, as far as the browser says it.
func (q *request) cameFrom() string {
	from, err := url.Parse(q.Referer())
	if err != nil || from.Host != q.Host {
		return "/"
	}
	return local(from.RequestURI(), "/")
}

// readSent reads what nobody has read yet, as it was not found out who sends it:
// its fields, and which files it has.
func (q *request) readSent(files map[string][]string) bool {
	if !q.isMultipart() {
		q.Body = http.MaxBytesReader(q.w, q.Body, maxForm)
		if q.ParseForm() != nil || !plainValues(q.PostForm) {
			return false
		}
		q.posted = q.PostForm
		return true
	}
	q.Body = http.MaxBytesReader(q.w, q.Body, maxUpload)
	parts, err := q.MultipartReader()
	if err != nil {
		return false
	}
	sent := url.Values{}
	for n, left := 0, int64(maxForm); n < maxParts; n++ {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			q.posted = sent
			return plainValues(sent)
		}
		if err != nil {
			return false
		}
		name := part.FormName()
		if part.FileName() != "" {
			files[name] = append(files[name], part.FileName())
			continue
		}
		if part.Header.Get("Content-Type") != "" {
			continue // a field for files in which none was chosen
		}
		raw, err := io.ReadAll(io.LimitReader(part, left+1))
		if left -= int64(len(raw)); err != nil || left < 0 || !plain(name) {
			return false
		}
		sent.Add(name, string(raw))
	}
	return false
}
