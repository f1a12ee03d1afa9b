package catalogue

import (
	"context"
	"strings"

	"interlink/domain"
	"interlink/domain/policy"
)

// Spoken is a problem profile that a description speaks of.
type Spoken struct {
	Problem *Entry
	Words   []string // of the description
}

// Advice is what helps with a problem that somebody describes.
type Advice struct {
	Needs []Spoken // the likeliest first
	Tools []Recommendation
}

// The most that is made of a description.
const (
	maxDescription = 4000 // bytes
	maxNeeds       = 5
	alikeNeed      = 0.12
)

// Describe finds the problem profiles that a description speaks of, in
// whichever language it is, and the Interlinkers that answer them or speak of
// the same.
func (s *Service) Describe(ctx context.Context, v policy.Viewer, words string, lang domain.Lang, limit int) (Advice, error) {
	if len(words) > maxDescription {
		words = strings.ToValidUTF8(words[:maxDescription], "")
	}
	text := domain.Text{domain.Undetermined: words}
	var ids []domain.ID
	spoken := map[domain.ID][]string{}
	err := s.looking(ctx, func(x *Index) error {
		roots := x.rootsOf(text, nil, lang)
		r := ranking{most: maxNeeds}
		like, which := x.alike(roots)
		for _, at := range which {
			if p := &x.places[at]; p.listed && p.kind == KindProblem && !x.hidden[p.host] && like[at] >= alikeNeed {
				x.offer(&r, scored{at, like[at]})
			}
		}
		for _, best := range r.best {
			id := x.places[best.at].id
			ids = append(ids, id)
			spoken[id] = x.shared(best.at, roots, lang)
		}
		return nil
	})
	if err != nil {
		return Advice{}, err
	}
	problems, err := s.inOrder(ctx, v, ids)
	if err != nil {
		return Advice{}, err
	}
	var out Advice
	q := Query{Name: text, Language: lang, Limit: limit}
	for _, e := range problems {
		out.Needs = append(out.Needs, Spoken{e, spoken[e.ID]})
		q.Problems = append(q.Problems, e.Problem.Code)
	}
	found, err := s.Recommend(ctx, v, q)
	out.Tools = found.Items
	return out, err
}
