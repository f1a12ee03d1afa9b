package storage

import (
	"context"
	"strconv"
	"strings"

	"interlink/domain"
	"interlink/domain/network"
)

// People implements network.Store. Its cursors are offsets: who looks for a
// person reads few pages.
func (s *Network) People(ctx context.Context, words []string, p domain.Page) (domain.List[*network.Actor], error) {
	var list domain.List[*network.Actor]
	offset := 0
	if p.After != "" {
		n, err := strconv.Atoi(p.After)
		if err != nil || n < 0 || n > 10_000 {
			return list, domain.InvalidField("after", "error.cursor").Because(err)
		}
		offset = n
	}
	whole := strings.Join(words, " ")
	var rows []*actorRow
	q := s.db.read.NewSelect().Model(&rows).
		Where("type = ? AND gone_at IS NULL AND visibility = ? AND moved_to = ''", string(network.TypePerson), string(domain.VisiblePublic)).
		Where("host NOT IN "+blockedHosts).
		Where("(discoverable OR name = ?)", whole)
	for _, w := range words {
		like := "%" + likeEscapes.Replace(w) + "%"
		q = q.Where("(LOWER(title) LIKE ? ESCAPE '!' OR name LIKE ? ESCAPE '!')", like, like)
	}
	n, err := q.Count(ctx)
	if err != nil {
		return list, translate(err)
	}
	list.Total = int(n)
	size := p.Size()
	err = q.OrderExpr("CASE WHEN name = ? THEN 0 ELSE 1 END, CASE WHEN host = '' THEN 0 ELSE 1 END, serial", whole).
		Offset(int64(offset)).Limit(int64(size + 1)).Scan(ctx)
	if err != nil {
		return list, translate(err)
	}
	if len(rows) > size {
		rows = rows[:size]
		list.Next = strconv.Itoa(offset + size)
	}
	list.Items = actorsOf(rows)
	return list, nil
}
