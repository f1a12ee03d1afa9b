package notification

import (
	"slices"

	"interlink/domain"
)

// telling is one thing that some people are told of an event.
type telling struct {
	topic Topic
	class Class
	to    who
	link  link

	when     func(f facts) bool           // nil: always
	by       func(f facts) domain.ActorID // who did it, and is not told; nil: the event's actor
	says     func(f facts) string         // which of several sentences; nil, and "": the one of the topic
	once     []string                     // members of the payload (or "subject") by which two events are the same thing; nil: each is one
	together bool                         // several about one thing are one line: "Ana and 3 others"
}

// table says who is told of which events. Where a person is concerned by
// several tellings of one event, the first counts. [Silent] has the kinds of
// which nobody is told.
var table = map[domain.EventKind][]telling{
	// What people may do, and what was decided about them.
	"application.decided":           {{topic: "application_decided", class: Personal, to: named(ApplicantOf, "application"), link: subjectPage("/role-calls/"), says: outcome}},
	"application.answered":          {{topic: "application_decided", class: Personal, to: named(ApplicantOf, "application"), link: subjectPage("/role-calls/"), says: outcome}},
	"role_call.ended":               {{topic: "call_ended", class: Personal, to: of(WaitingFor), link: subjectPage("/role-calls/")}},
	"role_call.revised":             {{topic: "call_revised", class: Personal, to: of(WaitingFor), link: subjectPage("/role-calls/")}},
	"membership.invited":            {{topic: "invited_abroad", class: Personal, to: person("person"), link: page("/me/memberships"), by: member("group"), once: []string{"person", "group", "activity"}}},
	"membership.begun":              {{topic: "membership_begun", class: Personal, to: person("person"), link: page("/me/memberships"), when: not(flag("applied"))}},
	"membership.rights_ended":       {{topic: "team_rights_ended", class: Personal, to: person("person"), link: page("/processes")}},
	"membership.ended":              {{topic: "membership_ended", class: Personal, to: person("person"), link: page("/me/memberships")}},
	"team.member_added":             append([]telling{memberAdded("group_administrator", func(f facts) bool { return f.text("role") == "administrator" }), memberAdded("group_member", not(flag("applied")))}, joined...),
	"organization.member_added":     append([]telling{memberAdded("group_administrator", func(f facts) bool { return f.text("role") == "administrator" }), memberAdded("group_member", nil)}, joined...),
	"team.member_removed":           append([]telling{removed}, left...),
	"organization.member_removed":   append([]telling{removed}, left...),
	"process.grant_given":           {{topic: "process_access", class: Personal, to: named(MembersOf, "grantee"), link: inPlace(""), when: both(not(flag("applied")), lists("allow", "view"))}},
	"process.grant_revoked":         {{topic: "process_access_ended", class: Personal, to: named(MembersOf, "grantee"), link: inPlace(""), when: lists("allow", "view")}},
	"process.administrator_added":   {{topic: "process_administrator", class: Personal, to: person("grantee"), link: inPlace("/people")}},
	"process.administrator_removed": {{topic: "process_administrator_ended", class: Personal, to: person("grantee"), link: inPlace("")}},
	"community.role_given": {
		{topic: "community_role", class: Personal, to: person("who"), link: inPlace("/people"), when: not(is("role", ""))},
		{topic: "community_role_ended", class: Personal, to: person("who"), link: inPlace("")},
	},
	"community.banned":   {{topic: "community_banned", class: Personal, to: person("who"), link: inPlace("")}},
	"post.approved":      {{topic: "post_approved", class: Personal, to: person("author"), link: subjectPage("/posts/")}},
	"post.refused":       {{topic: "post_refused", class: Personal, to: person("author"), link: page("/me/waiting"), together: true}},
	"appeal.answered":    {{topic: "appeal_answered", class: Personal, to: person("person"), link: page("/me/waiting")}},
	"community.unbanned": {{topic: "community_unbanned", class: Personal, to: person("who"), link: inPlace("")}},
	"report.resolved":    {{topic: "report_closed", class: Personal, to: of(ReporterOf), link: page("/")}},
	"post.deleted":       {{topic: "post_removed", class: Personal, to: person("author"), link: page("/me/waiting")}},
	"answer.taken":       {{topic: "answer_taken", class: Personal, to: person("author"), link: subjectPage("/posts/")}},
	"answer.declined":    {{topic: "answer_declined", class: Personal, to: person("author"), link: page("/me/waiting")}},
	"post.excluded":      elsewhere("post_excluded", page("/me/waiting"), "community_post_excluded", heldOf),
	"post.declined":      elsewhere("post_declined", page("/me/waiting"), "community_post_declined", heldOf),
	"post.readmitted":    elsewhere("post_readmitted", subjectPage("/posts/"), "community_post_readmitted", answered),

	"post.exclusion_answered": elsewhere("appeal_answered", page("/me/waiting"), "community_appeal_answered", heldOf),
	"process.grant_changed":   {{topic: "process_access_changed", class: Personal, to: named(MembersOf, "grantee"), link: inPlace(""), when: not(flag("applied"))}},
	"assignment.made":         {{topic: "assigned", class: Personal, to: person("assignee"), link: item}},
	"assignment.received":     {{topic: "assigned", class: Personal, to: person("assignee"), link: ownWork, by: facts.place, once: []string{"assignment", "state"}}},
	"assignment.withdrawn":    {{topic: "assignment_withdrawn", class: Personal, to: person("assignee"), link: task}},
	"contribution.awarded":    {{topic: "contribution_awarded", class: Personal, to: person("person"), link: item}},
	"contribution.rejected":   {{topic: "contribution_rejected", class: Personal, to: person("person"), link: item}},
	"contribution.reverted":   {{topic: "contribution_reverted", class: Personal, to: person("person"), link: item}},
	"contribution.answered": {
		{topic: "contribution_awarded", class: Personal, to: person("person"), link: ownWork, when: is("state", "awarded")},
		{topic: "contribution_rejected", class: Personal, to: person("person"), link: ownWork, when: is("state", "rejected")},
		{topic: "contribution_reverted", class: Personal, to: person("person"), link: ownWork, when: is("state", "claimed")},
	},
	"certificate.made":    {{topic: "certificate_made", class: Personal, to: person("person"), link: process}},
	"certificate.revoked": {{topic: "certificate_revoked", class: Personal, to: person("person"), link: process}},

	// What waits for somebody to decide.
	"contribution.claimed":      {{topic: "contribution_claimed", class: Decisions, to: of(ProcessAdministrators), link: inPlace("/contributions"), by: member("person")}},
	"notice.received":           {{topic: "notice_received", class: Decisions, to: of(Moderators), link: page("/admin/notices")}},
	"notice.complaint_received": {{topic: "complaint_received", class: Decisions, to: of(Moderators), link: page("/admin/notices")}},
	"role_call.ending":          {{topic: "call_ending", class: Decisions, to: of(DecidersOn), link: subjectPage("/role-calls/")}},
	"application.received":      {{topic: "application_received", class: Decisions, to: named(ReviewersOf, "application"), link: subjectPage("/role-calls/", "/applications")}},
	"application.appealed":      {{topic: "application_appealed", class: Decisions, to: named(ReviewersOf, "application"), link: subjectPage("/role-calls/", "/applications")}},
	"follow.received":           {{topic: "follow_requested", class: Decisions, to: named(CommunityAdministrators, "followed"), link: inPlace(""), by: member("follower"), once: []string{"follower", "followed", "iri"}, together: true}},
	"offer.received": {
		{topic: "translation_received", class: Decisions, to: of(Curators), link: page("/catalogue/offers"), when: flag("translation")},
		{topic: "offer_received", class: Decisions, to: of(Curators), link: page("/catalogue/offers")},
	},
	"cosignature.received": {{topic: "cosign_asked", class: Decisions, to: of(AdministratorsOf), link: cosignRequest, by: member("owner")}},
	"clone.offered":        {{topic: "clone_offered", class: Decisions, to: of(ProcessAdministrators), link: inPlace("/clones")}},
	"improvement.received": {{topic: "improvement_received", class: Decisions, to: of(ProcessAdministrators), link: improvement}},
	"report.made":          reported,
	"post.held":            held,
	"appeal.made": {
		{topic: "appeal_made", class: Decisions, to: named(CommunityModerators, "community"), link: inPlace("/held"), by: untold, says: always("in")},
		{topic: "appeal_made", class: Decisions, to: of(Moderators), link: page("/admin/held"), when: is("community", ""), by: untold},
	},
	"report.received":   reported,
	"account.created":   {{topic: "account_waiting", class: Decisions, to: of(ApproversOf), link: page("/admin/approvals"), by: member("actor"), once: []string{"actor"}}},
	"account.confirmed": {{topic: "account_waiting", class: Decisions, to: of(ApproversOf), link: page("/admin/approvals"), by: member("actor"), once: []string{"actor"}}},

	// What people say of things.
	"review.written":    {reviewedBy(of(Curators), "interlinker"), reviewedBy(named(AdministratorsOf, "owner"), "story")},
	"review.received":   {reviewedBy(of(Curators), "interlinker"), reviewedBy(named(AdministratorsOf, "owner"), "story")},
	"review.answered":   {{topic: "review_answered", class: Conversation, to: person("author"), link: toPath, when: not(flag("gone"))}},
	"review.answer_got": {{topic: "review_answered", class: Conversation, to: person("author"), link: toPath, when: not(flag("gone"))}},
	"review.removed":    {{topic: "review_removed", class: Personal, to: person("author"), link: toPath}},
	"review.restored":   {{topic: "review_restored", class: Personal, to: person("author"), link: toPath}},
	"review.judged":     {{topic: "review_restored", class: Personal, to: person("author"), link: toPath, when: flag("shown")}, {topic: "review_removed", class: Personal, to: person("author"), link: toPath}},

	"translation.answered": {
		{topic: "translation_accepted", class: Work, to: person("offeredBy"), link: translated, when: flag("accepted")},
		{topic: "translation_refused", class: Work, to: person("offeredBy"), link: translated},
		{topic: "translation_answered", class: Work, to: person("offeredBy"), link: translated}, // those told before answers were told apart
	},

	"catalogue.halted":             {{topic: "catalogue_halted", class: Decisions, to: of(Moderators), link: page("/admin/catalogues"), by: member("catalogue")}},
	"catalogue.trust_list_offered": {{topic: "trust_list_offered", class: Decisions, to: of(Moderators), link: page("/admin/trust")}},

	// What others do where somebody takes part.
	"catalogue.entry_unfit":    {{topic: "tool_unfit", class: Work, to: of(AdministratorsUsing), link: entry}},
	"catalogue.entry_lost":     {{topic: "tool_deleted", class: Work, to: of(AdministratorsUsing), link: entry}},
	"process.started":          {{topic: "process_started", class: Work, to: named(MembersOf, "team"), link: inPlace("")}},
	"process.group_ended":      {{topic: "process_group_ended", class: Work, to: of(ProcessAdministrators), link: inPlace("/people")}},
	"process.webhook_disabled": {{topic: "process_webhook_disabled", class: Work, to: of(ProcessAdministrators), link: inPlace("/webhooks")}},
	"offer.answered": {
		{topic: "offer_accepted", class: Work, to: of(ProcessAdministrators), link: offered, when: flag("accepted")},
		{topic: "offer_refused", class: Work, to: of(ProcessAdministrators), link: offered},
		{topic: "offer_answered", class: Work, to: of(ProcessAdministrators), link: offered}, // as above
	},
	"process.update_received": {{topic: "update_received", class: Work, to: of(ProcessAdministrators), link: inPlace("/updates")}},
	"improvement.settled":     {{topic: "improvement_settled", class: Work, to: of(ProcessAdministrators), link: improvement}},
	"cosignature.dropped":     {{topic: "cosign_dropped", class: Work, to: of(AdministratorsOf), link: cosignRequest, by: member("owner")}},
	"cosignature.settled": {
		{topic: "cosign_signed", class: Work, to: of(AdministratorsOf), link: cosigners, by: member("partner"), when: flag("signed")},
		{topic: "cosign_refused", class: Work, to: of(AdministratorsOf), link: cosigners, by: member("partner"), when: flag("refused")},
		{topic: "cosign_withdrawn", class: Work, to: of(AdministratorsOf), link: cosigners, by: member("partner"), when: flag("withdrawn")},
		{topic: "cosign_answered", class: Work, to: of(AdministratorsOf), link: cosigners, by: member("partner")}, // as above
	},
	"process.moved":                 {{topic: "process_moved", class: Work, to: of(ParticipantsIn), link: inPlace("")}},
	"process.source_moved":          {{topic: "source_moved", class: Work, to: of(ProcessAdministrators), link: inPlace("/clones")}},
	"process.source_back":           {{topic: "source_back", class: Work, to: of(ProcessAdministrators), link: inPlace("/clones")}},
	"process.clone_answered":        {{topic: "clone_answered", class: Work, to: of(ProcessAdministrators), link: inPlace("/clones")}},
	"item.added":                    {{topic: "item_added", class: Work, to: of(ParticipantsIn), link: item}},
	"item.disabled":                 {{topic: "item_disabled", class: Work, to: of(ParticipantsIn), link: item}},
	"item.restored":                 {{topic: "item_restored", class: Work, to: of(ParticipantsIn), link: item}},
	"task.status_changed":           {{topic: "task_finished", class: Work, to: of(ParticipantsIn), link: item, when: is("to", "finished")}, {topic: "task_status_changed", class: Work, to: of(ParticipantsIn), link: item}},
	"resource.added":                {{topic: "resource_added", class: Work, to: of(ParticipantsIn), link: item}},
	"assignment.accepted":           {{topic: "assignment_accepted", class: Work, to: person("givenBy"), link: item, by: member("assignee")}},
	"assignment.declined":           {{topic: "assignment_declined", class: Work, to: person("givenBy"), link: item, by: member("assignee")}},
	"assignment.done":               {{topic: "assignment_done", class: Work, to: person("givenBy"), link: item, by: member("assignee")}},
	"resource.changed":              {{topic: "resource_changed", class: Work, to: of(ParticipantsIn), link: item}},
	"resource.restored":             {{topic: "resource_restored", class: Work, to: of(ParticipantsIn), link: item}},
	"resource.removed":              {{topic: "resource_removed", class: Work, to: of(ParticipantsIn), link: item}},
	"application.withdrawn":         {{topic: "application_withdrawn", class: Work, to: named(ReviewersOf, "application"), link: subjectPage("/role-calls/", "/applications")}},
	"team.invitation_ended":         {{topic: "invitation_declined", class: Work, to: of(AdministratorsOf), link: inPlace("/members"), when: is("ended", "declined")}},
	"organization.invitation_ended": {{topic: "invitation_declined", class: Work, to: of(AdministratorsOf), link: inPlace("/members"), when: is("ended", "declined")}},

	// Who writes to somebody.
	"post.created":  spoken,
	"post.received": spoken,
	"quote.allowed": {{topic: "quoted", class: Conversation, to: person("author"), link: page("/timeline"), by: member("by"), once: []string{"by", "quote"}}},

	// Who likes, passes on or follows.
	"post.liked":        {{topic: "liked", class: Reactions, to: person("author"), link: subjectPage("/posts/"), by: member("actor"), once: []string{"actor", "post"}, together: true}},
	"like.received":     {{topic: "liked", class: Reactions, to: person("author"), link: subjectPage("/posts/"), by: member("actor"), once: []string{"actor", "post"}, together: true}},
	"poll.ended":        {{topic: "poll_ended", class: Reactions, to: of(VotersIn), link: subjectPage("/posts/")}, {topic: "poll_ended", class: Reactions, to: of(AuthorOf), link: subjectPage("/posts/")}},
	"announce.received": {{topic: "shared", class: Reactions, to: of(AuthorOf), link: subjectPage("/posts/"), by: member("author"), once: []string{"author", "iri"}, together: true}},
	"follow.confirmed":  {{topic: "follow_accepted", class: Reactions, to: person("follower"), link: page("/timeline"), by: member("followed"), once: []string{"follower", "followed"}}},
	"follow.refused":    {{topic: "follow_refused", class: Reactions, to: person("follower"), link: page("/timeline"), by: member("followed"), once: []string{"follower", "followed"}}},
	"follow.accepted": {
		{topic: "follower", class: Reactions, to: person("followed"), link: page("/timeline"), by: member("follower"), once: []string{"follower", "followed"}, together: true},
		{topic: "follow_accepted", class: Reactions, to: person("follower"), link: inPlace(""), when: byOther("followed"), once: []string{"follower", "followed"}},
	},
	"follow.rejected": {{topic: "follow_refused", class: Reactions, to: person("follower"), link: inPlace(""), when: byOther("followed"), once: []string{"follower", "followed"}}},

	// What is new where somebody follows.
	"story.published":     {{topic: "story_published", class: News, to: named(FollowersOf, "community"), link: story}, {topic: "story_published", class: News, to: named(ParticipantsIn, "process"), link: story}},
	"search.found":        {{topic: "search_found", class: News, to: person("person"), link: page("/me/searches"), by: untold, together: true}},
	"role_call.published": {{topic: "call_published", class: News, to: named(FollowersOf, "community"), link: subjectPage("/role-calls/")}},
}

