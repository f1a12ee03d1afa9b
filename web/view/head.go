package view

import (
	"strings"

	"interlink/domain"
	"interlink/web/locale"
)

// The entries of the navigation.
const (
	navCatalogue   = "catalogue"
	navProblems    = "problems"
	navProcesses   = "processes"
	navStories     = "stories"
	navCommunities = "communities"
	navTimeline    = "timeline"
	navAdmin       = "admin"
)

// navOf is the entry of the navigation to which an address belongs; "" for
// none.
func navOf(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	switch first {
	case "interlinkers":
		return navCatalogue
	case "problems":
		return navProblems
	case "processes", "schemas":
		return navProcesses
	case "stories":
		return navStories
	case "organizations", "teams", "communities", "role-calls":
		return navCommunities
	}
	return ""
}

// in returns a text in the printer's language, for titles and descriptions.
func in(p *locale.Printer, t domain.Text) string {
	s, _ := t.In(p.Lang)
	return s
}

// cut shortens a description to what search engines and previews show, at a
// space.
func cut(s string) string {
	const most = 200
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	for i := most - 1; i > most/2; i-- {
		if r[i] == ' ' {
			return string(r[:i]) + "…"
		}
	}
	return string(r[:most-1]) + "…"
}

func (x HomePage) head(p *locale.Printer) head {
	return head{template: "home", wide: true}
}

func (x CataloguePage) head(p *locale.Printer) head {
	return head{template: "catalogue", nav: navCatalogue, title: p.T("page.catalogue.title"), description: p.T("page.catalogue.lead"),
		wide: true, noindex: x.Query != "" || len(x.Chosen) > 0}
}

func (x AdvicePage) head(p *locale.Printer) head {
	return head{template: "advice", nav: navCatalogue, title: p.T("search.advice_title"), description: p.T("search.advice_lead"), noindex: x.Words != ""}
}

func (x InterlinkerPage) head(p *locale.Printer) head {
	return head{template: "interlinker", nav: navCatalogue, title: in(p, x.Name), description: cut(in(p, x.Summary)), noindex: x.Origin.Host != ""}
}

func (x EntryFormPage) head(p *locale.Printer) head {
	return head{template: "entry-form", nav: navCatalogue, title: writer{p}.plain(x.Title), wide: x.Theirs != nil, noindex: true}
}

func (x EntryTranslationsPage) head(p *locale.Printer) head {
	return head{template: "entry-translations", nav: navCatalogue, title: p.T("author.translations_of", in(p, x.Name)), noindex: true}
}

func (x EntryFilesPage) head(p *locale.Printer) head {
	return head{template: "entry-files", nav: navCatalogue, title: p.T("author.files_of", in(p, x.Name)), noindex: true}
}

func (x EntryVersionsPage) head(p *locale.Printer) head {
	return head{template: "entry-versions", nav: navCatalogue, title: p.T("resource.versions_of", in(p, x.Name)), noindex: true}
}

func (x EntryComparePage) head(p *locale.Printer) head {
	return head{template: "entry-compare", nav: navCatalogue, title: p.T("resource.compare_of", in(p, x.Name)), wide: true, noindex: true}
}

func (x OfferResourcePage) head(p *locale.Printer) head {
	return head{template: "offer-resource", nav: navProcesses, title: p.T("curation.offer_of", in(p, x.Title)), noindex: true}
}

func (x ReleasesPage) head(p *locale.Printer) head {
	return head{template: "releases", nav: navProcesses, title: p.T("release.title_of", in(p, x.ProcessHead.Title))}
}

func (x ReleasePage) head(p *locale.Printer) head {
	return head{template: "release", nav: navProcesses, title: in(p, x.ProcessHead.Title) + " " + x.Card.Version, description: cut(in(p, x.Card.Note))}
}

func (x ReleaseFormPage) head(p *locale.Printer) head {
	return head{template: "release-form", nav: navProcesses, title: p.T("release.new"), noindex: true}
}

func (x UpdatesPage) head(p *locale.Printer) head {
	return head{template: "updates", nav: navProcesses, title: p.T("updates.title_of", in(p, x.ProcessHead.Title)), wide: true, noindex: true}
}

func (x ImprovementsPage) head(p *locale.Printer) head {
	return head{template: "improvements", nav: navProcesses, title: p.T("improvement.title_of", in(p, x.ProcessHead.Title)), noindex: true}
}

