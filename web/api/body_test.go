package api_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"interlink/domain/domaintest"
	"interlink/federation/federationtest"
	"interlink/storage/storagetest"
	"interlink/web/api"
)

// run runs a test on each database.
func run(t *testing.T, fn func(t *testing.T, s *server)) {
	t.Helper()
	t.Parallel()
	for name, database := range federationtest.Databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fn(t, open(t, database))
		})
	}
}

// is reports whether a schema takes a JSON type.
func is(schema object, kind string) bool {
	several, _ := schema["type"].([]any)
	return text(schema, "type") == kind || slices.Contains(several, any(kind))
}

// raw is what a client sends that is broken in the whole.
var raw = map[string]string{
	"empty": "", "null": "null", "an array": "[]", "a string": `"x"`, "a number": "5", "open": "{", "two": "{} {}", "words": "content=x",
	"not UTF-8": "{\"\xff\": 1}", "deep arrays": strings.Repeat("[", 100_000), "deep objects": strings.Repeat(`{"title":`, 100_000),
	"deep and closed": `{"title":` + strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000) + "}", "a byte order mark": "\ufeff{}",
}

// wrong lists values that a member of a body refuses, whatever it means.
func wrong(schema object) map[string]any {
	long := strings.Repeat("x", 600_000)
	out := map[string]any{}
	if !is(schema, "string") {
		out["a string"] = "x"
	}
	if !is(schema, "boolean") {
		out["a boolean"] = true
	}
	if !is(schema, "object") {
		out["an object"] = object{"en": "x"}
	}
	if !is(schema, "array") {
		out["an array"] = []any{"x"}
	}
	switch {
	case is(schema, "integer"):
		out["a fraction"], out["too large"], out["an exponent"] = 1.5, json.Number("9223372036854775808"), json.Number("1e400")
	case is(schema, "number"):
		out["too large"] = json.Number("1e400")
	case is(schema, "string"):
		out["too long"], out["NUL"], out["not UTF-8"], out["a number"] = long, "a\x00b", json.RawMessage("\"a\xffb\""), 5
	case is(schema, "object"):
		out["too long"], out["NUL"], out["a NUL language"] = en(long), en("a\x00b"), object{"\x00": "x"}
		out["numbers"], out["no language"], out["not UTF-8"] = object{"en": 1}, object{"not a language": "x"}, json.RawMessage("{\"en\":\"a\xffb\"}")
	case is(schema, "array"):
		out["too many"] = slices.Repeat([]any{"x"}, 5001)
		out["NUL"], out["numbers"] = []any{"a\x00b"}, []any{1}
	}
	return out
}

// TestBodies: what is not as described is refused, by one who may do
// everything, and changes nothing.
func TestBodies(t *testing.T) {
	run(t, func(t *testing.T, s *server) {
		s.fill()
		s.rewarded()
		d, before, tried := s.document(), s.settled(), 0
		for _, o := range d.operations(t) {
			if o.body == nil {
				continue
			}
			path := s.filled(o.path, false)
			refused := func(what string, body any) {
				t.Helper()
				tried++
				a := s.call("official", o.method, path, body)
				if a.status != http.StatusBadRequest && a.status != http.StatusUnprocessableEntity {
					t.Errorf("%s with %s: status %d: %.200s", o, what, a.status, a.body)
				}
				if !bytes.Contains(a.body, []byte(`"errors":[{`)) {
					t.Errorf("%s with %s: it does not say what is wrong: %.200s", o, what, a.body)
				}
				if len(a.body) > 10_000 {
					t.Errorf("%s with %s: an answer of %d bytes", o, what, len(a.body))
				}
			}
			open := o.body["properties"] == nil // it has a form of its own, and tells what it does not know
			for what, body := range raw {
				if !open || what != "deep and closed" {
					refused(what, body)
				}
			}
			a := s.call("official", o.method, path, `{"title": "`+strings.Repeat("x", 3<<20)+`"}`)
			if pictures := o.path == "/communities/{name}/posts" || o.path == "/posts/{id}/replies"; !pictures && a.status != http.StatusRequestEntityTooLarge {
				t.Errorf("%s with far too many bytes: status %d", o, a.status)
			}
			a = s.call("official", o.method, path, s.sample(o), "Content-Type", "application/x-www-form-urlencoded")
			if a.status != http.StatusUnsupportedMediaType {
				t.Errorf("%s with a form: status %d", o, a.status)
			}
			sample := s.sample(o)
			with := func(name string, value any) object {
				body := maps.Clone(sample)
				body[name] = value
				return body
			}
			if open {
				s.still(o.String(), before)
				continue
			}
			refused("an unknown member", with("surprise", 1))
			refused("a member in capitals", with("REVISION", 1))
			required, _ := o.body["required"].([]any)
			for _, name := range required {
				body := maps.Clone(sample)
				delete(body, name.(string))
				refused("no "+name.(string), body)
			}
			for name, v := range o.body["properties"].(object) {
				property, _ := d.resolve(v.(object))
				for what, value := range wrong(property) {
					refused(fmt.Sprintf("%s: %s", name, what), with(name, value))
				}
			}
			s.still(o.String(), before)
		}
		if tried < 1000 {
			t.Errorf("only %d bodies", tried)
		}
	})
}

