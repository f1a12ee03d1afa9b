// Package web is the portal: the pages that people read and the forms they
// send. A request goes through router.go to one handler, which asks one
// service, fills one page of package view and renders it. Handlers decide no
// rights: what is offered on a page is what the policy allows.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/audit"
	"interlink/domain/catalogue"
	"interlink/domain/catalogue/exchange"
	"interlink/domain/community"
	"interlink/domain/coproduction"
	"interlink/domain/curation"
	"interlink/domain/integration"
	"interlink/domain/legal"
	"interlink/domain/lineage"
	"interlink/domain/moderation"
	"interlink/domain/network"
	"interlink/domain/nodearchive"
	"interlink/domain/notification"
	"interlink/domain/organization"
	"interlink/domain/participation"
	"interlink/domain/personal"
	"interlink/domain/picture"
	"interlink/domain/portable"
	"interlink/domain/profile"
	"interlink/domain/reuse"
	"interlink/domain/review"
	"interlink/domain/search"
	"interlink/domain/story"
	"interlink/domain/webhook"
	"interlink/web/locale"
	"interlink/web/view"
)

// Directory finds actors, here or on their own server.
type Directory interface {
	// Lookup finds an actor by "@name@host" or by its address. Errors:
	// NotFound, Gone, Invalid, Forbidden, Unavailable.
	Lookup(ctx context.Context, handle string) (*network.Actor, error)
	// Refresh reads an actor of another server again. Errors: as of Lookup.
	Refresh(ctx context.Context, iri domain.IRI) (*network.Actor, error)
	// Object finds what an address names, here or on its own server, and
	// returns the address of its page here. Errors: as of Lookup.
	Object(ctx context.Context, iri domain.IRI) (string, error)
	// Subscribe returns the address at which a person follows target from
	// their own server: that server's page with the target filled in. Errors:
	// Invalid for a handle that is none, NotFound if the server has no such
	// page, Unavailable.
	Subscribe(ctx context.Context, handle string, target domain.IRI) (string, error)
	// Opens is the same for the page at which they read and answer a post.
	Opens(ctx context.Context, handle string, post domain.IRI) (string, error)
}

// Sources reads processes of other nodes, to be cloned.
type Sources interface {
	Source(ctx context.Context, iri domain.IRI) (lineage.SourceProcess, error)
	Along(ctx context.Context, iri domain.IRI) (resources int, err error) // how many public ones it has
	Licence(ctx context.Context, iri domain.IRI) (string, error)          // of its newest release; "" if it has none
}

// Health tells how the node does, for its administrators and for readiness.
type Health interface {
	// Ready returns nil if the node can serve.
	Ready(ctx context.Context) error
	// Queues counts what waits.
	Queues(ctx context.Context) (network.Queues, error)
}

// Mount is an address that another layer answers, such as an inbox. A
// negotiated one answers GET only if the reader asks for ActivityPub; people
// get the page at the same address.
type Mount struct {
	Methods    []string
	Path       string
	Negotiated bool
	Handler    http.Handler
}

// Options are what the portal works with. All are required, unless said
// otherwise.
type Options struct {
	Namespace     domain.Namespace
	Name          string
	Summary       string
	Language      domain.Lang    // the node's
	Zone          *time.Location // the node's; nil for UTC
	Cookie        string         // name of the session cookie
	Version       string
	Source        string         // address of the program's source
	LogsMail      bool           // mail is not sent but printed in the log
	Proxies       []netip.Prefix // whose X-Forwarded-For is believed; may be empty
	Catalogue     domain.ActorID // actor of the node's catalogue
	Self          domain.ActorID // actor of the node
	Now           func() time.Time
	Log           *slog.Logger
	Wanted        func(*http.Request) bool // the reader asks for ActivityPub
	Changes       func() uint64            // grows with every change of the data
	Mounts        []Mount
	Accounts      *account.Service
	Elsewhere     *account.Elsewhere
	Organizations *organization.Service
	Entries       *catalogue.Service
	Exchange      *exchange.Service
	Coproduction  *coproduction.Service
	Curation      *curation.Service
	Reviews       *review.Service
	Reuse         *reuse.Service
	Integrations  *integration.Service
	Lineage       *lineage.Service
	Families      *lineage.Families
	Releases      *lineage.Releases
	Improvements  *lineage.Improvements
	Portable      *portable.Service
	NodeArchives  *nodearchive.Service
	Stories       *story.Service

	Signatures func(context.Context, *story.Story) ([]story.Signature, error) // who signed a story; none if nobody did

	Communities   *community.Service
	Network       *network.Service
	Gate          *network.Gate
	Traffic       *network.Traffic
	Pictures      *picture.Service
	Copies        *picture.Copies // of other servers' pictures
	Profiles      *profile.Service
	Participation *participation.Service
	Notifications *notification.Service
	Searches      *search.Service

	Told <-chan struct{} // receives when somebody was told of something, or read it

	Moderation *moderation.Service
	Filters    *moderation.Filters
	Contact    string // e-mail address of those who run the node; "" for none

	Webhooks  *webhook.Service
	Legal     *legal.Service
	Retention network.Retention // for how long what is kept

	Personal *personal.Service

	DeletionGrace int           // days that are offered first to those who delete their account
	KeepsReceipts time.Duration // how long the page of a deletion can be read

	Audit   *audit.Service
	LogHead func(ctx context.Context) ([]byte, error) // where the log ends, signed by the node

	KeepsApplications time.Duration // how long applications are kept that were turned down

	Directory Directory
	Sources   Sources
	Health    Health
}

// Portal answers all requests to a node.
type Portal struct {
	Options
	renderer  *view.Renderer
	catalog   *locale.Catalog
	answers   *answers
	sources   sources
	streams   *streams
	strangers strangers
	sections  sections
}

// New makes the portal.
func New(o Options) *Portal {
	p := &Portal{Options: o, catalog: locale.Default(), sources: sources{from: o.Sources, now: o.Now, known: map[domain.IRI]shownSource{}, read: map[domain.IRI]*reading{}}}
	site := view.Site{
		Name: view.Plain(o.Language, o.Name), Summary: view.Plain(o.Language, o.Summary), Base: o.Namespace.Base(),
		Host: o.Namespace.Host(), Source: o.Source, Version: o.Version, SignUp: o.Accounts.Mode() != account.ModeClosed,
	}
	p.renderer = view.New(site, p.catalog, o.Zone, o.Now)
	p.streams = newStreams(o.Notifications, o.Told, o.Log)
	p.sections = newSections(p.everything(), p.page(p.notFound))
	p.answers = newAnswers(o.Changes, o.Now, p.secured(p.sections))
	return p
}

// ServeHTTP implements http.Handler.
func (p *Portal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.answers.serve(w, r, p.Wanted(r))
}

// Shrink forgets what only many readers at once need.
func (p *Portal) Shrink() { p.renderer.Shrink() }
