package storage

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Stamp is a time as the databases keep it: microseconds since 1970 in a
// BIGINT, NULL for the zero time.
type Stamp time.Time

// Value implements driver.Valuer.
func (s Stamp) Value() (driver.Value, error) {
	t := time.Time(s)
	if t.IsZero() {
		return nil, nil
	}
	return t.UnixMicro(), nil
}

// Scan implements sql.Scanner.
func (s *Stamp) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*s = Stamp{}
	case int64:
		*s = Stamp(time.UnixMicro(v).UTC())
	default:
		return fmt.Errorf("storage: a time cannot be a %T", v)
	}
	return nil
}

// Time returns the time in UTC.
func (s Stamp) Time() time.Time { return time.Time(s) }
