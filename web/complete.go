package web

import (
	"encoding/json"
	"net/http"
	"strings"

	"interlink/domain"
	"interlink/web/view"
)

func (p *Portal) completeRoutes() []route {
	return []route{{http.MethodGet, view.CompletePath, p.complete}}
}

// maxSuggestions is how many endings of a word are offered.
const maxSuggestions = 8

// suggestion is what a word may become.
type suggestion struct {
	Value string `json:"value"` // "@ana@zaragoza.example", "#streets"
	Name  string `json:"name"`
	About string `json:"about"`
}

// complete offers what "@an" or "#str", in "q", may become while somebody
// writes: people and communities who want to be found, hashtags that others
// use; or, of=problems, the problem profiles that words are about.
func (p *Portal) complete(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	word := strings.TrimSpace(q.URL.Query().Get("q"))
	var found []suggestion
	var err error
	switch {
	case q.URL.Query().Get("of") == "problems" && word != "":
		found, err = p.completeProblem(q, word)
	case strings.HasPrefix(word, "@") && len(word) > 1:
		found, err = p.completeName(q, word[1:])
	case strings.HasPrefix(word, "#") && len(word) > 1:
		found, err = p.completeTag(q, word[1:])
	}
	if err != nil {
		return err
	}
	q.w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(q.w).Encode(map[string]any{
		"items": append([]suggestion{}, found...), "text": p.catalog.Printer(q.lang, p.Zone).T("compose.suggestions", len(found)),
	})
}

func (p *Portal) completeName(q *request, word string) ([]suggestion, error) {
	var found []suggestion
	communities, err := p.Communities.Communities(q.Context(), q.viewer, word, domain.Page{Limit: maxSuggestions / 4})
	if err != nil {
		return nil, err
	}
	for _, c := range communities.Items {
		handle := "@" + c.Name + "@" + p.Namespace.HandleHost()
		title, _ := c.Title.In(q.lang)
		found = append(found, suggestion{handle, title, handle})
	}
	people, err := p.Network.People(q.Context(), q.viewer, word, domain.Page{Limit: maxSuggestions - len(found)})
	for _, a := range people.Items {
		handle := a.Handle(p.Namespace.HandleHost())
		name := a.Title
		if name == "" {
			name = a.Name
		}
		found = append(found, suggestion{handle, name, handle})
	}
	return found, err
}

func (p *Portal) completeTag(q *request, word string) ([]suggestion, error) {
	tags, err := p.Communities.TagsLike(q.Context(), q.viewer, word, maxSuggestions)
	var found []suggestion
	for _, t := range tags {
		found = append(found, suggestion{"#" + t.Tag, "#" + t.Tag, p.catalog.Printer(q.lang, p.Zone).T("count.posts_n", t.Posts)})
	}
	return found, err
}
