package catalogue

import (
	"regexp"
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
	return p.Err()
}

func (i *Interlinker) check(p *domain.Problems) {
	switch i.Nature {
	case NatureSoftware, NatureKnowledge, NatureExternalSoftware, NatureExternalKnowledge:
	default:
		p.Add("nature", "catalogue.nature")
	}
	for field, t := range map[string]domain.Text{
		"instructions": i.Instructions, "constraints": i.Constraints, "regulations": i.Regulations,
	} {
		if t.Longest() > maxText {
			p.Add(field, "error.too_long", maxText)
		}
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
	}
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
		if n.Name.Empty() || n.Name.Longest() > maxName || n.Description.Longest() > maxText || len(n.Problems) > maxCodes {
			p.Add("nodes", "catalogue.node", n.Path)
			return
		}
		kinds[n.Path] = n.Kind
	}
	if _, ok := order(s.Nodes); !ok {
		p.Add("nodes", "catalogue.circle")
	}
}

// order sorts nodes so that each comes after its prerequisites, keeping the
// given order otherwise; ok is false for a circle. Prerequisites that are not
// among the nodes do not count.
func order(nodes []Node) (sorted []int, ok bool) {
	index := make(map[string]int, len(nodes))
	for i, n := range nodes {
		index[n.Path] = i
	}
	done := make([]bool, len(nodes))
	for len(sorted) < len(nodes) {
		found := false
		for i, n := range nodes {
			if done[i] {
				continue
			}
			ready := true
			for _, pre := range n.Prerequisites {
				if j, known := index[pre]; known && !done[j] && j != i {
					ready = false
				} else if known && j == i {
					return sorted, false
				}
			}
			if ready {
				done[i], found = true, true
				sorted = append(sorted, i)
				break
			}
		}
		if !found {
			return sorted, false
		}
	}
	return sorted, true
}