// reviewedBy tells those who keep a kind of thing of this node of a review.
func reviewedBy(to who, kind string) telling {
	return telling{topic: "reviewed", class: Work, to: to, link: toPath, when: both(flag("here"), is("kind", kind)), by: member("author"), once: []string{"review"}}
}

// elsewhere tells of what others decided about a post: its author, or those who
// run the community that wrote it.
func elsewhere(author Topic, at link, community Topic, there link) []telling {
	return []telling{
		{topic: author, class: Personal, to: person("author"), link: at},
		{topic: community, class: Decisions, to: named(CommunityModerators, "author"), link: there},
	}
}

// The tellings of several kinds.
var (
	spoken = []telling{
		{topic: "reply", class: Conversation, to: of(AnsweredBy), link: subjectPage("/posts/"), by: member("author"), when: not(flag("limited")), once: []string{"subject"}},
		{topic: "rights_abroad", class: Personal, to: of(MentionedIn), link: subjectPage("/posts/"), by: member("author"), when: both(not(is("rights", "")), not(flag("limited"))), says: func(f facts) string { return f.text("rights") }, once: []string{"subject"}},
		{topic: "letter", class: Conversation, to: of(MentionedIn), link: subjectPage("/posts/"), by: member("author"), when: both(flag("letter"), not(flag("limited"))), once: []string{"subject"}},
		{topic: "mention", class: Conversation, to: of(MentionedIn), link: subjectPage("/posts/"), by: member("author"), when: not(flag("limited")), once: []string{"subject"}},
	}
	reported = []telling{
		{topic: "report_made", class: Decisions, to: of(Moderators), link: page("/admin/reports")},
		{topic: "community_report", class: Decisions, to: named(CommunityModerators, "community"), link: inPlace("/reports"), by: untold},
	}
	held = []telling{
		{topic: "post_held", class: Decisions, to: named(CommunityModerators, "community"), link: heldIn, by: untold, says: always("in"), together: true},
		{topic: "post_held", class: Decisions, to: of(Moderators), link: page("/admin/held"), when: is("community", ""), by: untold, together: true},
	}
	joined  = []telling{{topic: "member_joined", class: Work, to: of(AdministratorsOf), link: inPlace("/members"), by: member("actor"), when: byThemselves("actor"), together: true}}
	left    = []telling{{topic: "member_left", class: Work, to: of(AdministratorsOf), link: inPlace("/members"), by: member("actor"), when: byThemselves("actor"), together: true}}
	removed = telling{topic: "group_member_ended", class: Personal, to: person("actor"), link: inPlace("")}
)

