package storage

import "context"

// Objects counts objects by kind.
type Objects struct {
	Accounts        int `json:"accounts"`
	Actors          int `json:"actors"`
	Organizations   int `json:"organizations"`
	Teams           int `json:"teams"`
	Communities     int `json:"communities"`
	Processes       int `json:"processes"`
	Interlinkers    int `json:"interlinkers"`
	ProblemProfiles int `json:"problemProfiles"`
	Schemas         int `json:"schemas"`
	Stories         int `json:"stories"`
	Posts           int `json:"posts"`
}

// Objects counts the objects of this node and those of others that it keeps
// copies of. Deleted
// posts do not count; what is withdrawn does.
func (d *DB) Objects(ctx context.Context) (local, remote Objects, err error) {
	count := func(ctx context.Context, host string, o *Objects) error {
		actors := "(SELECT COUNT(*) FROM actors WHERE gone_at IS NULL AND host " + host
		entries := "(SELECT COUNT(*) FROM catalogue_entries WHERE host " + host
		return d.read.NewRaw("SELECT "+actors+"), "+
			actors+" AND subject = 'organization'), "+actors+" AND subject = 'team'), "+
			actors+" AND subject = 'community'), "+actors+" AND subject = 'process'), "+
			entries+" AND kind = 'interlinker'), "+entries+" AND kind = 'problem'), "+entries+" AND kind = 'schema'), "+
			"(SELECT COUNT(*) FROM stories WHERE host "+host+"), "+
			"(SELECT COUNT(*) FROM posts WHERE deleted_at IS NULL AND host "+host+" AND id NOT IN (SELECT introduction_id FROM communities))").
			Scan(ctx, &o.Actors, &o.Organizations, &o.Teams, &o.Communities, &o.Processes,
				&o.Interlinkers, &o.ProblemProfiles, &o.Schemas, &o.Stories, &o.Posts)
	}
	if err := count(ctx, "= ''", &local); err != nil {
		return local, remote, translate(err)
	}
	if err := count(ctx, "<> ''", &remote); err != nil {
		return local, remote, translate(err)
	}
	err = d.read.NewRaw("SELECT COUNT(*) FROM accounts").Scan(ctx, &local.Accounts)
	return local, remote, translate(err)
}
