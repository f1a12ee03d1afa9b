package storage

import (
	"context"
	"database/sql"
	"fmt"
	"io"

	"github.com/uptrace/bun"

	"interlink/domain/story"
)

// snapshotRow is what stories show, by the digest of its canonical JSON, which is
// kept in parts: it may be large, and nobody has it in memory as text.
type snapshotRow struct {
	bun.BaseModel `bun:"table:snapshots"`

	Digest string `bun:",pk"`
}

// snapshotPartRow is a part of a snapshot.
type snapshotPartRow struct {
	bun.BaseModel `bun:"table:snapshot_parts"`

	Digest string `bun:",pk"`
	N      int64  `bun:",pk"`
	Body   string
}

// Snapshots implements story.Store.
func (s *Stories) Snapshots(ctx context.Context, digests []string) (map[string]*story.Snapshot, error) {
	rows, err := s.db.read.NewSelect().Model((*snapshotPartRow)(nil)).Column("digest", "body").
		Where("digest IN (?)", bun.List(digests)).OrderExpr("digest, n").Rows(ctx) //nolint:rowserrcheck // asked by snapshotParts
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	shots := make(map[string]*story.Snapshot, len(digests))
	parts := &snapshotParts{rows: rows}
	for parts.next() {
		if shots[parts.of], err = story.ReadSnapshot(parts); err != nil {
			return nil, fmt.Errorf("snapshot %s: %w", parts.of, err)
		}
	}
	return shots, translate(parts.err)
}

// SnapshotParts implements story.Store.
func (s *Stories) SnapshotParts(ctx context.Context, digest string) (int, error) {
	n, err := s.db.read.NewSelect().Model((*snapshotPartRow)(nil)).Where("digest = ?", digest).Count(ctx)
	return int(n), translate(err)
}

// SnapshotPart implements story.Store.
func (s *Stories) SnapshotPart(ctx context.Context, digest string, n int) (string, error) {
	var body string
	err := s.db.read.NewSelect().Model((*snapshotPartRow)(nil)).Column("body").Where("digest = ? AND n = ?", digest, n).Scan(ctx, &body)
	return body, translate(err)
}

// snapshotParts reads snapshots one after the other, part by part.
type snapshotParts struct {
	rows   *sql.Rows
	of     string       // the snapshot that is read
	digest string       // that the last part is of; "" if there is none
	rest   sql.RawBytes // of that part
	err    error
}

// next goes to the next snapshot, whatever is left of this one.
func (p *snapshotParts) next() bool {
	for p.digest == "" || p.digest == p.of {
		if !p.part() {
			return false
		}
	}
	p.of = p.digest
	return true
}

// part goes to the next part.
func (p *snapshotParts) part() bool {
	p.digest, p.rest = "", nil
	if p.err == nil && p.rows.Next() {
		p.err = p.rows.Scan(&p.digest, &p.rest)
		return p.err == nil
	}
	if p.err == nil {
		p.err = p.rows.Err()
	}
	return false
}

// Read implements io.Reader: it ends with the snapshot.
func (p *snapshotParts) Read(to []byte) (int, error) {
	for p.digest == p.of {
		if len(p.rest) > 0 {
			n := copy(to, p.rest)
			p.rest = p.rest[n:]
			return n, nil
		}
		if !p.part() {
			break
		}
	}
	if p.err != nil {
		return 0, p.err
	}
	return 0, io.EOF
}

// keepSnapshot writes a snapshot part by part, unless it is kept already.
func (s *Stories) keepSnapshot(ctx context.Context, tx bun.Tx, digest string, shot *story.Snapshot) error {
	made, err := tx.NewInsert().Model(&snapshotRow{Digest: digest}).On("CONFLICT (digest) DO NOTHING").Exec(ctx)
	if err != nil {
		return err
	}
	if n, err := made.RowsAffected(); err != nil || n == 0 {
		return err
	}
	n := int64(0)
	return shot.CanonicalTo(writing(func(part []byte) error {
		n++
		_, err := s.keep.exec(ctx, tx, digest, n, string(part))
		return err
	}))
}

// writing is what takes all that is written, or fails.
type writing func(part []byte) error

// Write implements io.Writer.
func (w writing) Write(part []byte) (int, error) { return len(part), w(part) }