func (x ImproveFormPage) head(p *locale.Printer) head {
	return head{template: "improve-form", nav: navProcesses, title: p.T("improvement.new"), wide: true, noindex: true}
}

func (x ImprovementPage) head(p *locale.Printer) head {
	return head{template: "improvement", nav: navProcesses, title: p.T("improvement.of", in(p, x.Facts.Name)), wide: true, noindex: true}
}

func (x OffersPage) head(p *locale.Printer) head {
	return head{template: "offers", nav: navCatalogue, title: p.T("curation.queue"), noindex: true}
}

func (x ProposalPage) head(p *locale.Printer) head {
	return head{template: "proposal", nav: navCatalogue, title: in(p, x.Name), noindex: true}
}

func (x TranslatePage) head(p *locale.Printer) head {
	return head{template: "translate", nav: navCatalogue, title: p.T("curation.translate_of", in(p, x.Name)), wide: true, noindex: true}
}

func (x DraftsPage) head(p *locale.Printer) head {
	return head{template: "drafts", nav: navCatalogue, title: p.T("author.drafts"), noindex: true}
}

func (x ProblemsPage) head(p *locale.Printer) head {
	return head{template: "problems", nav: navProblems, title: p.T("page.problems.title"), description: p.T("page.problems.lead")}
}

func (x ProblemPage) head(p *locale.Printer) head {
	return head{template: "problem", nav: navProblems, title: in(p, x.Name), description: cut(in(p, x.Summary)), noindex: x.Origin.Host != ""}
}

func (x SchemasPage) head(p *locale.Printer) head {
	return head{template: "schemas", nav: navProcesses, title: p.T("page.schemas.title"), description: p.T("page.schemas.lead")}
}

func (x SchemaPage) head(p *locale.Printer) head {
	return head{template: "schema", nav: navProcesses, title: in(p, x.Name), description: p.T("page.schema.facts", x.Tasks), noindex: x.Origin.Host != ""}
}

func (x ProcessesPage) head(p *locale.Printer) head {
	return head{template: "processes", nav: navProcesses, title: p.T("page.processes.title"), description: p.T("page.processes.lead")}
}

func (x BeginPage) head(p *locale.Printer) head {
	return head{template: "begin", nav: navProcesses, title: p.T("page.start.title"), description: p.T("page.begin.lead"), noindex: true}
}

func (x ApproachPage) head(p *locale.Printer) head {
	return head{template: "approach", nav: navProcesses, title: writer{p}.plain(x.Title), noindex: true}
}

func (x ChoicePage) head(p *locale.Printer) head {
	return head{template: "choice", nav: navProcesses, title: p.T("page.choice.title"), noindex: true}
}

func (x StartPage) head(p *locale.Printer) head {
	return head{template: "start", nav: navProcesses, title: p.T("page.start.title"), noindex: true}
}

func (x ProcessPage) head(p *locale.Printer) head {
	return head{template: "process", nav: navProcesses, title: in(p, x.Title), description: p.T("page.process.description", in(p, x.Title), x.Done, x.Tasks), noindex: x.hidden()}
}

func (x GuidePage) head(p *locale.Printer) head {
	title := p.T("page.guide.title_of", in(p, x.Title))
	if x.Item != nil {
		title = in(p, x.Item.Name) + " · " + in(p, x.Title)
	}
	return head{template: "guide", nav: navProcesses, title: title, description: p.T("page.guide.lead"), wide: true, noindex: x.hidden()}
}

func (x ItemPage) head(p *locale.Printer) head {
	return head{template: "item-form", nav: navProcesses, title: writer{p}.plain(x.Title), noindex: true}
}

func (x PlanPage) head(p *locale.Printer) head {
	return head{template: "plan", nav: navProcesses, title: p.T("page.plan.title_of", in(p, x.Title)), description: p.T("page.plan.description", in(p, x.Title)), wide: true, noindex: x.hidden()}
}

func (x ArrangePage) head(p *locale.Printer) head {
	title := in(p, x.Title)
	if x.Of != nil {
		title = in(p, x.Of.Text)
	}
	return head{template: "arrange", nav: navProcesses, title: p.T("page.arrange.title_of", title), noindex: true}
}

func (x FirstPage) head(p *locale.Printer) head {
	return head{template: "first", nav: navProcesses, title: p.T("page.first.title_of", in(p, x.Item.Text)), noindex: true}
}

