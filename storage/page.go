package storage

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"interlink/domain"
)

// bySerial runs a query whose model is rows, for one page in the order of
// their serials, forwards or backwards, and counts all that it finds.
func bySerial[R, T any](ctx context.Context, q *bun.SelectQuery, rows *[]*R, newestFirst bool, p domain.Page, serial func(*R) int64, value func(*R) T) (domain.List[T], error) {
	var list domain.List[T]
	after, err := p.AfterSerial()
	if err != nil {
		return list, err
	}
	count, err := q.Count(ctx)
	if err != nil {
		return list, translate(err)
	}
	list.Total = int(count)
	order, beyond := "?TableAlias.serial ASC", "?TableAlias.serial > ?"
	if newestFirst != p.Back {
		order, beyond = "?TableAlias.serial DESC", "?TableAlias.serial < ?"
	}
	if after > 0 {
		q = q.Where(beyond, int64(after))
	}
	size := p.Size()
	if err := q.OrderExpr(order).Limit(int64(size + 1)).Scan(ctx); err != nil {
		return list, translate(err)
	}
	found := *rows
	more, other := len(found) > size, after > 0
	found = found[:min(len(found), size)]
	if p.Back {
		slices.Reverse(found)
		more, other = other, more
	}
	for _, r := range found {
		list.Items = append(list.Items, value(r))
	}
	if more && len(found) > 0 {
		list.Next = domain.Serial(serial(found[len(found)-1])).Cursor()
	}
	if other && len(found) > 0 {
		list.Prev = domain.Serial(serial(found[0])).Cursor()
	}
	return list, nil
}

// valuesOf reads the values of rows.
func valuesOf[R, T any](rows []R, value func(R) (T, error)) ([]T, error) {
	out := make([]T, len(rows))
	for i, r := range rows {
		v, err := value(r)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}
