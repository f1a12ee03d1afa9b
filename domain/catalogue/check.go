package catalogue

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"interlink/domain"
)

// The bounds of an entry, for imports, forms and other nodes alike.
const (
	maxName   = 500
	maxText   = 100_000
	maxCodes  = 200
	maxNodes  = 5_000
	maxString = 500
	maxLangs  = 60
	// As JSON. A copy must fit into the 1 MiB of a document between nodes
	// together with what is shown of it to servers of other makes.
	maxContent = 640 << 10
)

var codeShape = regexp.MustCompile(`^[A-Za-z0-9_.:-]{1,80}$`)

// Check judges an entry. Errors: Invalid with all problems.
func (e *Entry) Check() error {
	var p domain.Problems
	if e.Name.Empty() {
		p.Add("name", "catalogue.name_missing")
	}
	if e.Name.Longest() > maxName {
		p.Add("name", "error.too_long", maxName)
	}
	if e.Summary.Longest() > maxText {
		p.Add("summary", "error.too_long", maxText)
	}
	checkLangs(&p, "name", e.Name)
	checkLangs(&p, "summary", e.Summary)
	switch {
	case e.Kind == KindInterlinker && e.Interlinker != nil:
		e.Interlinker.check(&p)
	case e.Kind == KindProblem && e.Problem != nil:
		if !codeShape.MatchString(e.Problem.Code) {
			p.Add("code", "catalogue.code")
		}
	case e.Kind == KindSchema && e.Schema != nil:
		e.Schema.check(&p)
	default:
		p.Add("kind", "catalogue.kind")
	}
	if raw, err := json.Marshal(e.Content()); err != nil || len(raw) > maxContent {
		p.Add("content", "error.too_long", maxContent)
	}
	return p.Err()
}

// checkLangs judges the languages of a text: they become facets of lists.
func checkLangs(p *domain.Problems, field string, t domain.Text) {
	if len(t) > maxLangs {
		p.Add(field, "catalogue.too_many", maxLangs)
		return
	}
	for lang := range t {
		if _, err := domain.ParseLang(string(lang)); err != nil {
			p.Add(field, "error.language", string(lang))
			return
		}
	}
}

func (i *Interlinker) check(p *domain.Problems) {
	if !slices.Contains(Natures, i.Nature) {
		p.Add("nature", "catalogue.nature", strings.Trim(fmt.Sprint(Natures), "[]"))
	}
	for field, t := range map[string]domain.Text{
		"overview": i.Overview, "instructions": i.Instructions, "constraints": i.Constraints, "regulations": i.Regulations,
	} {
		if t.Longest() > maxText {
			p.Add(field, "error.too_long", maxText)
		}
	}
	for _, d := range i.Documents {
		if len(d.Licence) > maxString || len(d.Name) > maxString {
			p.Add("documents", "error.too_long", maxString)
			break
		}
	}
	if template := i.Template(); template.Longest() > maxText {
		p.Add("documents", "error.too_long", maxText)
	} else {
		checkLangs(p, "documents", template)
	}
	if len(i.Problems) > maxCodes || len(i.Audience) > maxCodes || len(i.Aliases) > maxCodes {
		p.Add("problems", "catalogue.too_many", maxCodes)
	}
	for _, code := range i.Problems {
		if !codeShape.MatchString(code) {
			p.Add("problems", "catalogue.code")
			break
		}
	}
	for _, s := range []string{i.Difficulty, i.Licence, i.SPDX, i.Form, i.Format} {
		if len(s) > maxString {
			p.Add("licence", "error.too_long", maxString)
		}
		if strings.IndexByte(s, 0) >= 0 {
			p.Add("licence", "error.not_text")
		}
	}
	if i.Software != nil {
		i.Software.check(p)
	}
	i.checkMore(p)
	for _, uri := range i.URI {
		if !strings.HasPrefix(uri, "https://") && !strings.HasPrefix(uri, "http://") {
			p.Add("uri", "catalogue.uri")
		}
	}
}

// check judges a schema's tree: known parents before their children, siblings
// as prerequisites, no circle.
func (s *Schema) check(p *domain.Problems) {
	if len(s.Nodes) > maxNodes {
		p.Add("nodes", "catalogue.too_many", maxNodes)
		return
	}
	kinds := map[string]NodeKind{}
	above := map[NodeKind]NodeKind{Objective: Phase, Task: Objective}
	for _, n := range s.Nodes {
		_, twice := kinds[n.Path]
		want, ok := above[n.Kind]
		if twice || n.Path == "" || len(n.Path) > maxString || (n.Kind != Phase && !ok) || kinds[n.Parent] != want {
			p.Add("nodes", "catalogue.tree", n.Path)
			return
		}
		if n.Name.Empty() || n.Name.Longest() > maxName || n.Description.Longest() > maxText || len(n.Problems) > maxCodes || len(n.Prerequisites) > maxCodes {
			p.Add("nodes", "catalogue.node", n.Path)
			return
		}
		kinds[n.Path] = n.Kind
	}
	if circular(s.Nodes) {
		p.Add("nodes", "catalogue.circle")
	}
}

// circular reports whether prerequisites wait for each other. Those that are
// not among the nodes do not count. The work grows with the number of nodes
// and prerequisites alone.
func circular(nodes []Node) bool {
	index := make(map[string]int, len(nodes))
	for i, n := range nodes {
		index[n.Path] = i
	}
	waiting := make([]int, len(nodes)) // for how many
	after := make([][]int, len(nodes)) // who waits for it
	var ready []int
	for i, n := range nodes {
		for _, pre := range n.Prerequisites {
			if j, known := index[pre]; known {
				waiting[i]++
				after[j] = append(after[j], i)
			}
		}
		if waiting[i] == 0 {
			ready = append(ready, i)
		}
	}
	done := 0
	for ; len(ready) > 0; done++ {
		i := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		for _, j := range after[i] {
			if waiting[j]--; waiting[j] == 0 {
				ready = append(ready, j)
			}
		}
	}
	return done < len(nodes)
}
