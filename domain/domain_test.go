package domain_test

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"interlink/domain"
)

func TestParseIRI(t *testing.T) {
	for _, good := range []string{
		"https://city.example/users/ana", "https://city.example:8443/a?b=c#d", "http://127.0.0.1:8081/actor", "https://xn--bcher-kva.example/ü", "https://[::1]/a",
	} {
		if iri, err := domain.ParseIRI(good); err != nil || string(iri) != good {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{
		"", "city.example", "//city.example/a", "/users/ana", "ftp://city.example/", "javascript:alert(1)", "https:city.example", "HTTPS://city.example/", "https://", "https:///a",
		"https://ana@city.example/", "https://ana:x@city.example/", "https://City.example/", "https://city.example/a b", "https://city.example/a\x00",
		"https://city.example/\n", "https://city.example/\"", `https://city.example\@evil.example/`, "https://city.example/%zz",
		"https://city.example/" + strings.Repeat("a", 3000),
		// second spellings of a host
		"https://city.example:443/", "http://city.example:80/", "https://city.example:/", "https://city.example./", "https://city.example.:8443/",
		"https://city.example:0443/", "https://bücher.example/", "https://ｃity.example/", "https://%C3%A9.example/",
	} {
		if iri, err := domain.ParseIRI(bad); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("%q is taken as %q (%v)", bad, iri, err)
		}
	}
}

func TestSameOrigin(t *testing.T) {
	for _, c := range []struct {
		a, b domain.IRI
		same bool
	}{
		{"https://city.example/a", "https://city.example/b#c", true},
		{"https://city.example/a", "http://city.example/a", false},
		{"https://city.example/a", "https://city.example:8443/a", false},
		{"https://city.example/a", "https://www.city.example/a", false},
		{"https://city.example/a", "https://city.example.evil.example/a", false},
		{"https://city.example/a", "https://evil.example/https://city.example/a", false},
		{"", "", false},
		{"%", "%", false},
	} {
		if domain.SameOrigin(c.a, c.b) != c.same || domain.SameOrigin(c.b, c.a) != c.same {
			t.Errorf("%q and %q: %v", c.a, c.b, !c.same)
		}
	}
}

func TestNamespace(t *testing.T) {
	ns, err := domain.NewNamespace("https://city.example/")
	if err != nil || ns.Base() != "https://city.example" || ns.Host() != "city.example" {
		t.Fatalf("%+v %v", ns, err)
	}
	if iri := ns.IRI("interlinkers", "a/b c?"); iri != "https://city.example/interlinkers/a%2Fb%20c%3F" || !ns.Owns(iri) {
		t.Errorf("minted %s", iri)
	}
	for _, foreign := range []domain.IRI{"https://city.example.evil.example/a", "https://city.example:8443/a", "https://city.example@evil.example/", "http://city.example/a", ""} {
		if ns.Owns(foreign) || ns.Path(foreign) != "" {
			t.Errorf("%s is taken as our own", foreign)
		}
	}
	if ns.Path("https://city.example/users/ana?x#y") != "/users/ana?x#y" || !ns.Owns("https://city.example") {
		t.Error("our own addresses")
	}
	for _, bad := range []string{"", "city.example", "https://city.example/path", "https://city.example/?x", "https://city.example#x", "ftp://city.example"} {
		if _, err := domain.NewNamespace(bad); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// FuzzParseIRI: what is taken names one host, the same for all who read it.
func FuzzParseIRI(f *testing.F) {
	for _, seed := range []string{"https://city.example/a", "https://a@b/", "https://[::1]:80/", "http://x\\y", "https://x/%2e%2e#", "http://%25"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		iri, err := domain.ParseIRI(s)
		if err != nil {
			return
		}
		rest := strings.TrimPrefix(strings.TrimPrefix(s, "https://"), "http://")
		end := strings.IndexAny(rest, "/?#")
		if end < 0 {
			end = len(rest)
		}
		if iri.Host() == "" || iri.Host() != rest[:end] || !domain.SameOrigin(iri, iri.WithoutFragment()) {
			t.Errorf("%q has the host %q", s, iri.Host())
		}
	})
}

func TestTextIn(t *testing.T) {
	text := domain.Text{"en": "square", "pt": "praça", "lv": "laukums", "nl": ""}
	for want, c := range map[domain.Lang]struct {
		words string
		lang  domain.Lang
	}{"lv": {"laukums", "lv"}, "pt-BR": {"praça", "pt"}, "nl": {"square", "en"}, "fi": {"square", "en"}, "": {"square", "en"}} {
		if words, lang := text.In(want); words != c.words || lang != c.lang {
			t.Errorf("in %q: %q (%s)", want, words, lang)
		}
	}
	if words, lang := (domain.Text{"lv": "laukums", "it": "piazza"}).In("nl"); words != "piazza" || lang != "it" {
		t.Errorf("without English: %q (%s)", words, lang)
	}
	if words, lang := (domain.Text)(nil).In("en"); words != "" || lang != "" {
		t.Errorf("nothing: %q (%s)", words, lang)
	}
	if !(domain.Text{"en": " ", "es": "\n"}).Clean().Empty() || !(domain.Text{"en": " a "}).Equal(domain.Text{"en": "a", "es": ""}) {
		t.Error("blank translations are none")
	}
}

func TestParseLang(t *testing.T) {
	for s, want := range map[string]domain.Lang{"en": "en", "EN": "en", "pt-BR": "pt-BR", "pt_BR": "pt-BR", "zh-Hant-TW": "zh-Hant-TW", "und": "und", " es ": "es"} {
		if got, err := domain.ParseLang(s); err != nil || got != want {
			t.Errorf("%q is %q (%v)", s, got, err)
		}
	}
	for _, bad := range []string{"", "e", "english", "en-", "-en", "e1", "en US", "en-\x00", "<b>", strings.Repeat("en-", 20)} {
		if got, err := domain.ParseLang(bad); err == nil {
			t.Errorf("%q is taken as %q", bad, got)
		}
	}
}

// TestMint: ids and serials rise in the order in which they are made, whoever
// makes them, and whatever the clock does.
func TestMint(t *testing.T) {
	start := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	var mu sync.Mutex
	now, back := start, false
	mint := domain.NewMint(func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		if back = !back; back { // a clock that is set back, and stands
			return now.Add(-time.Hour)
		}
		return now
	}, nil)
	const makers, each = 8, 2000
	ids, serials := make([][]domain.ID, makers), make([][]domain.Serial, makers)
	var all sync.WaitGroup
	for i := range makers {
		all.Go(func() {
			for range each {
				ids[i], serials[i] = append(ids[i], mint.ID()), append(serials[i], mint.Serial())
			}
		})
	}
	all.Wait()
	seen, numbers := map[domain.ID]bool{}, map[domain.Serial]bool{}
	for i := range makers {
		if !slices.IsSorted(serials[i]) {
			t.Error("the serials of one maker do not rise")
		}
		for j := range each {
			seen[ids[i][j]], numbers[serials[i][j]] = true, true
		}
	}
	if len(seen) != makers*each || len(numbers) != makers*each {
		t.Errorf("%d ids and %d serials of %d", len(seen), len(numbers), makers*each)
	}
}

// TestEventChain: a chain verifies, also with payloads erased; whatever is
// changed, left out, added or put elsewhere, it does not.
func TestEventChain(t *testing.T) {
	check := func(chain []domain.Event) error {
		prev := ""
		for i, e := range chain {
			if err := e.Verify(prev, domain.FormulaLinks); err != nil {
				return err
			}
			if e.Seq != int64(i+1) {
				return domain.Fail(domain.Internal, "gap")
			}
			prev = e.Hash
		}
		return nil
	}
	mint := domain.NewMint(nil, nil)
	rapid.Check(t, func(t *rapid.T) {
		var chain []domain.Event
		prev := ""
		for i := range rapid.IntRange(2, 10).Draw(t, "events") {
			e := domain.NewEvent(mint, "task.finished", "actor", domain.Subject{Kind: "task", ID: mint.ID()}, map[string]int{"n": i}).Chain(int64(i+1), prev)
			chain, prev = append(chain, e), e.Hash
		}
		erased := slices.Clone(chain)
		at := rapid.IntRange(0, len(chain)-1).Draw(t, "at")
		erased[at].Payload = nil
		if err := check(chain); err != nil {
			t.Fatal(err)
		}
		if err := check(erased); err != nil {
			t.Fatalf("erased: %v", err)
		}
		if err := erased[at].Decode(&struct{}{}); domain.CodeOf(err) != domain.Gone {
			t.Fatalf("reading what was erased: %v", err)
		}
		e := &chain[at]
		what := rapid.SampledFrom([]string{"kind", "time", "actor", "subject", "payload", "id", "seq", "left out", "twice", "swapped"}).Draw(t, "what")
		switch what {
		case "kind":
			e.Kind += "x"
		case "time":
			e.Time = e.Time.Add(time.Nanosecond)
		case "actor":
			e.Actor = "another"
		case "subject":
			e.Subject.Kind, e.Subject.ID = e.Subject.Kind+string(e.Subject.ID[:1]), e.Subject.ID[1:]
		case "payload":
			e.Payload = json.RawMessage(`{"n":-1}`)
		case "id":
			e.ID = mint.ID()
		case "seq":
			e.Seq++
		case "left out":
			if at == len(chain)-1 {
				return // what was the last cannot be known by the chain alone
			}
			chain = slices.Delete(chain, at, at+1)
		case "twice":
			chain = slices.Insert(chain, at, *e)
		case "swapped":
			other := (at + 1) % len(chain)
			chain[at], chain[other] = chain[other], chain[at]
		}
		if check(chain) == nil {
			t.Fatalf("%s of event %d was changed and the chain verifies", what, at+1)
		}
	})
}

// TestParseDeadline: the last second of a day, be it longer or shorter than
// others, or without a midnight.
func TestParseDeadline(t *testing.T) {
	for _, x := range []struct{ typed, zone, want string }{
		{"2027-01-15", "Europe/Riga", "2027-01-15T21:59:59Z"}, {"2027-03-28", "Europe/Riga", "2027-03-28T20:59:59Z"},
		{"2027-10-31", "Europe/Riga", "2027-10-31T21:59:59Z"}, {"2027-03-14", "America/Havana", "2027-03-15T03:59:59Z"},
	} {
		zone, err := time.LoadLocation(x.zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := domain.ParseDeadline(x.typed, zone).Format(time.RFC3339); got != x.want {
			t.Errorf("%s in %s: %s, not %s", x.typed, x.zone, got, x.want)
		}
	}
	if got := domain.ParseDeadline("tomorrow", time.UTC); !got.Equal(domain.Unreadable) {
		t.Errorf("no day: %v", got)
	}
}
