package starter

import (
	"encoding/json"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
)

var languages = []string{"en", "es", "it", "lv", "nl"}

// properNames are the names that are the same in every language.
var properNames = []string{
	"Decidim", "Nextcloud", "OpenProject", "LimeSurvey", "Keycloak", "Penpot", "Nu Html Checker", "Grafana", "CPSV-AP",
}

type text map[string]string

type profile struct {
	ID          string `json:"id"`
	Name        text   `json:"name_translations"`
	Description text   `json:"description_translations"`
}

type node struct {
	profile
	Problems      []string `json:"problemprofiles"`
	Prerequisites []struct {
		Item string `json:"item"`
	} `json:"prerequisites"`
	CoDelivery *bool  `json:"is_part_of_codelivery"`
	Objectives []node `json:"objectives"`
	Tasks      []node `json:"tasks"`
}

func read[T any](t *testing.T, name string) T {
	t.Helper()
	var v T
	raw, err := fs.ReadFile(Tree(), name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

func profiles(t *testing.T) []profile {
	return read[[]profile](t, "problemprofiles/problemprofiles.json")
}

func phases(t *testing.T) []node {
	t.Helper()
	names, err := fs.Glob(Tree(), "schemas/public-service/phases/*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("phases: %v, %v", names, err)
	}
	var found []node
	for _, name := range names {
		found = append(found, read[node](t, name))
	}
	return found
}

// translated checks that a text has all languages, and that it is not English
// everywhere.
func translated(t *testing.T, where string, s text, proper bool) {
	t.Helper()
	same := true
	for _, l := range languages {
		if s[l] == "" || strings.TrimSpace(s[l]) != s[l] {
			t.Errorf("%s: %q is empty or has spaces around it in %s", where, s[l], l)
		}
		same = same && s[l] == s["en"]
	}
	if len(s) != len(languages) {
		t.Errorf("%s: languages %v", where, slices.Sorted(maps.Keys(s)))
	}
	if same && !proper {
		t.Errorf("%s: %q is the same in all languages", where, s["en"])
	}
}

func described(t *testing.T, p profile) {
	t.Helper()
	translated(t, p.ID+" name", p.Name, slices.Contains(properNames, p.Name["en"]))
	translated(t, p.ID+" description", p.Description, false)
}

func codes(t *testing.T) map[string]bool {
	t.Helper()
	known := map[string]bool{}
	for _, p := range profiles(t) {
		if known[p.ID] {
			t.Errorf("profile %s is there twice", p.ID)
		}
		known[p.ID] = true
	}
	return known
}

func TestEveryFileIsReadableJSONOrText(t *testing.T) {
	size := 0
	err := fs.WalkDir(Tree(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(Tree(), name)
		if err != nil {
			return err
		}
		size += len(raw)
		switch path.Ext(name) {
		case ".md":
		case ".json":
			if !json.Valid(raw) || strings.Contains(string(raw), `\u`) || !strings.Contains(string(raw), "\n  ") {
				t.Errorf("%s is not plain, indented JSON", name)
			}
		default:
			t.Errorf("%s: unexpected kind of file", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if size > 600_000 {
		t.Errorf("the tree has %d bytes, more than 600 KB", size)
	}
}

func TestProblemProfiles(t *testing.T) {
	if n := len(codes(t)); n != 45 {
		t.Errorf("%d profiles, want 45", n)
	}
	for _, p := range profiles(t) {
		described(t, p)
	}
}

// siblings checks ids and prerequisites of nodes that stand side by side.
func siblings(t *testing.T, nodes []node, seen map[string]bool) {
	t.Helper()
	before := map[string][]string{}
	for _, n := range nodes {
		described(t, n.profile)
		if seen[n.ID] {
			t.Errorf("node %s is there twice", n.ID)
		}
		seen[n.ID] = true
		before[n.ID] = nil
		for _, p := range n.Prerequisites {
			before[n.ID] = append(before[n.ID], p.Item)
		}
	}
	done := map[string]bool{}
	for len(before) > 0 {
		free := slices.DeleteFunc(slices.Collect(maps.Keys(before)), func(id string) bool {
			return slices.ContainsFunc(before[id], func(p string) bool { return !done[p] })
		})
		if len(free) == 0 {
			t.Fatalf("prerequisites are cyclic or not siblings: %v", before)
		}
		for _, id := range free {
			delete(before, id)
			done[id] = true
		}
	}
}

func TestSchemaTree(t *testing.T) {
	head := read[profile](t, "schemas/public-service/metadata.json")
	described(t, head)
	if head.ID != "public-service" {
		t.Errorf("schema id %q", head.ID)
	}
	all := phases(t)
	siblings(t, all, map[string]bool{})
	objectives, tasks := 0, 0
	seenObjectives, seenTasks, deliveries := map[string]bool{}, map[string]bool{}, 0
	for _, p := range all {
		if p.CoDelivery == nil {
			t.Errorf("%s does not say whether it is part of the co-delivery", p.ID)
		} else if *p.CoDelivery {
			deliveries++
		}
		objectives += len(p.Objectives)
		siblings(t, p.Objectives, seenObjectives)
		for _, o := range p.Objectives {
			tasks += len(o.Tasks)
			siblings(t, o.Tasks, seenTasks)
		}
	}
	if len(all) != 4 || objectives != 12 || tasks < 30 || tasks > 36 || deliveries != 2 {
		t.Errorf("%d phases (%d co-delivery), %d objectives, %d tasks", len(all), deliveries, objectives, tasks)
	}
}

func TestEveryTaskIsAnswered(t *testing.T) {
	known, answers := codes(t), map[string]int{}
	for _, i := range interlinkers(t) {
		for _, p := range i.Problems {
			answers[p]++
		}
	}
	for _, p := range phases(t) {
		for _, o := range p.Objectives {
			for _, task := range o.Tasks {
				problems := slices.Concat(task.Problems, o.Problems)
				if len(problems) == 0 {
					t.Errorf("%s has no problem profile", task.ID)
				}
				for _, c := range problems {
					if !known[c] || answers[c] == 0 {
						t.Errorf("%s: no profile or no Interlinker for %s", task.ID, c)
					}
				}
			}
		}
	}
	for c := range known {
		if answers[c] == 0 {
			t.Errorf("no Interlinker answers %s", c)
		}
	}
}
