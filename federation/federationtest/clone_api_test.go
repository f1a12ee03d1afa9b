package federationtest_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/catalogue"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/federation/federationtest"
)

// program calls the API of a node.
type program struct{ base, token string }

// programOf is a program of somebody who has an account.
func programOf(t *testing.T, n *node.Node, base, username string) program {
	t.Helper()
	a, err := n.Accounts.ByUsername(t.Context(), username)
	if err != nil {
		t.Fatal(err)
	}
	token, err := n.Accounts.CreateToken(t.Context(), a, "program", []policy.Scope{policy.ScopeRead, policy.ScopeWrite})
	if err != nil {
		t.Fatal(err)
	}
	return program{base + "/api/interlink/v1", token}
}

// call calls, and wants a status; 0 is any, also none. body is bytes of an
// archive, or what becomes JSON.
func (p program) call(t *testing.T, status int, method, path string, body any) (answer map[string]any, raw []byte) {
	t.Helper()
	sent, kind := []byte(nil), "application/json"
	if archive, ok := body.([]byte); ok {
		sent, kind = archive, "application/zip"
	} else if body != nil {
		sent, _ = json.Marshal(body)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, p.base+path, bytes.NewReader(sent))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+p.token)
	r.Header.Set("Content-Type", kind)
	got, err := http.DefaultClient.Do(r)
	if err == nil {
		defer got.Body.Close()
		raw, err = io.ReadAll(got.Body)
	}
	if status == 0 {
		return nil, nil
	}
	if err != nil || got.StatusCode != status {
		t.Fatalf("%s %s: %v, want %d: %.500s (%v)", method, path, got, status, raw, err)
	}
	_ = json.Unmarshal(raw, &answer)
	return answer, raw
}

