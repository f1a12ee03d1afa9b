package storage

import (
	"context"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/community"
)

// postVersionRow is what a post said before it was changed.
type postVersionRow struct {
	bun.BaseModel `bun:"table:post_versions"`

	PostID   string `bun:",pk"`
	Revision int64  `bun:",pk"`
	Content  string
	At       Stamp
}

// keepPostVersion keeps what a post of this node says, before row takes its place.
func keepPostVersion(ctx context.Context, tx bun.Tx, row *postRow) error {
	if row.Host != "" {
		return nil
	}
	_, err := tx.NewRaw(`INSERT INTO post_versions (post_id, revision, content, at) SELECT id, revision, content, COALESCE(edited_at, published_at) FROM posts
		WHERE id = ? AND content <> ? AND content <> '' AND deleted_at IS NULL`, row.ID, row.Content).Exec(ctx)
	if err == nil {
		_, err = tx.NewRaw(`DELETE FROM post_versions WHERE post_id = ?0 AND revision NOT IN (SELECT v.revision FROM post_versions AS v WHERE v.post_id = ?0
			ORDER BY v.revision DESC LIMIT ?1)`, row.ID, community.MostVersions).Exec(ctx)
	}
	return err
}

// VersionsOf implements community.Store.
func (s *Communities) VersionsOf(ctx context.Context, post domain.ID) ([]community.Version, error) {
	var rows []*postVersionRow
	err := s.db.read.NewSelect().Model(&rows).Where("post_id = ?", string(post)).OrderExpr("revision DESC").Scan(ctx)
	versions := make([]community.Version, len(rows))
	for i, r := range rows {
		versions[i] = community.Version{Content: r.Content, At: r.At.Time()}
	}
	return versions, translate(err)
}
