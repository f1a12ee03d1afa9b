package storage

import (
	"context"

	"github.com/uptrace/bun"

	"interlink/domain"
)

// bySerial runs a query whose model is rows, for one page in the order of
// their serials, and counts all that it finds.
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
	order := "?TableAlias.serial ASC"
	if newestFirst {
		order = "?TableAlias.serial DESC"
	}
	switch {
	case after > 0 && newestFirst:
		q = q.Where("?TableAlias.serial < ?", int64(after))
	case after > 0:
		q = q.Where("?TableAlias.serial > ?", int64(after))
	}
	size := p.Size()
	if err := q.OrderExpr(order).Limit(int64(size + 1)).Scan(ctx); err != nil {
		return list, translate(err)
	}
	for i, r := range *rows {
		if i == size {
			list.Next = domain.Serial(serial((*rows)[i-1])).Cursor()
			break
		}
		list.Items = append(list.Items, value(r))
	}
	return list, nil
}
