package storage

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/network"
)

// Rules keeps how the node deals with other hosts.
type Rules struct{ db *DB }

// NewRules makes the store.
func NewRules(db *DB) *Rules { return &Rules{db} }

type ruleRow struct {
	bun.BaseModel `bun:"table:host_rules"`

	Host      string `bun:",pk"`
	Verdict   string
	Reason    string
	Comment   string
	ExpiresAt Stamp
	CreatedAt Stamp
	CreatedBy string
}

type hiddenRow struct {
	bun.BaseModel `bun:"table:hidden_hosts"`

	Host    string `bun:",pk"`
	Verdict string
}

// blockedHosts and hiddenHosts are the hosts of which nothing is shown, and
// those whose things stand in no public list either.
const (
	blockedHosts = "(SELECT h.host FROM hidden_hosts AS h WHERE h.verdict = 'block')"
	hiddenHosts  = "(SELECT h.host FROM hidden_hosts AS h)"
)

// Rules implements network.RuleStore.
func (s *Rules) Rules(ctx context.Context) ([]network.Rule, error) { return readRules(ctx, s.db.read) }

func readRules(ctx context.Context, db bun.IDB) ([]network.Rule, error) {
	var rows []*ruleRow
	if err := db.NewSelect().Model(&rows).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	rules := make([]network.Rule, len(rows))
	for i, r := range rows {
		rules[i] = network.Rule{
			Host: r.Host, Verdict: network.Verdict(r.Verdict), Reason: r.Reason, Comment: r.Comment,
			ExpiresAt: r.ExpiresAt.Time(), CreatedAt: r.CreatedAt.Time(), CreatedBy: domain.ActorID(r.CreatedBy),
		}
	}
	return rules, nil
}

// ruleChunk is how many rules one statement writes.
const ruleChunk = 1000

// ChangeRules implements network.RuleStore.
func (s *Rules) ChangeRules(ctx context.Context, set []network.Rule, lift []string, judge func(network.Rules) func(string) network.Verdict, change domain.Change) error {
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if len(lift) > 0 {
			if _, err := tx.NewDelete().Model((*ruleRow)(nil)).Where("host IN (?)", bun.List(lift)).Exec(ctx); err != nil {
				return err
			}
		}
		if err := saveRules(ctx, tx, set); err != nil {
			return err
		}
		all, err := readRules(ctx, tx)
		if err != nil {
			return err
		}
		rules := make(network.Rules, len(all))
		for _, r := range all {
			rules[r.Host] = r
		}
		verdict := judge(rules)
		if err := hideHosts(ctx, tx, verdict); err != nil {
			return err
		}
		return endDeliveries(ctx, tx, verdict)
	})
	if err == nil {
		s.db.changed.wake(TopicRules)
	}
	return err
}

func saveRules(ctx context.Context, tx bun.Tx, set []network.Rule) error {
	for from := 0; from < len(set); from += ruleChunk {
		var rows []*ruleRow
		for _, r := range set[from:min(from+ruleChunk, len(set))] {
			rows = append(rows, &ruleRow{
				Host: r.Host, Verdict: string(r.Verdict), Reason: r.Reason, Comment: r.Comment,
				ExpiresAt: Stamp(r.ExpiresAt), CreatedAt: Stamp(r.CreatedAt), CreatedBy: string(r.CreatedBy),
			})
		}
		_, err := tx.NewInsert().Model(&rows).On("CONFLICT (host) DO UPDATE").
			Set("verdict = EXCLUDED.verdict").Set("reason = EXCLUDED.reason").Set("comment = EXCLUDED.comment").
			Set("expires_at = EXCLUDED.expires_at").Set("created_at = EXCLUDED.created_at").Set("created_by = EXCLUDED.created_by").Exec(ctx)
		if err != nil {
			return err
		}
	}
	return nil
}

// hideHosts writes which hosts that are known here are hidden.
func hideHosts(ctx context.Context, tx bun.Tx, verdict func(string) network.Verdict) error {
	var known []string
	if err := tx.NewRaw("SELECT DISTINCT host FROM actors WHERE host <> ''").Scan(ctx, &known); err != nil {
		return err
	}
	if _, err := tx.NewDelete().Model((*hiddenRow)(nil)).Where("TRUE").Exec(ctx); err != nil {
		return err
	}
	var rows []hiddenRow
	for _, host := range known {
		if v := verdict(host); v != network.VerdictAllow {
			rows = append(rows, hiddenRow{Host: host, Verdict: string(v)})
		}
	}
	return insertAll(ctx, tx, rows)
}

// HideHost implements network.RuleStore.
func (s *Rules) HideHost(ctx context.Context, host string, verdict network.Verdict) error {
	return s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewInsert().Model(&hiddenRow{Host: host, Verdict: string(verdict)}).On("CONFLICT (host) DO NOTHING").Exec(ctx)
		return err
	})
}

// endDeliveries gives up what is on its way to hosts that are blocked.
func endDeliveries(ctx context.Context, tx bun.Tx, verdict func(string) network.Verdict) error {
	var waiting []string
	if err := tx.NewRaw("SELECT DISTINCT host FROM deliveries WHERE state = 'pending'").Scan(ctx, &waiting); err != nil {
		return err
	}
	for _, host := range waiting {
		if verdict(host) != network.VerdictBlock {
			continue
		}
		_, err := tx.NewRaw("UPDATE deliveries SET state = 'dead', last_error = 'blocked', done_at = ? WHERE state = 'pending' AND host = ?",
			time.Now().UnixMicro(), host).Exec(ctx)
		if err != nil {
			return err
		}
	}
	return nil
}

// Weight implements network.RuleStore.
func (s *Rules) Weight(ctx context.Context, host string) (network.Weight, error) {
	var w network.Weight
	err := s.db.read.NewRaw(`WITH there AS (SELECT id FROM actors WHERE host = ?0 OR host LIKE ?1 ESCAPE '!') SELECT
		(SELECT COUNT(*) FROM there),
		(SELECT COUNT(*) FROM follows WHERE state = 'accepted' AND follower_id IN (SELECT id FROM there)),
		(SELECT COUNT(*) FROM follows WHERE state = 'accepted' AND followed_id IN (SELECT id FROM there)),
		(SELECT COUNT(*) FROM posts WHERE deleted_at IS NULL AND (host = ?0 OR host LIKE ?1 ESCAPE '!')),
		(SELECT COUNT(*) FROM stories WHERE host = ?0 OR host LIKE ?1 ESCAPE '!'),
		(SELECT COUNT(*) FROM group_members WHERE actor_id IN (SELECT id FROM there)) + (SELECT COUNT(*) FROM memberships_abroad WHERE group_id IN (SELECT id FROM there)),
		(SELECT COUNT(*) FROM catalogue_entries WHERE host = ?0 OR host LIKE ?1 ESCAPE '!'),
		(SELECT COUNT(*) FROM clones WHERE cloner_id IN (SELECT id FROM there)),
		(SELECT COUNT(*) FROM applications WHERE applicant_id IN (SELECT id FROM there))`,
		host, "%."+likeEscapes.Replace(host)).Scan(ctx, &w.Actors, &w.Followers, &w.Following, &w.Posts, &w.Stories, &w.Members, &w.Entries, &w.Clones, &w.Applied)
	return w, translate(err)
}
