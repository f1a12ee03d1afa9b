package starter

import (
	"encoding/json"
	"io/fs"
	"maps"
	"path"
	"reflect"
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

// schemas are those that are there, with the purposes they are made for and
// how many phases, phases of co-delivery, objectives and tasks they have.
var schemas = map[string]struct {
	purposes                            []string
	phases, delivery, objectives, tasks int
}{
	"public-service":    {[]string{"new", "deliver"}, 4, 2, 12, 36},
	"improve-service":   {[]string{"improve"}, 4, 1, 8, 18},
	"plain-description": {[]string{"describe"}, 4, 1, 7, 15},
	"idea-event":        {[]string{"event"}, 4, 1, 8, 19},
}

func phases(t *testing.T, schema string) []node {
	t.Helper()
	names, err := fs.Glob(Tree(), "schemas/"+schema+"/phases/*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("phases of %s: %v, %v", schema, names, err)
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

func TestSchemaTrees(t *testing.T) {
	dirs, err := fs.ReadDir(Tree(), "schemas")
	if err != nil || len(dirs) != len(schemas) {
		t.Errorf("%d schemas, want %d (%v)", len(dirs), len(schemas), err)
	}
	for name, want := range schemas {
		t.Run(name, func(t *testing.T) {
			head := read[struct {
				profile
				Purposes  []string            `json:"purposes"`
				Tags      map[string][]string `json:"tags_translations"`
				Languages []string            `json:"languages"`
				SPDX      string              `json:"spdx"`
			}](t, "schemas/"+name+"/metadata.json")
			described(t, head.profile)
			if head.ID != name || !slices.Equal(head.Purposes, want.purposes) || !slices.Equal(head.Languages, languages) || head.SPDX != "CC-BY-4.0" {
				t.Errorf("id %q, purposes %v, languages %v, licence %q", head.ID, head.Purposes, head.Languages, head.SPDX)
			}
			for _, l := range languages {
				if len(head.Tags[l]) < 2 || len(head.Tags[l]) != len(head.Tags["en"]) {
					t.Errorf("tags in %s: %v", l, head.Tags[l])
				}
			}
			got := want
			got.phases, got.delivery, got.objectives, got.tasks = size(t, phases(t, name))
			if !reflect.DeepEqual(got, want) {
				t.Errorf("phases, of co-delivery, objectives, tasks: %v, want %v", got, want)
			}
		})
	}
}

// size counts the nodes of a schema, and checks each.
func size(t *testing.T, all []node) (phases, delivery, objectives, tasks int) {
	t.Helper()
	siblings(t, all, map[string]bool{})
	seenObjectives, seenTasks := map[string]bool{}, map[string]bool{}
	for _, p := range all {
		if p.CoDelivery == nil {
			t.Errorf("%s does not say whether it is part of the co-delivery", p.ID)
		} else if *p.CoDelivery {
			delivery++
		}
		objectives += len(p.Objectives)
		siblings(t, p.Objectives, seenObjectives)
		for _, o := range p.Objectives {
			tasks += len(o.Tasks)
			siblings(t, o.Tasks, seenTasks)
		}
	}
	return len(all), delivery, objectives, tasks
}

func TestEveryTaskIsAnswered(t *testing.T) {
	known, answers := codes(t), map[string]int{}
	for _, i := range interlinkers(t) {
		for _, p := range i.Problems {
			answers[p]++
		}
	}
	for name := range schemas {
		for _, p := range phases(t, name) {
			for _, o := range p.Objectives {
				for _, task := range o.Tasks {
					problems := slices.Concat(task.Problems, o.Problems)
					if len(problems) == 0 {
						t.Errorf("%s of %s has no problem profile", task.ID, name)
					}
					for _, c := range problems {
						if !known[c] || answers[c] == 0 {
							t.Errorf("%s of %s: no profile or no Interlinker for %s", task.ID, name, c)
						}
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
