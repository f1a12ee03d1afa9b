package integration

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"interlink/domain"
	"interlink/domain/policy"
)

// TestWhoConnects: who runs the node, and nobody else, with a token that says so.
func TestWhoConnects(t *testing.T) {
	t.Parallel()
	var s Service
	for _, c := range []struct {
		v    policy.Viewer
		want domain.Code
	}{
		{policy.Viewer{}, domain.NotFound},
		{policy.Viewer{Actor: "a", Role: policy.RoleRemote}, domain.NotFound},
		{policy.Viewer{Actor: "a", Role: policy.RoleMember}, domain.NotFound},
		{policy.Viewer{Actor: "a", Role: policy.RoleCurator}, domain.NotFound},
		{policy.Viewer{Actor: "a", Role: policy.RoleModerator}, domain.NotFound},
		{policy.Viewer{Actor: "a", Role: policy.RoleAdmin}, domain.OK},
		{policy.Viewer{Actor: "a", Role: policy.RoleAdmin, Scopes: []policy.Scope{policy.ScopeRead, policy.ScopeWrite}}, domain.NotFound},
		{policy.Viewer{Actor: "a", Role: policy.RoleAdmin, Scopes: []policy.Scope{policy.ScopeRead, policy.ScopeAdmin}}, domain.Forbidden},
		{policy.Viewer{Actor: "a", Role: policy.RoleAdmin, Scopes: []policy.Scope{policy.ScopeWrite, policy.ScopeAdmin}}, domain.OK},
	} {
		if got := domain.CodeOf(s.Administers(c.v)); got != c.want {
			t.Errorf("%+v: %q, not %q", c.v, got, c.want)
		}
	}
}

// TestBase: pages that get a token are on another server, and, unless all is on
// this machine, asked for by https.
func TestBase(t *testing.T) {
	t.Parallel()
	ns, err := domain.NewNamespace("https://city.example")
	if err != nil {
		t.Fatal(err)
	}
	for base, want := range map[string]domain.IRI{
		"https://board.example/api/": "https://board.example/api", " https://board.example:8443 ": "https://board.example:8443", "http://board.example": "", "https://city.example/api": "",
		"https://a@board.example": "", "https://board.example/?q": "", "https://board.example/#x": "", "javascript:alert(1)": "", "https://": "", "https://" + strings.Repeat("a", 600) + ".example": "",
	} {
		var tool Tool
		if err := tool.apply(Details{Base: base}, ns); tool.Base != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", base, tool.Base, err)
		}
	}
	tool := Tool{Base: "https://board.example:8443/api"}
	if tool.Origin() != "https://board.example:8443" || tool.at("a:b", Edit) != "https://board.example:8443/api/assets/a:b/edit" || tool.at("", Instantiate) != "https://board.example:8443/api/assets/instantiate" {
		t.Errorf("%s, %s", tool.Origin(), tool.at("a:b", Edit))
	}
}

// TestStates: a state gives back what it was made of, to who began it, while it
// counts; nothing else is one.
func TestStates(t *testing.T) {
	t.Parallel()
	s, other := newSecrets([]byte("one secret of a node")), newSecrets([]byte("another secret"))
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		l := launch{
			Tool: domain.ID(rapid.String().Draw(t, "tool")), Process: rapid.String().Draw(t, "process"), Task: domain.ID(rapid.String().Draw(t, "task")),
			By: domain.ActorID(rapid.StringN(1, 20, -1).Draw(t, "by")), Until: now.Add(time.Hour).Unix(),
		}
		clean := func(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
		l.Tool, l.Process, l.Task, l.By = domain.ID(clean(string(l.Tool))), clean(l.Process), domain.ID(clean(string(l.Task))), domain.ActorID(clean(string(l.By)))
		state := s.state(l)
		if len(state) > 1000 {
			return
		}
		if got, err := s.launched(state, l.By, now); err != nil || got != l {
			t.Fatalf("%+v, %v", got, err)
		}
		if _, err := s.launched(state, l.By, now.Add(2*time.Hour)); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("too old: %v", err)
		}
		if _, err := s.launched(state, l.By+"x", now); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("of somebody else: %v", err)
		}
		if _, err := other.launched(state, l.By, now); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("of another node: %v", err)
		}
		at := rapid.IntRange(0, len(state)-1).Draw(t, "at")
		forged := []byte(state)
		forged[at] = rapid.SampledFrom([]byte("ABCDwxyz0189-_")).Draw(t, "letter")
		if got, err := s.launched(string(forged), l.By, now); err == nil && got != l {
			t.Errorf("forged: %+v", got)
		}
	})
}

// TestNames: an Interlinker knows a person by one name, and no two of them by
// the same.
func TestNames(t *testing.T) {
	t.Parallel()
	s := newSecrets([]byte("one secret of a node"))
	one := s.name("https://board.example", "ana")
	if one != s.name("https://board.example", "ana") || one == s.name("https://survey.example", "ana") || one == s.name("https://board.example", "bo") ||
		one == newSecrets([]byte("another secret")).name("https://board.example", "ana") || strings.Contains(one, "ana") {
		t.Errorf("known as %q", one)
	}
}

func FuzzState(f *testing.F) {
	s := newSecrets([]byte("one secret of a node"))
	f.Add(s.state(launch{Tool: "t", Process: "p", Task: "i", By: "ana", Until: 1}))
	f.Add("")
	f.Fuzz(func(t *testing.T, state string) {
		if l, err := s.launched(state, "ana", time.Unix(0, 0)); err == nil && l.By != "ana" {
			t.Errorf("%+v", l)
		}
	})
}