// TestQueries: the same for what is in the address.
func TestQueries(t *testing.T) {
	run(t, func(t *testing.T, s *server) {
		s.fill()
		s.rewarded()
		odd := map[string]string{
			"NUL": "%00", "not UTF-8": "%ff", "not encoded": "%zz", "long": strings.Repeat("x", 3000),
		}
		for _, o := range s.document().operations(t) {
			if strings.Contains(o.path, "{secret}") { // of nobody: there is nothing to list
				continue
			}
			for _, name := range o.query {
				values := maps.Clone(odd)
				switch name {
				case "limit":
					maps.Copy(values, map[string]string{"zero": "0", "minus": "-1", "many": "101", "huge": "99999999999999999999", "a word": "x"})
				case "local", "withdrawn":
					maps.Copy(values, map[string]string{"a word": "maybe"})
				case "status":
					maps.Copy(values, map[string]string{"a word": "done"})
				}
				for what, value := range values {
					a := s.call("official", o.method, s.filled(o.path, false)+"?"+name+"="+value, nil)
					if a.status != http.StatusUnprocessableEntity {
						t.Errorf("%s with %s: %s: status %d", o, name, what, a.status)
					}
				}
			}
		}
		for _, q := range []string{"'", `"`, "%25", "_", "\\", "(", "*", "a%20AND", "-", "NEAR(", "%F0%9F%9A%B2"} {
			for _, path := range []string{"/interlinkers", "/organizations", "/communities", "/processes", "/stories"} {
				s.want(http.StatusOK, "", http.MethodGet, path+"?q="+strings.ReplaceAll(q, `"`, "%22"), nil)
			}
		}
	})
}

// TestBrokenOff: a body that ends too early is the client's fault.
func TestBrokenOff(t *testing.T) {
	t.Parallel()
	s := open(t, storagetest.SQLite)
	before := s.settled()
	connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	fmt.Fprintf(connection, "POST %s/organizations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nno chunk\r\n\r\n", api.Path, s.tokens["official"])
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusBadRequest {
		t.Errorf("status %d", response.StatusCode)
	}
	s.still("a broken body", before)
}

// FuzzBody sends bodies to operations: whatever they hold is no fault of
// ours, unless it names a server that does not answer. Operations whose body
// is little but such a name would ask servers all over the world, and are left
// out.
func FuzzBody(f *testing.F) {
	s := open(f, storagetest.SQLite)
	s.fill()
	s.rewarded()
	var all []operation
	for _, o := range s.document().operations(f) {
		if o.body != nil && o.path != "/follows" && o.path != "/clones" && o.path != "/clonings" && !strings.HasSuffix(o.path, "/members") && o.path != "/me/memberships" {
			all = append(all, o)
		}
	}
	for i, o := range all {
		body, err := json.Marshal(s.sample(o))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(i, string(body), uint16(0), uint8(0))
	}
	for i, body := range slices.Sorted(maps.Values(raw)) {
		f.Add(i, body[:min(len(body), 2000)], uint16(0), uint8(0))
	}
	f.Add(0, `{"title":{"en":"x","es":"\ud800"},"revision":-9223372036854775808}`, uint16(0), uint8(0))
	f.Add(1, `{"keep":["x"],"countries":["ES","??"],"figures":[{}]}`, uint16(0), uint8(0))
	f.Fuzz(func(t *testing.T, number int, body string, place uint16, other uint8) {
		body = string(domaintest.Twisted([]byte(body), place, other))
		at := *s
		at.t = t
		o := all[(number%len(all)+len(all))%len(all)]
		if a := at.ask("official", o.method, at.filled(o.path, false), body); a.problem().Code != "unavailable" {
			at.check(o.String(), a)
		}
	})
}