func memberAdded(topic Topic, when func(facts) bool) telling {
	return telling{topic: topic, class: Personal, to: person("actor"), link: inPlace(""), when: when}
}

// Silent are the kinds of which nobody is told, with the reason.
var Silent = map[domain.EventKind]string{
	"cosignature.asked":              "who did it knows; the partner is told by the next",
	"cosignature.cancelled":          "who did it knows; the partner is told by its own node, or by cosignature.dropped of this one",
	"cosignature.answered":           "who did it knows; the organisation that asked is told by the next",
	"account.approved":               "a mail of its own says that they can sign in now",
	"account.refused":                "who was refused cannot sign in",
	"account.profile_updated":        "who did it knows",
	"account.password_set":           "who did it knows",
	"account.token_created":          "who did it knows",
	"account.calendar_renewed":       "who did it knows",
	"legal.published":                "who must accept it is shown it when they come; others read it in the footer",
	"legal.accepted":                 "who did it knows",
	"account.deletion_asked":         "who did it knows, and gets mails of its own",
	"account.deletion_called_off":    "who did it knows",
	"account.deleted":                "there is nobody left to tell",
	"contribution.withdrawn":         "nobody is told of what is taken back",
	"contribution.sent":              "who did it knows; it is for another node",
	"contribution.recalled":          "who did it knows; it is for another node",
	"process.rewards_switched":       "its page shows it",
	"process.joining_changed":        "its page shows it",
	"post.restored":                  "who complained gets a mail of its own",
	"notice.decided":                 "those concerned get a mail of its own with the reasons",
	"notice.complaint_decided":       "those concerned get a mail of its own with the reasons",
	"actor.profile_changed":          "it is seen where they are seen",
	"actor.picture_changed":          "it is seen where they are seen",
	"actor.keys_rotated":             "it concerns servers",
	"actor.moved":                    "those who follow go along by themselves",
	"application.sent":               "who did it knows; it is for another node",
	"application.retracted":          "who did it knows; it is for another node",
	"author.gone":                    "what they wrote is gone with them",
	"catalogue.imported":             "who did it sees the report",
	"interlinker.rated":              "its page shows it",
	"story.rated":                    "its page shows it",
	"reuse.told":                     "it is for another node",
	"reuse.came":                     "the page of what is reused shows it",
	"review.withdrawn":               "nobody is told of what is taken back",
	"review.lost":                    "nobody is told of what is taken back",
	"integration.registered":         "the administration shows it",
	"integration.changed":            "the administration shows it",
	"integration.removed":            "the administration shows it",
	"integration.turned":             "the administration, its page and recommendations show it",
	"catalogue.source_added":         "the administration shows it",
	"catalogue.source_removed":       "the administration shows it",
	"problem.matched":                "the catalogue shows it",
	"problem.unmatched":              "the catalogue shows it",
	"catalogue.entry_received":       "the catalogue shows it",
	"interlinker.created":            "the catalogue shows it",
	"interlinker.updated":            "the catalogue shows it",
	"interlinker.withdrawn":          "the catalogue shows it",
	"problem.created":                "the catalogue shows it",
	"problem.updated":                "the catalogue shows it",
	"problem.withdrawn":              "the catalogue shows it",
	"schema.created":                 "the catalogue shows it",
	"schema.updated":                 "the catalogue shows it",
	"schema.withdrawn":               "the catalogue shows it",
	"interlinker.deleted":            "those who use it are told of its loss",
	"schema.deleted":                 "nobody uses a schema any more that a process began with",
	"problem.deleted":                "the catalogue shows it",
	"clone.accepted":                 "the people of the clone are told by process.clone_answered",
	"clone.rejected":                 "the people of the clone are told by process.clone_answered",
	"clone.withdrawn":                "the people of the clone are told by process.clone_answered",
	"community.created":              "nobody is in it yet",
	"community.updated":              "its page shows it",
	"follow.requested":               "who did it knows; who is followed is told by follow.accepted or follow.received",
	"follow.undone":                  "nobody is told who goes",
	"follow.lost":                    "nobody is told who goes",
	"filter.saved":                   "the administration shows it",
	"filter.removed":                 "the administration shows it",
	"moderation.holding_changed":     "the administration shows it",
	"host.rule_set":                  "the list of rules shows it",
	"host.purged":                    "the log shows it",
	"host.rule_lifted":               "the list of rules shows it",
	"host.retried":                   "who did it knows",
	"item.edited":                    "there are many; the history of the item shows them",
	"item.moved":                     "there are many; the history of the item shows them",
	"answer.asked":                   "who did it knows; it is for the author elsewhere",
	"answer.withdrawn":               "who did it knows; it is for the author elsewhere",
	"like.taken":                     "it is counted",
	"like.declined":                  "it is said where the button is",
	"like.lost":                      "nobody is told of what is taken back",
	"membership.accepted":            "who did it knows; it is for another node",
	"membership.declined":            "who did it knows; it is for another node",
	"membership.asked":               "who did it knows; it is for another node",
	"membership.left":                "who did it knows; it is for another node",
	"organization.created":           "nobody is in it yet",
	"organization.updated":           "its page shows it",
	"organization.deleted":           "its members are those of no group any more; processes are told by process.group_ended",
	"organization.invited":           "the invitation is a mail, or goes to another node",
	"feature.allowed":                "a list of another server recommends a community",
	"feature.refused":                "nobody decided it: the settings of who was asked did",
	"feature.withdrawn":              "who did it knows; it is for the list of another server",
	"post.announced":                 "the timeline shows it",
	"community.archived_removed":     "who wrote it is known by an address alone",
	"post.exclusion_appealed":        "who did it knows",
	"post.expelled":                  "it is of another server, whose author is told by that",
	"post.locked":                    "the thread says so",
	"post.unlocked":                  "the thread says so",
	"post.gone":                      "there is nothing left to read",
	"post.pinned":                    "the page of the community shows it",
	"post.unshared":                  "nobody is told of what is taken back",
	"post.unpinned":                  "the page of the community shows it",
	"poll.voted":                     "who did it knows; who asked is told how many voted",
	"poll.counted":                   "the post shows it",
	"post.unliked":                   "nobody is told of what is taken back",
	"post.updated":                   "the post says that it was changed",
	"process.cloned":                 "who did it knows; the people of the source are told by clone.offered",
	"process.offered_again":          "who did it knows; the people of the source are told by clone.offered",
	"process.webhook_added":          "who did it knows; the log shows it",
	"process.webhook_removed":        "who did it knows; the log shows it",
	"process.webhook_enabled":        "who did it knows; the log shows it",
	"process.updated":                "its page shows it",
	"process.released":               "its page shows it; the people of clones are told by process.update_received",
	"process.release_merged":         "there are many changes at once; the history shows them",
	"improvement.sent":               "who did it knows; the people of the source are told by improvement.received",
	"improvement.withdrawn":          "there is nothing to decide any more; its page shows it",
	"clone.declined":                 "it is for another node",
	"improvement.declined":           "it is for another node",
	"improvement.answered":           "who did it knows; the people of the clone are told by improvement.settled",
	"process.merge_undone":           "who did it knows; the history shows it",
	"received.replayed":              "who did it knows",
	"received.set_aside":             "who did it knows",
	"story.gone":                     "there is nothing left to read",
	"story.received":                 "the timeline shows it",
	"story.updated":                  "the story says its version",
	"story.withdrawn":                "the story says so",
	"team.created":                   "nobody is in it yet",
	"team.updated":                   "its page shows it",
	"team.deleted":                   "its members are those of no group any more; processes are told by process.group_ended",
	"team.invited":                   "the invitation is a mail, or goes to another node",
	"team.join_declined":             "who asked is of another node, which is answered",
	"catalogue.subscription_changed": "its page shows it",
	"catalogue.reviewed":             "who did it knows",
	"catalogue.trust_set":            "the list of hosts shows it",
	"catalogue.admission_set":        "its page shows it",
	"catalogue.trust_list_published": "who did it knows",
	"catalogue.trust_list_taken":     "who did it knows",
	"catalogue.entry_endorsed":       "those who follow the catalogue are sent it",
	"catalogue.endorsement_ended":    "those who follow the catalogue are sent it",
	"interlinker.deprecated":         "the catalogue shows it",
	"interlinker.drafted":            "who writes the catalogue sees it",
	"interlinker.discarded":          "who did it knows",
	"problem.deprecated":             "the catalogue shows it",
	"schema.deprecated":              "the catalogue shows it",
	"offer.unnamed":                  "who did it knows; it is for another node",
	"offer.made":                     "who did it knows; the curators are told by offer.received",
	"offer.accepted":                 "the people of the process are told by offer.answered",
	"offer.rejected":                 "the people of the process are told by offer.answered",
}

