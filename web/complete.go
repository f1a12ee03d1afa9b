package web

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"interlink/domain"
	"interlink/domain/community"
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

// completeName offers those first who take part in the thread of "thread", and
// those whom the reader follows.
func (p *Portal) completeName(q *request, word string) ([]suggestion, error) {
	actors, err := p.Network.Named(q.Context(), q.viewer, word, p.inThread(q, domain.ID(q.URL.Query().Get("thread"))), maxSuggestions)
	var found []suggestion
	for _, a := range actors {
		handle := a.Handle(p.Namespace.HandleHost())
		name := a.Title
		if name == "" {
			name = a.Name
		}
		found = append(found, suggestion{handle, name, handle})
	}
	return found, err
}

// inThread lists who wrote in the thread around a post; nobody for none.
func (p *Portal) inThread(q *request, post domain.ID) (ids []domain.ActorID) {
	if post == "" {
		return nil
	}
	t, err := p.Communities.Thread(q.Context(), q.viewer, post, domain.Page{Limit: domain.MaxPage})
	if err != nil {
		return nil
	}
	for _, x := range slices.Concat([]*community.Post{t.Post}, t.Ancestors, t.Replies.Items) {
		if x.Author != q.viewer.Actor && !slices.Contains(ids, x.Author) {
			ids = append(ids, x.Author)
		}
	}
	return ids
}

func (p *Portal) completeTag(q *request, word string) ([]suggestion, error) {
	tags, err := p.Communities.TagsLike(q.Context(), q.viewer, word, maxSuggestions)
	var found []suggestion
	for _, t := range tags {
		found = append(found, suggestion{"#" + t.Tag, "#" + t.Tag, p.catalog.Printer(q.lang, p.Zone).T("count.posts_n", t.Posts)})
	}
	return found, err
}
