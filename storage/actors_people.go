package storage

import (
	"context"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

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

// Linked implements network.Store.
func (s *Network) Linked(ctx context.Context, addresses []domain.IRI) ([]*network.Actor, error) {
	links := make([]string, len(addresses))
	for i, a := range addresses {
		links[i] = string(a)
	}
	var rows []*actorRow
	err := s.db.read.NewSelect().Model(&rows).Where("gone_at IS NULL AND (iri IN (?0) OR url IN (?0))", bun.List(links)).Order("serial").Scan(ctx)
	return actorsOf(rows), translate(err)
}

// Named implements network.Store. Of this node those count as on its own host.
func (s *Network) Named(ctx context.Context, n network.Naming, most int) ([]*network.Actor, error) {
	const (
		near     = "id IN (?0)"
		followed = "id IN (SELECT f.followed_id FROM follows AS f WHERE f.follower_id = ?1 AND f.state = 'accepted')"
	)
	ids := []string{""}
	for _, id := range n.Near {
		ids = append(ids, string(id))
	}
	begin, host := likeEscapes.Replace(n.Name)+"%", likeEscapes.Replace(n.Host)+"%"
	var rows []*actorRow
	q := s.db.read.NewSelect().Model(&rows).
		Where("type IN ('Person', 'Group', 'Organization') AND gone_at IS NULL AND visibility = ? AND moved_to = ''", string(domain.VisiblePublic)).
		Where("host NOT IN "+blockedHosts).
		Where("(name LIKE ?0 ESCAPE '!' OR LOWER(title) LIKE ?0 ESCAPE '!' OR LOWER(title) LIKE ?1 ESCAPE '!')", begin, "% "+begin).
		Where("(discoverable OR name = ?2 OR subject = ?3 OR "+near+" OR "+followed+")", bun.List(ids), string(n.By), n.Name, string(network.SubjectCommunity))
	if n.Host != "" {
		q = q.Where("(host LIKE ?0 ESCAPE '!' OR handle_host LIKE ?0 ESCAPE '!')", host)
	}
	err := q.OrderExpr("CASE WHEN "+near+" THEN 0 WHEN "+followed+" THEN 1 ELSE 2 END, CASE WHEN name = ?2 THEN 0 ELSE 1 END, CASE WHEN host = '' THEN 0 ELSE 1 END, serial",
		bun.List(ids), string(n.By), n.Name).Limit(int64(most)).Scan(ctx)
	return actorsOf(rows), translate(err)
}