// Kinds lists the kinds of which somebody is told, sorted.
func Kinds() []domain.EventKind {
	kinds := make([]domain.EventKind, 0, len(table))
	for kind := range table {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	return kinds
}

// Topics lists the topics of a class, sorted.
func Topics(class Class) []Topic {
	var topics []Topic
	for _, tellings := range table {
		for _, t := range tellings {
			if t.class == class && !slices.Contains(topics, t.topic) {
				topics = append(topics, t.topic)
			}
		}
	}
	slices.Sort(topics)
	return topics
}

// find returns the telling of a topic for a kind of event.
func find(kind domain.EventKind, topic Topic) (telling, bool) {
	i := slices.IndexFunc(table[kind], func(t telling) bool { return t.topic == topic })
	if i < 0 {
		return telling{}, false
	}
	return table[kind][i], true
}

// The conditions and names of the table.

func member(name string) func(facts) domain.ActorID {
	return func(f facts) domain.ActorID { return f.actor(name) }
}

// Outcomes are what may have become of an application, each with a sentence.
var Outcomes = [...]string{"shortlisted", "accepted", "declined", "rejected"}

// outcome is what became of an application; "" for what this node has no
// sentence for.
func outcome(f facts) string {
	if state := f.text("state"); slices.Contains(Outcomes[:], state) {
		return state
	}
	return ""
}

// always is the same of several sentences.
func always(sentence string) func(facts) string { return func(facts) string { return sentence } }

// untold: who did it is for others alone to know.
func untold(facts) domain.ActorID { return domain.Nobody }

func flag(name string) func(facts) bool { return func(f facts) bool { return f.flag(name) } }

func not(when func(facts) bool) func(facts) bool { return func(f facts) bool { return !when(f) } }

func both(a, b func(facts) bool) func(facts) bool {
	return func(f facts) bool { return a(f) && b(f) }
}

func is(name, value string) func(facts) bool {
	return func(f facts) bool { return f.text(name) == value }
}

// lists: a member that is a list has the value.
func lists(name, value string) func(facts) bool {
	return func(f facts) bool { return slices.Contains(f.list(name), value) }
}

// byThemselves: the event's actor is the one whom a member names.
func byThemselves(name string) func(facts) bool {
	return func(f facts) bool { return f.Actor == f.actor(name) }
}

// byOther: somebody acted for the one whom a member names.
func byOther(name string) func(facts) bool { return not(byThemselves(name)) }
