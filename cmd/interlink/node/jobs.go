package node

import (
	"context"
	"maps"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/catalogue"
	"interlink/domain/catalogue/exchange"
	"interlink/domain/community"
	"interlink/domain/coproduction"
	"interlink/domain/integration"
	"interlink/domain/lineage"
	"interlink/domain/network"
	"interlink/domain/nodearchive"
	"interlink/domain/notification"
	"interlink/domain/organization"
	"interlink/domain/participation"
	"interlink/domain/personal"
	"interlink/domain/picture"
	"interlink/domain/portable"
	"interlink/domain/review"
	"interlink/domain/webhook"
	"interlink/storage/jobs"
	"interlink/web/mail"
)

// employ makes the client of background jobs.
func (n *Node) employ(ctx context.Context) error {
	sender, err := mail.NewSender(n.mailOptions())
	if err != nil {
		return err
	}
	options := jobs.Options{Log: n.o.Log, Handlers: n.chores(), Poll: n.o.LookForJobs, AtOnce: n.o.AllowPrivate}
	maps.Copy(options.Handlers, n.letters(sender))
	maps.Copy(options.Handlers, n.reading())
	n.jobs, err = n.db.Jobs(ctx, options)
	return err
}

// letters are the jobs that write to people.
func (n *Node) letters(sender *mail.Sender) map[string]jobs.Handler {
	return map[string]jobs.Handler{
		account.JobMail: jobs.Typed(sender.Send),
		organization.JobInvitation: jobs.Typed(func(ctx context.Context, m organization.InvitationMail) error {
			return sender.Send(ctx, n.invitation(ctx, m))
		}),
		participation.JobNews: jobs.Typed(n.writeToGuest),
		notification.JobSend:  jobs.Typed(n.mailNews(sender)),
		network.JobLetter:     jobs.Typed(n.federation.letters.Send),

		coproduction.JobTellAbroad:       jobs.Typed(n.federation.rights.Tell),
		organization.JobRightsEnded:      jobs.Typed(n.federation.rights.Ended),
		organization.JobInvitationAbroad: jobs.Typed(n.federation.rights.Invite),
	}
}

// reading are the jobs that read from other nodes.
func (n *Node) reading() map[string]jobs.Handler {
	f := n.federation
	return map[string]jobs.Handler{
		network.JobBackfill:    jobs.Typed(n.readCatalogue),
		network.JobHistory:     jobs.Typed(f.collections.History),
		network.JobThread:      jobs.Typed(f.collections.Thread),
		community.JobEarly:     jobs.Typed(f.intake.JudgeEarly),
		network.JobCompare:     jobs.Typed(f.collections.Compare(n.Network)),
		network.JobInboxGone:   jobs.Typed(n.federation.verbs.InboxGone(n.stores.network)),
		network.JobSoftware:    jobs.Typed(n.readSoftware),
		catalogue.JobCheck:     jobs.Typed(f.collections.Check),
		catalogue.JobRead:      jobs.Typed(f.collections.Read),
		catalogue.JobList:      jobs.Typed(f.collections.List),
		lineage.JobReadRelease: jobs.Typed(f.collections.ReadRelease),
		lineage.JobReadStamp:   jobs.Typed(f.collections.ReadStamp),
		lineage.JobLook:        jobs.Typed(f.collections.Look),
	}
}

// readCatalogue reads what a catalogue has that this node's follows. A job of an
// earlier version may be there because a person follows it.
func (n *Node) readCatalogue(ctx context.Context, of network.BackfillArgs) error {
	_, err := n.stores.network.Follow(ctx, n.shelf.ID, of.Catalogue)
	if domain.CodeOf(err) == domain.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return n.federation.collections.Backfill(ctx, of)
}

// chores are all other jobs.
func (n *Node) chores() map[string]jobs.Handler {
	return map[string]jobs.Handler{
		catalogue.JobJudge: jobs.Typed(n.Catalogue.JudgeHost),
		exchange.JobImport: jobs.Typed(n.Exchange.Run),

		coproduction.JobFetch:      jobs.Typed(n.Coproduction.Fetched),
		coproduction.JobEraseAsset: jobs.Typed(n.Integrations.Erase),
		integration.JobCheck:       jobs.Typed(n.Integrations.Check),
		webhook.JobDeliver:         jobs.Typed(n.Webhooks.Deliver),

		lineage.JobClone:       jobs.Typed(n.Lineage.Work),
		lineage.JobWalk:        jobs.Typed(n.Families.Work),
		lineage.JobRenew:       jobs.Typed(n.Families.Changed),
		lineage.JobTellRelease: jobs.Typed(n.Releases.Tell),
		lineage.JobAdopt:       jobs.Typed(n.Improvements.Adopt),

		portable.JobImport:          jobs.Typed(n.Portable.Work),
		nodearchive.JobImport:       jobs.Typed(n.NodeArchives.Work),
		nodearchive.JobImportFormer: jobs.Typed(n.NodeArchives.Work),

		network.JobRestored:   jobs.Typed(n.Network.Restored),
		network.JobMove:       jobs.Typed(n.Network.MoveFollowers),
		network.JobSucceed:    jobs.Typed(n.Lineage.Succeed),
		network.JobRetention:  jobs.Typed(n.keepRetention),
		network.JobPurge:      jobs.Typed(n.Gate.RunPurge),
		network.JobUnfollowed: jobs.Typed(n.Communities.Unfollowed),
		network.JobUnfeature:  jobs.Typed(n.Network.WithdrawFeaturings),

		community.JobUnban:    jobs.Typed(n.Communities.EndBan),
		community.JobRefuse:   jobs.Typed(n.Communities.RefuseBanned),
		community.JobSettle:   jobs.Typed(n.Communities.SettleHeld),
		community.JobRelease:  jobs.Typed(n.Communities.ReleaseHeld),
		community.JobTell:     jobs.Typed(n.Communities.TellFiltered),
		community.JobTellPoll: jobs.Typed(n.Communities.TellPoll),
		community.JobEndPoll:  jobs.Typed(n.Communities.EndPoll),

		review.JobTally:   jobs.Typed(n.Reviews.Count),
		picture.JobSweep:  jobs.Typed(n.Pictures.Sweep),
		personal.JobErase: jobs.Typed(n.Personal.Erase),
	}
}

// invitation addresses the mail of an invitation. Who has an account already
// is written to in the language of it; whoever sent it does not learn that.
func (n *Node) invitation(ctx context.Context, m organization.InvitationMail) account.Mail {
	mail := account.Mail{To: m.To, Kind: account.MailJoin, Language: m.Language, Link: m.Link, About: m.Group}
	if known, err := n.stores.accounts.AccountByEmail(ctx, m.To); err == nil {
		mail.Language, mail.Name = known.Language, known.DisplayName
	}
	return mail
}