// counted counts what of a body is read.
type counted struct {
	io.Reader
	n atomic.Int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// TestLargestBody: a message may be as large as four pictures of 5 MB in
// base64, and its body smaller than 28 MiB; of who has no right to send one
// nothing is read that matters.
func TestLargestBody(t *testing.T) {
	t.Parallel()
	s := open(t, storagetest.SQLite)
	s.fill()
	s.rewarded()
	const most = 28 << 20
	send := func(who string, size int64) (status int, read int64) {
		t.Helper()
		begin, end := `{"content":"`, `"}`
		body := &counted{Reader: io.MultiReader(
			strings.NewReader(begin), io.LimitReader(letters{}, size-int64(len(begin)+len(end))), strings.NewReader(end),
		)}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+api.Path+"/communities/mobility/posts", body)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+s.tokens[who])
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return 0, body.n.Load() // the node hung up in the middle of it
		}
		_ = answer.Body.Close()
		return answer.StatusCode, body.n.Load()
	}
	before := s.settled()
	if status, _ := send("official", most-1); status != http.StatusUnprocessableEntity {
		t.Errorf("just under 28 MiB of words: status %d, want 422: it was to be read and found too long", status)
	}
	if status, _ := send("official", most); status != http.StatusRequestEntityTooLarge {
		t.Errorf("28 MiB: status %d, want 413", status)
	}
	if status, read := send("official", 8*most); status != http.StatusRequestEntityTooLarge && status != 0 || read > 2*most {
		t.Errorf("eight times as much: status %d after %d bytes", status, read)
	}
	for _, who := range []string{"official-reader", "nobody"} {
		if status, read := send(who, 8*most); status != http.StatusUnauthorized && status != http.StatusForbidden && status != 0 || read > most/2 {
			t.Errorf("%s: status %d after %d bytes", who, status, read)
		}
	}
	s.still("large bodies", before)

	picture := make([]byte, 5_000_000) // as large as one may be, though none that can be drawn
	images := slices.Repeat([]object{{"file": picture, "alt": "A square"}}, 4)
	s.want(http.StatusNotFound, "official", http.MethodPost, "/communities/mobility@elsewhere.example/posts", object{"content": "Look", "language": "en"})
	a := s.call("official", http.MethodPost, "/communities/mobility/posts", object{"content": "Look", "images": images})
	if a.status != http.StatusUnprocessableEntity {
		t.Errorf("four large pictures: status %d: %.200s", a.status, a.body)
	}
}

// letters has no end.
type letters struct{}

func (letters) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// TestPictures: a message shows pictures that have words, at most four.
func TestPictures(t *testing.T) {
	run(t, func(t *testing.T, s *server) {
		s.fill()
		s.rewarded()
		var square bytes.Buffer
		if err := png.Encode(&square, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
			t.Fatal(err)
		}
		shown := object{"file": square.Bytes(), "alt": "A square"}
		post := s.want(http.StatusCreated, "official", http.MethodPost, "/communities/mobility/posts", object{"content": "Look", "images": []object{shown, shown}})
		images, _ := post["images"].([]any)
		if len(images) != 2 {
			t.Fatalf("it shows %v", post["images"])
		}
		if image, _ := images[0].(map[string]any); image["name"] != "A square" || image["width"] != 8.0 || !strings.HasPrefix(fmt.Sprint(image["url"]), s.URL+"/files/") {
			t.Errorf("it shows %v", image)
		}
		for what, images := range map[string]any{
			"five": []object{shown, shown, shown, shown, shown}, "no words": []object{{"file": square.Bytes(), "alt": " "}},
			"no picture": []object{{"file": []byte("<svg/>"), "alt": "A square"}}, "no file": []object{{"alt": "A square"}},
		} {
			s.want(http.StatusUnprocessableEntity, "official", http.MethodPost, "/communities/mobility/posts", object{"content": "Look " + what, "images": images})
		}
	})
}
