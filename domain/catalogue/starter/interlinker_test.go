package starter

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

type interlinker struct {
	profile
	nature, dir string

	Type         string              `json:"type"`
	Problems     []string            `json:"problemprofiles"`
	Constraints  text                `json:"constraints_and_limitations_translations"`
	Regulations  text                `json:"regulations_and_standards_translations"`
	Tags         map[string][]string `json:"tags_translations"`
	Difficulty   string              `json:"difficulty"`
	Licence      string              `json:"licence"`
	SPDX         string              `json:"spdx"`
	Targets      []string            `json:"targets"`
	Types        []string            `json:"types"`
	Scopes       []string            `json:"administrative_scopes"`
	Form         string              `json:"form"`
	Format       string              `json:"format"`
	SupportedBy  []string            `json:"supported_by"`
	Instructions text                `json:"instructions_translations"`
	Files        text                `json:"file_translations"`
	URI          text                `json:"uri_translations"`
}

func interlinkers(t *testing.T) []interlinker {
	t.Helper()
	names, err := fs.Glob(Tree(), "interlinkers/*/*/metadata.json")
	if err != nil {
		t.Fatal(err)
	}
	var found []interlinker
	for _, name := range names {
		i := read[interlinker](t, name)
		i.dir = path.Dir(name)
		i.nature = path.Base(path.Dir(i.dir))
		found = append(found, i)
	}
	return found
}

func TestInterlinkers(t *testing.T) {
	known, seen, natures := codes(t), map[string]bool{}, map[string]int{}
	for _, i := range interlinkers(t) {
		described(t, i.profile)
		natures[i.nature]++
		if seen[i.ID] || i.ID != path.Base(i.dir) {
			t.Errorf("%s: id %q is there twice or is not the name of the folder", i.dir, i.ID)
		}
		seen[i.ID] = true
		if len(i.Problems) == 0 || len(i.Problems) > 6 {
			t.Errorf("%s has %d profiles", i.ID, len(i.Problems))
		}
		for _, p := range i.Problems {
			if !known[p] {
				t.Errorf("%s: unknown profile %s", i.ID, p)
			}
		}
		for _, l := range languages {
			if len(i.Tags[l]) == 0 {
				t.Errorf("%s has no tags in %s", i.ID, l)
			}
		}
		if len(i.Constraints) > 0 {
			translated(t, i.ID+" constraints", i.Constraints, false)
		}
		if len(i.Regulations) > 0 {
			translated(t, i.ID+" regulations", i.Regulations, true)
		}
		values(t, i)
		byNature(t, i)
	}
	if len(seen) < 40 || natures["knowledge"] < 20 || natures["software"] < 3 ||
		natures["externalsoftware"] < 4 || natures["externalknowledge"] < 3 || len(natures) != 4 {
		t.Errorf("%d Interlinkers: %v", len(seen), natures)
	}
}

var (
	spdx    = regexp.MustCompile(`^[A-Za-z0-9.-]+$`)
	address = regexp.MustCompile(`^https://[a-z0-9.-]+\.[a-z]+(/\S*)?$`)
	allowed = map[string][]string{
		"difficulty": {"very_easy", "easy", "medium", "difficult", "very_difficult"},
		"licence":    {"public_domain", "permissive", "copyleft", "non_commercial", "propietary"},
		"scope":      {"eu", "national", "local"},
		"supported":  {"saas", "on_premise", "installed_app"},
		"format":     {"", "pdf", "editable_source_document", "open_document", "structured_format"},
		"form": {"", "visual_template", "document_template", "canvas", "best_practices", "guidelines", "checklist",
			"survey_template", "legal_agreement_template", "other"},
		"target": {"all", "all;pas", "all;pas;public_servants", "all;pas;politicians", "all;businesses", "all;citizens",
			"all;research_organizations"},
		"type": {"enabling_services", "enabling_services;implementing_software_and_artifacts",
			"enabling_services;operation_services", "enhancing_services", "enhancing_services;onboarding_services",
			"enhancing_services;followup_services"},
	}
)

// values checks the fields that take one of a list of words.
func values(t *testing.T, i interlinker) {
	t.Helper()
	for list, given := range map[string][]string{
		"difficulty": {i.Difficulty}, "licence": {i.Licence}, "format": {i.Format}, "form": {i.Form},
		"scope": i.Scopes, "target": i.Targets, "type": i.Types, "supported": i.SupportedBy,
	} {
		if len(given) == 0 && list != "supported" {
			t.Errorf("%s has no %s", i.ID, list)
		}
		for _, v := range given {
			if !slices.Contains(allowed[list], v) {
				t.Errorf("%s: %s %q", i.ID, list, v)
			}
		}
	}
	if i.SPDX != "" && !spdx.MatchString(i.SPDX) {
		t.Errorf("%s: SPDX identifier %q", i.ID, i.SPDX)
	}
}

// byNature checks what each nature needs: own documents and software say
// their exact licence; what is elsewhere has an address.
func byNature(t *testing.T, i interlinker) {
	t.Helper()
	external := strings.HasPrefix(i.nature, "external")
	if want := strings.TrimPrefix(i.nature, "external"); i.Type != want {
		t.Errorf("%s: type %q in a folder of %s", i.ID, i.Type, i.nature)
	}
	if !external && i.SPDX == "" {
		t.Errorf("%s does not name its licence", i.ID)
	}
	if (i.nature == "software") != (len(i.SupportedBy) > 0) {
		t.Errorf("%s: supported by %v", i.ID, i.SupportedBy)
	}
	if (i.nature == "knowledge") != (len(i.Files) > 0) {
		t.Errorf("%s: files %v", i.ID, i.Files)
	}
	if i.nature != "knowledge" && !address.MatchString(i.URI["en"]) {
		t.Errorf("%s: address %q", i.ID, i.URI["en"])
	}
}

func TestDocumentsExist(t *testing.T) {
	used, translatedToo := map[string]bool{}, 0
	for _, i := range interlinkers(t) {
		if i.Instructions["en"] == "" {
			t.Errorf("%s has no instructions in English", i.ID)
		}
		if i.Instructions["es"] != "" && i.Instructions["nl"] != "" {
			translatedToo++
		}
		for name, least := range map[string]int{"instructions": 600, "resource": 200} {
			files := i.Instructions
			if name == "resource" {
				files = i.Files
			}
			for l, file := range files {
				want := name + "." + l + ".md"
				if l == "en" {
					want = name + ".md"
				}
				if file != "./"+i.dir+"/"+want {
					t.Errorf("%s: %s names the file %s", i.ID, want, file)
				}
				info, err := fs.Stat(Tree(), path.Clean(file))
				if err != nil {
					t.Error(err)
				} else if info.Size() < int64(least) {
					t.Errorf("%s has only %d bytes", file, info.Size())
				}
				used[path.Clean(file)] = true
			}
		}
	}
	if translatedToo < 6 {
		t.Errorf("only %d instructions are in Spanish and Dutch too", translatedToo)
	}
	all, err := fs.Glob(Tree(), "interlinkers/*/*/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range all {
		if !used[name] {
			t.Errorf("%s is not used", name)
		}
	}
}