func (x ConflictPage) head(p *locale.Printer) head {
	return head{template: "conflict", nav: navProcesses, title: p.T("page.conflict.title"), wide: true, noindex: true}
}

func (x ItemHistoryPage) head(p *locale.Printer) head {
	return head{template: "item-history", nav: navProcesses, title: p.T("page.history.title_of", in(p, x.Item.Text)), noindex: true}
}

func (x PeoplePage) head(p *locale.Printer) head {
	of := x.Title
	if x.Item != nil {
		of = x.Item.Text
	}
	return head{template: "people", nav: navProcesses, title: p.T("page.people.title_of", in(p, of)), noindex: true}
}

func (x HistoryPage) head(p *locale.Printer) head {
	return head{template: "history", nav: navProcesses, title: p.T("page.history.title_of", in(p, x.Title)), noindex: true}
}

func (x ClonesPage) head(p *locale.Printer) head {
	return head{template: "clones", nav: navProcesses, title: p.T("page.clones.title_of", in(p, x.Title)), noindex: x.hidden()}
}

func (x ProcessHead) hidden() bool {
	return x.Visibility != domain.VisiblePublic || x.Origin.Host != ""
}

func (x ClonePage) head(p *locale.Printer) head {
	return head{template: "clone", nav: navProcesses, title: p.T("page.clone.title"), description: p.T("page.clone.lead")}
}

func (x BroughtPage) head(p *locale.Printer) head {
	return head{template: "brought", nav: navProcesses, title: p.T("bring.inside")}
}

func (x ClonePreviewPage) head(p *locale.Printer) head {
	return head{template: "clone-preview", nav: navProcesses, title: p.T("page.clone.preview_of", in(p, x.Title)), noindex: true}
}

func (x ProgressPage) head(p *locale.Printer) head {
	return head{template: "progress", title: writer{p}.plain(x.Title), noindex: true}
}

func (x StoriesPage) head(p *locale.Printer) head {
	return head{template: "stories", nav: navStories, title: p.T("page.stories.title"), description: p.T("page.stories.lead"), wide: true}
}

func (x StoryPage) head(p *locale.Printer) head {
	return head{template: "story", nav: navStories, title: in(p, x.Title), description: cut(in(p, x.Summary)), noindex: x.Origin.Host != "", creator: x.Author.Handle}
}

func (x PublishPage) head(p *locale.Printer) head {
	return head{template: "publish", nav: navProcesses, title: p.T("page.publish.title_of", in(p, x.Title)), noindex: true}
}

func (x OriginalPage) head(p *locale.Printer) head {
	return head{template: "original", nav: navProcesses, title: p.T("tell.import_title"), noindex: true}
}

func (x CommunitiesPage) head(p *locale.Printer) head {
	return head{template: "communities", nav: navCommunities, title: p.T("page.communities.title"), description: p.T("page.communities.lead")}
}

func (x ResourcePage) head(p *locale.Printer) head {
	return head{template: "resource", nav: navProcesses, title: in(p, x.Resource.Title), noindex: x.hidden()}
}

func (x ResourcesPage) head(p *locale.Printer) head {
	return head{template: "resources", nav: navProcesses, title: p.T("resource.list_of", in(p, x.Title)), noindex: x.hidden()}
}

func (x ResourceFormPage) head(p *locale.Printer) head {
	return head{template: "resource-form", nav: navProcesses, title: p.T("resource.edit_of", in(p, x.Title)), wide: x.Theirs != nil, noindex: true}
}

func (x VersionsPage) head(p *locale.Printer) head {
	return head{template: "resource-versions", nav: navProcesses, title: p.T("resource.versions_of", in(p, x.Resource.Title)), noindex: true}
}

func (x VersionPage) head(p *locale.Printer) head {
	return head{template: "resource-version", nav: navProcesses, title: p.T("resource.version_of", x.Version.Number, in(p, x.Resource.Title)), noindex: true}
}

func (x ComparePage) head(p *locale.Printer) head {
	return head{template: "resource-compare", nav: navProcesses, title: p.T("resource.compare_of", in(p, x.Resource.Title)), wide: true, noindex: true}
}

func (x CommunityPage) head(p *locale.Printer) head {
	return head{template: "community", nav: navCommunities, title: in(p, x.Title), description: p.T("page.community.description", in(p, x.Title), x.Handle), image: x.Picture, noindex: x.Origin.Host != ""}
}

