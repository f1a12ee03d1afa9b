package storage

import (
	"strings"

	"github.com/uptrace/bun"

	"interlink/domain"
)

// searchable joins texts in all their languages to the small letters in which
// both databases look for words alike.
func searchable(name string, texts ...domain.Text) string {
	parts := []string{name}
	for _, t := range texts {
		for _, lang := range t.Langs() {
			parts = append(parts, t[lang])
		}
	}
	return foldable(strings.Join(parts, "\n"))
}

// foldable gives a text in small letters and without NUL, which no database
// keeps.
func foldable(s string) string { return strings.ToLower(strings.ReplaceAll(s, "\x00", "")) }

// likeEscapes makes a word stand for itself in LIKE … ESCAPE '!'.
var likeEscapes = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// matching narrows a query to rows whose search column has every word.
func matching(q *bun.SelectQuery, text string) *bun.SelectQuery {
	words := strings.Fields(foldable(text))
	for _, w := range words[:min(len(words), 10)] {
		q = q.Where("?TableAlias.search LIKE ? ESCAPE '!'", "%"+likeEscapes.Replace(w)+"%")
	}
	return q
}
