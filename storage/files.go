package storage

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/coproduction"
)

// Room implements coproduction.Store.
func (s *Processes) Room(ctx context.Context, process domain.ActorID) (taken, node int64, err error) {
	err = s.db.read.NewRaw(`SELECT (SELECT CAST(COALESCE(SUM(v.size), 0) AS BIGINT) FROM resource_versions AS v JOIN resources AS r ON r.id = v.resource_id WHERE r.process_id = ?),
		(SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM files)`, string(process)).Scan(ctx, &taken, &node)
	return taken, node, translate(err)
}

// ReserveFile implements coproduction.Store. Where a sweep removes the same
// file just now, this waits for its end.
func (s *Processes) ReserveFile(ctx context.Context, f coproduction.Stored, at time.Time, most int64) error {
	return s.db.inTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw(`INSERT INTO files (hash, size, media_type, noted_at) VALUES (?, ?, ?, ?)
			ON CONFLICT (hash) DO UPDATE SET noted_at = EXCLUDED.noted_at`, f.Hash, f.Size, f.Type, at.UnixMicro()).Exec(ctx)
		if err != nil || most == 0 {
			return err
		}
		var all int64
		if err := tx.NewRaw("SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM files").Scan(ctx, &all); err != nil {
			return err
		}
		if all > most {
			return &domain.Error{Code: domain.TooLarge, Key: "resource.node_full", Field: "file"}
		}
		return nil
	})
}

// unneededFile is a file that no resource, no Interlinker, no story and no
// archive has, and that no part of a node needs that is still to be brought,
// noted before a time.
const unneededFile = `noted_at < ? AND NOT EXISTS (SELECT 1 FROM resource_versions AS v WHERE v.file_hash = f.hash)
	AND NOT EXISTS (SELECT 1 FROM resources AS r WHERE r.file_hash = f.hash)
	AND NOT EXISTS (SELECT 1 FROM catalogue_files AS c WHERE c.file_hash = f.hash)
	AND NOT EXISTS (SELECT 1 FROM story_files AS s WHERE s.file_hash = f.hash)
	AND NOT EXISTS (SELECT 1 FROM archived_files AS a WHERE a.file_hash = f.hash)
	AND NOT EXISTS (SELECT 1 FROM node_import_parts AS n WHERE n.sha256 = f.hash AND n.outcome IN ('waiting', 'failed'))`

// SweepFiles implements coproduction.Store. The bytes of a file go while its
// row is held: who is about to keep the same bytes waits for the row, and then
// keeps them anew.
func (s *Processes) SweepFiles(ctx context.Context, before time.Time, remove func(ctx context.Context, hash string) error) error {
	var last string
	for {
		var hashes []string
		err := s.db.read.NewRaw("SELECT f.hash FROM files AS f WHERE f.hash > ? AND "+unneededFile+" ORDER BY f.hash LIMIT ?",
			last, before.UnixMicro(), sweepAtOnce).Scan(ctx, &hashes)
		if err != nil {
			return translate(err)
		}
		for _, hash := range hashes {
			last = hash
			err := s.db.inQueue(ctx, func(ctx context.Context, tx bun.Tx) error {
				gone, err := tx.NewRaw("DELETE FROM files AS f WHERE f.hash = ? AND "+unneededFile, hash, before.UnixMicro()).Exec(ctx)
				if err != nil {
					return err
				}
				if n, err := gone.RowsAffected(); err != nil || n == 0 {
					return err
				}
				return remove(ctx, hash)
			})
			if err != nil && !isReferred(err) { // else a version got it meanwhile, before anything was removed
				return err
			}
		}
		if len(hashes) < sweepAtOnce {
			return nil
		}
	}
}