func (x FollowPage) head(p *locale.Printer) head {
	if x.Post != "" {
		return head{template: "follow", nav: navCommunities, title: p.T("page.answer.own"), noindex: true}
	}
	return head{template: "follow", nav: navCommunities, title: p.T("page.follow.title", x.Who.Called()), noindex: true}
}

func (x PostPage) head(p *locale.Printer) head {
	title := in(p, x.Post.Title)
	if title == "" {
		title = p.T("page.post.title", x.Author.Called())
	}
	return head{template: "post-page", nav: navCommunities, title: title, noindex: x.Author.Origin.Host != "" || x.Deleted, creator: x.Author.Handle}
}

func (x TimelinePage) head(p *locale.Printer) head {
	return head{template: "timeline", nav: navTimeline, title: p.T("page.timeline.title"), noindex: true}
}

func (x BulletinPage) head(p *locale.Printer) head {
	return head{template: "bulletin-page", nav: navCatalogue, title: p.T("bulletin.title", x.Actor.Called()), noindex: true}
}

func (x LookupPage) head(p *locale.Printer) head {
	return head{template: "lookup", nav: navTimeline, title: p.T("page.lookup.title"), noindex: true}
}

func (x ActorPage) head(p *locale.Printer) head {
	return head{template: "actor", title: x.Called(), description: p.T("page.actor.description", x.Called(), x.Handle), image: x.Picture, noindex: x.Origin.Host != ""}
}

func (x OrganizationsPage) head(p *locale.Printer) head {
	return head{template: "organizations", nav: navCommunities, title: p.T("page.organizations.title"), description: p.T("page.organizations.lead")}
}

func (x OrganizationPage) head(p *locale.Printer) head {
	return head{template: "organization", nav: navCommunities, title: in(p, x.Title), description: p.T("page.actor.description", in(p, x.Title), x.Handle), image: x.Picture, noindex: x.Origin.Host != ""}
}

func (x CreatePage) head(p *locale.Printer) head {
	return head{template: "create", nav: navCommunities, title: p.T("page.create." + x.What), noindex: true}
}

func (x TeamPage) head(p *locale.Printer) head {
	return head{template: "team", nav: navCommunities, title: in(p, x.Title), description: p.T("page.actor.description", in(p, x.Title), x.Handle), noindex: x.Origin.Host != ""}
}

func (x SignInPage) head(p *locale.Printer) head {
	return head{template: "sign-in", title: p.T("page.sign_in.title"), noindex: true}
}

func (x SignUpPage) head(p *locale.Printer) head {
	return head{template: "sign-up", title: p.T("page.sign_up.title"), description: p.T("page.sign_up.lead")}
}

func (x CheckMailPage) head(p *locale.Printer) head {
	return head{template: "check-mail", title: p.T("page.check_mail.title"), noindex: true}
}

func (x ConfirmedPage) head(p *locale.Printer) head {
	return head{template: "confirmed", title: p.T("page.confirmed.title"), noindex: true}
}

func (x ResetPage) head(p *locale.Printer) head {
	return head{template: "reset", title: p.T("page.reset.title"), noindex: true}
}

func (x SettingsPage) head(p *locale.Printer) head {
	return head{template: "settings", title: p.T("page.settings.title"), noindex: true}
}

func (x TokensPage) head(p *locale.Printer) head {
	return head{template: "tokens", title: p.T("page.tokens.title"), noindex: true}
}

func (x AdminPage) head(p *locale.Printer) head {
	return head{template: "admin", nav: navAdmin, title: p.T("page.admin.title"), noindex: true}
}

func (x ImportPage) head(p *locale.Printer) head {
	return head{template: "import", nav: navAdmin, title: p.T("page.import.title"), noindex: true}
}

func (x ApprovalsPage) head(p *locale.Printer) head {
	return head{template: "approvals", nav: navAdmin, title: p.T("page.approvals.title"), noindex: true}
}

func (x ErrorPage) head(p *locale.Printer) head {
	return head{template: "error", title: p.T("page.error.title_" + x.kind()), noindex: true}
}

func (x FormPage) head(p *locale.Printer) head {
	return head{template: "form-page", nav: navOf(x.Action), title: writer{p}.plain(x.Title), noindex: true}
}

func (x ConfirmPage) head(p *locale.Printer) head {
	return head{template: "confirm", title: writer{p}.plain(x.Title), noindex: true}
}
