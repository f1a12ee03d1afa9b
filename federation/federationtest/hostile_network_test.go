package federationtest_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
)

// root is the module's directory.
const root = "../.."

// eachFile parses the module's own Go files.
func eachFile(t *testing.T, fn func(path string, file *ast.File)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && strings.HasPrefix(d.Name(), "."):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err == nil {
			fn(filepath.ToSlash(strings.TrimPrefix(path, root+"/")), file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// ownClients are the files that ask this node itself, or its bucket, at addresses
// that are set, and nobody else: the health check of a container, the doctor, and
// what bounds how long the bucket is waited for.
var ownClients = []string{"cmd/interlink/health.go", "cmd/interlink/node/examine_address.go", "storage/blob/moving.go"}

// TestSec17OneClient: no package but federation/remote makes an HTTP client with
// which others are asked.
func TestSec17OneClient(t *testing.T) {
	clients := 0
	eachFile(t, func(path string, file *ast.File) {
		if strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "federation/federationtest/") ||
			strings.HasPrefix(path, "cmd/interlink/demo/") || slices.Contains(ownClients, path) { // the demo visits its own nodes
			return
		}
		ast.Inspect(file, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := s.X.(*ast.Ident); !ok || x.Name != "http" {
				return true
			}
			switch s.Sel.Name {
			case "Get", "Post", "PostForm", "Head", "Client", "Transport", "DefaultClient", "DefaultTransport":
				if clients++; !strings.HasPrefix(path, "federation/remote/") {
					t.Errorf("%s uses http.%s", path, s.Sel.Name)
				}
			}
			return true
		})
	})
	if clients == 0 {
		t.Error("not even federation/remote has a client: the test looks for the wrong thing")
	}
}

// TestSec19Bombs: a document that grows when it is unpacked is given up, and
// so is a body that arrives packed: nobody may send that to an inbox.
func TestSec19Bombs(t *testing.T) {
	b := besiege(t, federationtest.New(t, "Zaragoza"))
	bomb := b.hostile.Path(b.hostile.Person(5))
	b.hostile.Bomb(bomb, 200<<20)
	if _, err := b.Lookup(t.Context(), b.hostile.URL+bomb); domain.CodeOf(err) != domain.TooLarge {
		t.Errorf("%v", err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.URL+"/inbox", strings.NewReader("\x1f\x8b\x08\x00"))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/activity+json")
	request.Header.Set("Content-Encoding", "gzip")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if _ = answer.Body.Close(); answer.StatusCode != http.StatusBadRequest {
		t.Errorf("a packed body: %d", answer.StatusCode)
	}
}

// TestSec21Amplification: what one activity makes the node ask of servers that
// it names is nothing, whoever sends it; only what was followed is read, from
// its own server.
func TestSec21Amplification(t *testing.T) {
	b, victim, stranger := besiege(t, federationtest.New(t, "Zaragoza")), federationtest.NewHostile(t), federationtest.NewHostile(t)
	var everybody []string
	for n := range 900 {
		everybody = append(everybody, fmt.Sprintf("%s/people/%d", victim.URL, n))
	}
	tags := make([]any, len(everybody))
	for i, href := range everybody {
		tags[i] = map[string]string{"type": "Mention", "href": href, "name": "@x"}
	}
	object := victim.URL + "/notes/1"
	for _, p := range []*federationtest.Hostile{stranger, b.hostile} {
		own := string(p.Person(1))
		for _, activity := range []map[string]any{
			{"type": "Create", "object": object},
			{"type": "Update", "object": object},
			{"type": "Delete", "object": object},
			{"type": "Undo", "object": object},
			{"type": "Accept", "object": object},
			{"type": "Offer", "object": object, "target": victim.URL + "/clones"},
			{"type": "Add", "object": object, "target": victim.URL + "/featured"},
			{"type": "Like", "object": object},
			{"type": "Follow", "object": string(victim.Person(1))},
			{"type": "Create", "to": everybody, "cc": everybody, "object": map[string]any{
				"id": own + "/notes/7", "type": "Note", "attributedTo": own, "content": "…", "to": append([]string{public}, everybody...), "cc": everybody,
				"tag": tags, "inReplyTo": object, "context": victim.URL + "/context", "replies": victim.URL + "/replies",
				"attachment": []any{map[string]string{"type": "Image", "url": victim.URL + "/image"}},
			}},
		} {
			b.accepts(t, p.Peer, activity)
		}
	}
	b.accepts(t, stranger.Peer, map[string]any{"type": "Announce", "object": object})
	b.cluster.Settle()
	if n := victim.Asked(); n != 0 {
		t.Errorf("the victim was asked %d times", n)
	}
	b.accepts(t, b.hostile.Peer, map[string]any{"type": "Announce", "object": object})
	b.cluster.Settle()
	if n := victim.Asked(); n != 1 {
		t.Errorf("an announced object was asked for %d times", n)
	}
}

// TestSec21Collections: collections without an end, that go round, and that
// lead elsewhere are given up.
func TestSec21Collections(t *testing.T) {
	b, victim := besiege(t, federationtest.New(t, "Zaragoza")), federationtest.NewHostile(t)
	for what, c := range map[string]struct {
		next func(page string) string
		most int
	}{
		"to itself": {func(string) string { return b.hostile.URL + "/tree" }, 1},
		"round": {func(page string) string {
			if page == b.hostile.Page("/tree", 0) {
				return b.hostile.Page("/tree", 1)
			}
			return b.hostile.Page("/tree", 0)
		}, 3},
		"without an end": {func(page string) string {
			if page == "" {
				return b.hostile.Page("/tree", 0)
			}
			return page + "i"
		}, 201},
		"elsewhere": {func(string) string { return victim.URL + "/tree" }, 1},
	} {
		b.hostile.Endless("/tree", c.next)
		b.hostile.Pretend(6, map[string]any{"type": "Group", "interlink:process": map[string]any{"tree": b.hostile.URL + "/tree", "language": "en"}})
		before := b.hostile.Asked()
		if _, err := b.Source(t.Context(), b.hostile.Person(6)); domain.CodeOf(err) != domain.TooLarge {
			t.Errorf("%s: %v", what, err)
		}
		if n := b.hostile.Asked() - before - 3; n > c.most { // two for the actor, one for what is said of the tree
			t.Errorf("%s: %d requests", what, n)
		}
	}
	if n := victim.Asked(); n != 0 {
		t.Errorf("the other server was asked %d times", n)
	}
}

// TestSec21WebFinger: handles that lead round and round cost two requests.
func TestSec21WebFinger(t *testing.T) {
	b := besiege(t, federationtest.New(t, "Zaragoza"))
	other := federationtest.NewHostile(t)
	round := func(from, to *federationtest.Hostile) {
		host := func(h *federationtest.Hostile) string { return domain.IRI(h.URL).Host() }
		from.Lie("/.well-known/webfinger?resource=acct%3Ax%40"+strings.ReplaceAll(host(from), ":", "%3A"), func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/jrd+json")
			_, _ = fmt.Fprintf(w, `{"subject":"acct:x@%s","links":[{"rel":"self","type":"application/activity+json","href":"%s"}]}`, host(to), b.URL+"/users/official")
		})
	}
	round(b.hostile, other)
	round(other, b.hostile)
	before := b.hostile.Asked()
	if a, err := b.Lookup(t.Context(), "@x@"+domain.IRI(b.hostile.URL).Host()); err == nil {
		t.Errorf("found %v", a)
	}
	if n := b.hostile.Asked() - before + other.Asked(); n > 2 {
		t.Errorf("%d requests", n)
	}
}

// TestSec32FollowerFlood: followers beyond number, of one server, cost a row
// and an answer each; a repeated Follow costs no second row, and nobody else
// waits.
func TestSec32FollowerFlood(t *testing.T) {
	b := besiege(t, federationtest.New(t, "Zaragoza"))
	const flood = 60
	for n := range flood {
		for range 3 {
			if status, err := b.hostile.Send(t.Context(), 100+n, b.URL+"/inbox", b.hostile.Follow(100+n, b.community.IRI), "cavage"); err != nil || status != http.StatusAccepted {
				t.Fatalf("status %d (%v)", status, err)
			}
		}
	}
	b.cluster.Settle()
	followers, err := b.Network.Followers(t.Context(), policy.Viewer{}, b.community.ID, domain.Page{Limit: 1})
	if err != nil || followers.Total != flood+1 { // with who founded it
		t.Errorf("%d followers (%v)", followers.Total, err)
	}
	if n := len(b.hostile.Inbox(100)); n != 1 {
		t.Errorf("the first was answered %d times", n)
	}
}