// TestClonesByAPI: a program clones what another node has by its address, be it a
// process, a story that nobody here heard of, or a schema, and what was exported
// there by the file; as it waits, and as a job that it looks at and stops. What
// is not as its node or its file says is refused, and nothing of it stays.
func TestClonesByAPI(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Riga"}, func(t *testing.T, c *federationtest.Cluster) {
		zaragoza, riga := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
		zaragoza.starterCatalogue(t)
		riga.starterCatalogue(t)
		original := zaragoza.process(t, "safe_ways")
		told, err := zaragoza.Stories.Publish(t.Context(), zaragoza.official, story.Input{Slug: "told", Process: "safe_ways", Owner: zaragoza.owner.ID, Telling: story.Telling{
			Title: english("Safe"), Summary: english("s"), Results: english("r"),
		}})
		if err != nil {
			t.Fatal(err)
		}
		c.Settle()
		there, here := programOf(t, zaragoza.Node.Node, zaragoza.URL, "official"), programOf(t, riga.Node.Node, riga.URL, "official")
		made := func(source domain.IRI, name string, items int) {
			t.Helper()
			p, _ := here.call(t, http.StatusCreated, "POST", "/clones", map[string]any{"source": source, "name": name, "country": "LV"})
			tree, _ := here.call(t, http.StatusOK, "GET", "/processes/"+name+"/tree", nil)
			if list, _ := tree["items"].([]any); p["iri"] != riga.URL+"/processes/"+name || len(list) != items {
				t.Errorf("%s became %v with %d items, want %d", source, p["iri"], len(list), items)
			}
		}
		_, tree, err := zaragoza.Coproduction.Tree(t.Context(), zaragoza.official, "safe_ways")
		if err != nil {
			t.Fatal(err)
		}
		made(original.IRI, "of_a_process", tree.Len())
		made(told.IRI, "of_a_story", tree.Len())
		schema, err := riga.Catalogue.Entry(t.Context(), riga.official, catalogue.KindSchema, "public-service", "")
		if err != nil {
			t.Fatal(err)
		}
		made(schema.IRI, "of_a_schema", schema.Schema.Count(catalogue.Phase)+schema.Schema.Count(catalogue.Objective)+schema.Schema.Count(catalogue.Task))

		foreign, err := zaragoza.Catalogue.Entry(t.Context(), zaragoza.official, catalogue.KindSchema, "public-service", "")
		if err != nil {
			t.Fatal(err)
		}
		_, refused := here.call(t, http.StatusUnprocessableEntity, "POST", "/clones", map[string]any{"source": foreign.IRI, "name": "of_a_foreign_schema"})
		if !strings.Contains(string(refused), "schema of another node") {
			t.Errorf("a schema that waits for a curator: %s", refused)
		}

		_, archive := there.call(t, http.StatusOK, "GET", "/processes/safe_ways/export", nil)
		brought, _ := here.call(t, http.StatusCreated, "POST", "/bringings", archive)
		made(domain.IRI(fmt.Sprint(brought["iri"])), "of_a_file", tree.Len())
		here.call(t, http.StatusUnprocessableEntity, "POST", "/bringings", altered(t, archive))

		begun, _ := here.call(t, http.StatusCreated, "POST", "/clonings", map[string]any{"source": told.IRI, "name": "job"})
		stopped, _ := here.call(t, http.StatusCreated, "POST", "/clonings", map[string]any{"source": original.IRI, "name": "stopped"})
		if stopped["state"] != "running" || stopped["total"] != float64(tree.Len()) {
			t.Errorf("begun: %v", stopped)
		}
		here.call(t, http.StatusOK, "POST", fmt.Sprint("/clonings/", stopped["id"], "/cancel"), nil)
		c.Settle()
		for id, want := range map[any]string{begun["id"]: "done", stopped["id"]: "cancelled"} {
			if now, _ := here.call(t, http.StatusOK, "GET", fmt.Sprint("/clonings/", id), nil); now["state"] != want {
				t.Errorf("it is %v, want %s", now, want)
			}
		}
		here.call(t, http.StatusNotFound, "GET", "/processes/stopped", nil)
		clones, _ := there.call(t, http.StatusOK, "GET", "/processes/safe_ways/clones", nil)
		if list, _ := clones["items"].([]any); len(list) != 4 { // of the process, the story, the file and the job
			t.Errorf("in Zaragoza %d clones are known: %v", len(list), list)
		}
		if _, err := zaragoza.Stories.Withdraw(t.Context(), zaragoza.official, "told"); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		// Riga follows nobody there, and is not told: it asks.
		here.call(t, http.StatusUnprocessableEntity, "POST", "/clones", map[string]any{"source": told.IRI, "name": "too_late"})
		again, err := zaragoza.Stories.Publish(t.Context(), zaragoza.official, story.Input{Slug: "again", Process: "safe_ways", Owner: zaragoza.owner.ID, Telling: told.Telling})
		if err != nil {
			t.Fatal(err)
		}
		c.Settle()
		made(again.IRI, "of_another_story", tree.Len())
		looks := browser(t, riga.Node)
		if _, body := looks("/clone?address=" + url.QueryEscape(string(foreign.IRI))); !strings.Contains(body, "schema of another node") {
			t.Error("it is not said that a schema waits for a curator")
		}
		preview := "/clone?address=" + url.QueryEscape(string(again.IRI))
		if status, body := looks(preview); status != http.StatusOK || !strings.Contains(body, "Preview of the clone") {
			t.Errorf("the preview: status %d", status)
		}
		if _, err := zaragoza.Stories.Withdraw(t.Context(), zaragoza.official, "again"); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if status, body := looks(preview); status != http.StatusUnprocessableEntity || !strings.Contains(body, "This story was withdrawn") {
			t.Errorf("the preview of what was withdrawn: status %d, or it is not said", status)
		}
	})
}

// browser signs somebody in at a node, and returns what reads its pages.
func browser(t *testing.T, n *federationtest.Node) func(path string) (status int, body string) {
	t.Helper()
	if _, err := n.Accounts.Create(t.Context(), account.SignUp{Username: "looker", Email: "looker@people.example", Password: "a long pass phrase"}, policy.RoleMember); err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	read := func(answer *http.Response, err error) (int, string) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, string(body)
	}
	read(client.PostForm(n.URL+"/sign-in", url.Values{"login": {"looker"}, "password": {"a long pass phrase"}}))
	return func(path string) (int, string) { return read(client.Get(n.URL + path)) }
}

// altered is an archive of which the document says something else than the
// manifest vouches for.
func altered(t *testing.T, archive []byte) []byte {
	t.Helper()
	from, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	to := zip.NewWriter(&out)
	for _, f := range from.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == "process.json" {
			raw = append(raw, ' ')
		}
		w, err := to.CreateHeader(&zip.FileHeader{Name: f.Name, Method: f.Method})
		if err == nil {
			_, err = w.Write(raw)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
