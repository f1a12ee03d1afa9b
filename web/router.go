package web

import (
	"net"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2/adapters/humamux"
	"github.com/gorilla/mux"

	"interlink/web/api"
	"interlink/web/static"
)

// route is one address of the portal.
type route struct {
	method  string
	path    string // variables in braces
	handler handler
}

// routes are all pages and forms, by subject.
func (p *Portal) routes() []route {
	return slices.Concat(
		p.homeRoutes(), p.preferenceRoutes(),
		p.accountRoutes(), p.guestRoutes(), p.notificationRoutes(), p.deletionRoutes(),
		p.correctionRoutes(), p.authorRoutes(), // before what is at /interlinkers/{slug}
		p.catalogueRoutes(), p.bulletinRoutes(), p.reviewRoutes(), p.reuseRoutes(), p.needRoutes(), p.importRoutes(), p.curationRoutes(),
		p.organizationRoutes(), p.teamRoutes(), p.membershipRoutes(), p.invitationRoutes(),
		p.communityRoutes(), p.staffRoutes(), p.roleCallRoutes(), p.joiningRoutes(), p.applicationRoutes(), p.logoRoutes(), p.profileRoutes(),
		p.postRoutes(), p.composeRoutes(), p.completeRoutes(), p.reactionRoutes(), p.tagRoutes(), p.savedRoutes(), p.pictureRoutes(), p.reportRoutes(), p.followRoutes(),
		p.approachRoutes(), p.processRoutes(),
		p.itemRoutes(), // before the pages of items
		p.guideRoutes(), p.resourceRoutes(), p.useRoutes(), p.integrationRoutes(), p.webhookRoutes(), p.planRoutes(), p.peopleRoutes(), p.assignmentRoutes(), p.contributionRoutes(),
		p.cloneRoutes(), p.broughtRoutes(), p.archiveRoutes(), p.lineageRoutes(), p.releaseRoutes(), p.improvementRoutes(),
		p.storyRoutes(), p.cosignRoutes(), p.publishRoutes(),
		p.adminRoutes(), p.ruleRoutes(), p.nodeArchiveRoutes(), p.holdRoutes(), p.removalRoutes(), p.editRoutes(), p.filterRoutes(), p.followedRoutes(), p.trustRoutes(), p.trafficRoutes(),
		p.logRoutes(), p.leaveRoutes(), p.dataRoutes(), p.noticeRoutes(), p.legalRoutes(),
	)
}

// everything joins the pages with what other layers answer.
func (p *Portal) everything() []address {
	read := []string{http.MethodGet, http.MethodHead}
	health := HealthHandler(p.Health, p.Log)
	all := []address{
		at(read, "/livez", health),
		at(read, "/readyz", health),
		{static.Prefix, func(r *mux.Router) { r.PathPrefix(static.Prefix).Handler(static.Handler()) }},
		at(read, "/files/{hash}", variables(http.HandlerFunc(p.file), false)),
		at([]string{http.MethodGet}, "/live", p.page(p.liveList)),
		at([]string{http.MethodGet}, "/notifications/stream", p.page(p.stream)), // no page: it does not end
	}
	for _, m := range p.Mounts {
		all = append(all, p.mount(m))
	}
	all = append(all, address{api.Path, p.program})
	for _, page := range p.routes() {
		methods := []string{page.method}
		if page.method == http.MethodGet {
			methods = read
		}
		all = append(all, at(methods, page.path, variables(p.page(page.handler), false)))
	}
	for _, page := range p.uploadRoutes() {
		all = append(all, at([]string{page.method}, page.path, variables(p.handle(page.handler, true), false)))
	}
	for _, page := range p.exportRoutes() {
		all = append(all, at([]string{page.method, http.MethodHead}, page.path, variables(p.page(page.handler), false)))
	}
	return all
}

// at is one address. mux writes to the methods that it is given, and sections are
// made while others are.
func at(methods []string, path string, h http.Handler) address {
	return address{path, func(r *mux.Router) { r.Path(path).Methods(slices.Clone(methods)...).Handler(h) }}
}

// mount is an address of another layer, which may stand beside a page.
func (p *Portal) mount(m Mount) address {
	h := p.addressed(readable(variables(m.Handler, m.Negotiated)))
	return address{m.Path, func(r *mux.Router) {
		route := r.Path(m.Path).Methods(slices.Clone(m.Methods)...).Handler(h)
		if m.Negotiated {
			route.MatcherFunc(func(r *http.Request, _ *mux.RouteMatch) bool { return p.Wanted(r) })
		}
	}}
}

// program adds what programs use.
func (p *Portal) program(r *mux.Router) {
	api.Register(humamux.New(r, api.Config(p.Version)), api.Services{
		Namespace: p.Namespace, CatalogueID: p.Catalogue, Accounts: p.Accounts, Organizations: p.Organizations,
		Catalogue: p.Entries, Exchange: p.Exchange, Coproduction: p.Coproduction, Curation: p.Curation, Integrations: p.Integrations, Reviews: p.Reviews, Reuse: p.Reuse, Lineage: p.Lineage, Families: p.Families, Releases: p.Releases, Improvements: p.Improvements, Portable: p.Portable, NodeArchives: p.NodeArchives, Stories: p.Stories, Signatures: p.Signatures,
		Communities: p.Communities, Participation: p.Participation, Notifications: p.Notifications, Searches: p.Searches, Network: p.Network, Gate: p.Gate, Traffic: p.Traffic, Pictures: p.Pictures, Profiles: p.Profiles, Directory: p.Directory, Audit: p.Audit,
		Personal: p.Personal, Moderation: p.Moderation, Filters: p.Filters, Legal: p.Legal, Webhooks: p.Webhooks, Retention: p.Retention, From: func(r *http.Request) string { return networkOf(p.from(r)) },
		Translations: p.catalog, Now: p.Now, Log: p.Log.Error,
	})
}

// Addresses lists all that is answered, as "GET /posts/{id}", sorted: what a
// test has to look at.
func (p *Portal) Addresses() []string { return p.sections.addresses() }

// addressed tells in RemoteAddr where a request comes from, behind proxies
// too.
func (p *Portal) addressed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.RemoteAddr = net.JoinHostPort(p.from(r), "0")
		next.ServeHTTP(w, r)
	})
}

// variables hands the path's variables on as net/http has them.
func variables(next http.Handler, negotiated bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range mux.Vars(r) {
			r.SetPathValue(name, value)
		}
		if negotiated {
			w.Header().Set("Vary", "Accept")
		}
		next.ServeHTTP(w, r)
	})
}
