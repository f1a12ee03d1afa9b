package web_test

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
	"interlink/web/locale"
)

// hashOf is written from the README alone: SHA-256 of strings, each after its
// length in bytes as a 64-bit number, the highest byte first.
func hashOf(parts ...string) string {
	var all []byte
	for _, p := range parts {
		all = binary.BigEndian.AppendUint64(all, uint64(len(p)))
		all = append(all, p...)
	}
	sum := sha256.Sum256(all)
	return hex.EncodeToString(sum[:])
}

// lines reads JSON Lines as somebody who knows nothing of our types.
func lines(t *testing.T, body string) []map[string]any {
	t.Helper()
	var all []map[string]any
	scan := bufio.NewScanner(strings.NewReader(body))
	scan.Buffer(nil, 1<<20)
	for scan.Scan() {
		decoder := json.NewDecoder(strings.NewReader(scan.Text()))
		decoder.UseNumber()
		var line map[string]any
		if err := decoder.Decode(&line); err != nil {
			t.Fatal(err)
		}
		all = append(all, line)
	}
	return all
}

func str(line map[string]any, name string) string {
	switch v := line[name].(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// checkLine verifies one record of an export; inside ones have more to verify.
func checkLine(line map[string]any, inside bool) error {
	if inside {
		if sum := sha256.Sum256([]byte(str(line, "payload"))); hex.EncodeToString(sum[:]) != str(line, "payloadHash") {
			return fmt.Errorf("payload of %v", line)
		}
		if hashOf(str(line, "id"), str(line, "actor")) != str(line, "actorHash") {
			return fmt.Errorf("actor of %v", line)
		}
	}
	content := hashOf(str(line, "id"), str(line, "kind"), str(line, "time"), str(line, "actorHash"), str(line, "subjectKind"), str(line, "subjectId"), str(line, "payloadHash"))
	if content != str(line, "contentHash") || hashOf(str(line, "seq"), str(line, "prevHash"), content) != str(line, "hash") {
		return fmt.Errorf("hashes of %v", line)
	}
	return nil
}

// TestLogIsCheckedByStrangers: what everybody can download of a public process
// is verified by the published algorithm, and found in the chain, though it
// names nobody; its people get all of it.
func TestLogIsCheckedByStrangers(t *testing.T) {
	s := newSite(t)
	if _, err := s.Coproduction.SetTaskStatus(t.Context(), s.official, "safe_ways", s.task.ID, s.task.Revision, coproduction.InProgress); err != nil {
		t.Fatal(err)
	}
	mate := s.person("mate", policy.RoleMember)
	if err := s.Coproduction.AddAdministrator(t.Context(), s.official, "safe_ways", mate.Actor); err != nil {
		t.Fatal(err)
	}
	open := lines(t, s.anonymous().get("/processes/safe_ways/log.jsonl").body)
	whole := lines(t, s.as("mate").get("/processes/safe_ways/log.jsonl").body)
	if len(open) < 3 || len(open) != len(whole) {
		t.Fatalf("%d and %d records", len(open), len(whole))
	}
	chain := map[string]string{}
	before := ""
	for i, l := range lines(t, s.anonymous().get("/log/chain.jsonl").body) {
		if str(l, "seq") != strconv.Itoa(i+1) || hashOf(str(l, "seq"), before, str(l, "contentHash")) != str(l, "hash") {
			t.Fatalf("link %d: %v", i+1, l)
		}
		before = str(l, "hash")
		chain[str(l, "seq")] = before
	}
	var head map[string]any
	if err := json.Unmarshal([]byte(s.anonymous().get("/log/head").body), &head); err != nil || head["hash"] != before || head["proof"] == nil {
		t.Errorf("the head is %v, want the hash %s and a proof (%v)", head, before, err)
	}
	for i := range open {
		if err := checkLine(open[i], false); err != nil {
			t.Error("as a stranger:", err)
		}
		if err := checkLine(whole[i], true); err != nil {
			t.Error("as one who takes part:", err)
		}
		if open[i]["actor"] != nil || open[i]["payload"] != nil || whole[i]["actor"] == nil {
			t.Errorf("a stranger sees %v", open[i])
		}
		if chain[str(open[i], "seq")] != str(open[i], "hash") {
			t.Errorf("the chain lacks %v", open[i])
		}
	}
	forged := whole[1]
	forged["kind"] = "task.finished"
	if checkLine(forged, true) == nil {
		t.Error("a forged record passes")
	}
}

// TestWhoSeesALog: strangers see that something happened in a public process,
// not who did it; other logs are not for them.
func TestWhoSeesALog(t *testing.T) {
	s := newSite(t)
	stranger, official := s.anonymous(), s.as("official")
	s.person("visitor", policy.RoleMember)
	visitor := s.as("visitor")
	page := stranger.get("/processes/safe_ways/log?lang=en").body
	if !strings.Contains(page, "Process started: ") || strings.Contains(page, "@official") || strings.Contains(page, "/users/official") {
		t.Error("the log of a public process for a stranger")
	}
	if page := official.get("/processes/safe_ways/log?lang=en").body; !strings.Contains(page, "/users/official") {
		t.Error("one who takes part does not see who did it")
	}
	for path, want := range map[string][3]int{ // stranger, visitor, official
		"/processes/safe_ways/log?who=official": {401, 404, 200}, "/organizations/city_lab/log": {404, 404, 200},
		"/teams/routes/log": {404, 404, 200}, "/admin/log": {404, 404, 200}, "/log": {200, 200, 200},
		"/organizations/city_lab/log.jsonl": {404, 404, 200}, "/admin/log.jsonl": {404, 404, 200},
		"/processes/safe_ways/log?who=nobody_at_all": {422, 422, 422}, "/processes/safe_ways/log?from=soon": {422, 422, 422},
		"/admin/log?family=account&from=2020-01-01&until=2100-01-01": {404, 404, 200},
	} {
		for i, r := range []*reader{stranger, visitor, official} {
			if got := r.get(path).status; got != want[i] && (want[i] != 401 || got != http.StatusNotFound) {
				t.Errorf("%s for %d: status %d, want %d", path, i, got, want[i])
			}
		}
	}
	if _, err := s.Coproduction.Edit(t.Context(), s.official, "safe_ways", s.process.Revision, coproduction.Details{Title: domain.Text{"en": "Safe ways"}, Language: "en", Visibility: domain.VisibleMembers}); err != nil {
		t.Fatal(err)
	}
	if got := stranger.get("/processes/safe_ways/log.jsonl").status; got != http.StatusNotFound {
		t.Errorf("the log of a process that is not public: status %d", got)
	}
	narrowed := official.get("/admin/log?lang=en&family=account&" + url.Values{"who": {"official"}}.Encode()).body
	if strings.Contains(narrowed, "Process started") {
		t.Error("the log is not narrowed")
	}
}

// TestEveryKindOfEventHasWords reads the kinds from the sources of the domain.
func TestEveryKindOfEventHasWords(t *testing.T) {
	kinds := map[string]bool{}
	for _, k := range catalogue.Kinds {
		kinds[string(catalogue.Created(k))], kinds[string(catalogue.Updated(k))], kinds[string(catalogue.Withdrew(k))], kinds[string(catalogue.Deletes(k))] = true, true, true, true
	}
	files, err := filepath.Glob("../domain/*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !strings.HasSuffix(file, "_test.go") {
			readKinds(t, file, kinds)
		}
	}
	if len(kinds) < 80 {
		t.Fatalf("only %d kinds were found", len(kinds))
	}
	for kind := range kinds {
		if !locale.Default().Has("log_kind." + kind) {
			t.Errorf("no words for %s", kind)
		}
	}
}

func readKinds(t *testing.T, file string, into map[string]bool) {
	t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), file, source, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range parsed.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		for _, spec := range g.Specs {
			v, ok := spec.(*ast.ValueSpec)
			if !ok || v.Type == nil || len(v.Values) != 1 {
				continue
			}
			typed, ok := v.Type.(*ast.SelectorExpr)
			if literal, is := v.Values[0].(*ast.BasicLit); ok && is && typed.Sel.Name == "EventKind" {
				kind, err := strconv.Unquote(literal.Value)
				if err != nil {
					t.Fatal(err)
				}
				into[kind] = true
			}
		}
	}
}
