package node

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
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
	"interlink/domain/policy"
	"interlink/domain/portable"
	"interlink/domain/profile"
	"interlink/domain/reuse"
	"interlink/domain/review"
	"interlink/domain/search"
	"interlink/domain/story"
	"interlink/domain/webhook"
	"interlink/storage"
	"interlink/storage/blob"
	"interlink/storage/jobs"
	"interlink/web"
)

// Node is one node, opened but not yet serving.
type Node struct {
	Namespace     domain.Namespace
	Accounts      *account.Service
	Organizations *organization.Service
	Catalogue     *catalogue.Service
	Exchange      *exchange.Service
	Coproduction  *coproduction.Service
	Lineage       *lineage.Service
	Families      *lineage.Families
	Releases      *lineage.Releases
	Improvements  *lineage.Improvements
	Portable      *portable.Service
	NodeArchives  *nodearchive.Service
	Curation      *curation.Service
	Reviews       *review.Service
	Reuse         *reuse.Service
	Integrations  *integration.Service
	Stories       *story.Service
	Communities   *community.Service
	Network       *network.Service
	Gate          *network.Gate
	Traffic       *network.Traffic
	Pictures      *picture.Service
	Profiles      *profile.Service
	Participation *participation.Service
	Notifications *notification.Service
	Audit         *audit.Service
	Personal      *personal.Service
	Moderation    *moderation.Service
	Filters       *moderation.Filters
	Searches      *search.Service
	Legal         *legal.Service
	Webhooks      *webhook.Service

	o          Options
	mint       *domain.Mint
	db         *storage.DB
	stores     stores
	self       *network.Actor // the node as an actor
	shelf      *network.Actor // its catalogue
	federation *federation
	files      picture.Files
	copies     *picture.Copies // of other servers' pictures
	large      coproduction.Files
	teller     *community.Teller
	telling    *notification.Stage
	jobs       *jobs.Client
	portal     *web.Portal
	throttles  throttles
	running    sync.Mutex
}

// stores are the tables, by subject.
type stores struct {
	accounts      *storage.Accounts
	activities    *storage.Activities
	bringings     *storage.Bringings
	catalogue     *storage.Catalogue
	communities   *storage.Communities
	deliveries    *storage.Deliveries
	nodeArchives  *storage.NodeArchives
	events        *storage.Events
	filters       *storage.Filters
	searches      *storage.SavedSearches
	hosts         *storage.Hosts
	keys          *storage.Keys
	legal         *storage.Legal
	lineage       *storage.Lineage
	releases      *storage.Releases
	curation      *storage.Curation
	integrations  *storage.Integrations
	network       *storage.Network
	notifications *storage.Notifications
	notices       *storage.Notices
	organizations *storage.Organizations
	participation *storage.Participation
	personal      *storage.Personal
	processes     *storage.Processes
	received      *storage.Received
	retention     *storage.Retention
	reuse         *storage.Reuse
	reviews       *storage.Reviews
	rules         *storage.Rules
	stories       *storage.Stories
	traffic       *storage.Traffic
	webhooks      *storage.Webhooks
}

// Open opens a node: it migrates the database, makes what every node has, and
// joins the parts. Nothing listens or works before [Node.Run]. A data
// directory that another process serves from can be opened beside it, for the
// commands of the operator.
func Open(ctx context.Context, o Options) (*Node, error) {
	n, err := connect(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := n.join(ctx); err != nil {
		_ = n.Close()
		return nil, err
	}
	return n, nil
}

// connect opens the database alone and brings it to this version's form.
func connect(ctx context.Context, o Options) (*Node, error) {
	o = o.complete()
	ns, err := domain.NewNamespace(o.BaseURL)
	if err != nil {
		return nil, err
	}
	if o.embedded() {
		if err := openDirectory(o.DataDir); err != nil {
			return nil, err
		}
	}
	n := &Node{Namespace: ns.WithHandles(o.HandleDomain), o: o, mint: domain.NewMint(o.Now, nil), throttles: newThrottles(*o.Limits, o.Notices, *o.Copies, o.Secret)}
	if n.db, err = storage.Open(ctx, o.DatabaseURL); err != nil {
		return nil, err
	}
	if err := n.migrate(ctx); err != nil {
		_ = n.Close()
		return nil, err
	}
	n.db.Speak(n.o.Language)
	n.stores = openStores(n.db, n.mint, n.o.Zone)
	return n, nil
}

func (n *Node) join(ctx context.Context) error {
	if err := n.actors(ctx); err != nil {
		return err
	}
	if err := n.openFiles(); err != nil {
		return err
	}
	if err := n.services(); err != nil {
		return err
	}
	if err := n.federate(ctx); err != nil {
		return err
	}
	n.own(n.large)
	if err := n.employ(ctx); err != nil {
		return err
	}
	return n.present()
}

// migrate brings the database to this version's form. If another process
// serves from it, that one has done so.
func (n *Node) migrate(ctx context.Context) error {
	if n.o.embedded() {
		unlock, err := lock(n.o.DataDir)
		if domain.CodeOf(err) == domain.Conflict {
			return nil
		}
		if err != nil {
			return err
		}
		defer unlock()
	}
	return n.db.Migrate(ctx)
}

func openStores(db *storage.DB, mint *domain.Mint, zone *time.Location) stores {
	communities, organizations := storage.NewCommunities(db), storage.NewOrganizations(db)
	return stores{
		accounts:      storage.NewAccounts(db),
		activities:    storage.NewActivities(db, mint),
		bringings:     storage.NewBringings(db),
		catalogue:     storage.NewCatalogue(db),
		communities:   communities,
		deliveries:    storage.NewDeliveries(db),
		nodeArchives:  storage.NewNodeArchives(db),
		events:        storage.NewEvents(db),
		filters:       storage.NewFilters(db),
		searches:      storage.NewSavedSearches(db),
		hosts:         storage.NewHosts(db),
		keys:          storage.NewKeys(db),
		legal:         storage.NewLegal(db),
		lineage:       storage.NewLineage(db),
		releases:      storage.NewReleases(db),
		curation:      storage.NewCuration(db),
		integrations:  storage.NewIntegrations(db),
		network:       storage.NewNetwork(db),
		notifications: storage.NewNotifications(db, mint, zone),
		notices:       storage.NewNotices(db, communities),
		organizations: organizations,
		participation: storage.NewParticipation(db, communities, organizations),
		personal:      storage.NewPersonal(db),
		processes:     storage.NewProcesses(db),
		received:      storage.NewReceived(db, mint),
		retention:     storage.NewRetention(db),
		reuse:         storage.NewReuse(db),
		reviews:       storage.NewReviews(db),
		rules:         storage.NewRules(db),
		stories:       storage.NewStories(db, mint),
		traffic:       storage.NewTraffic(db),
		webhooks:      storage.NewWebhooks(db),
	}
}

// actors makes the two actors that every node has: itself, which signs what
// it fetches, and its catalogue. The name of the former is its host's, which
// no other actor can have, with a dot before the port: peers that do not read
// a name with a colon (GoToSocial, Mastodon) would refuse all that it signs.
func (n *Node) actors(ctx context.Context) error {
	n.self = network.NewLocal(n.mint, n.Namespace, network.TypeApplication, network.SubjectNode, strings.NewReplacer(":", ".", "[", "", "]", "").Replace(n.Namespace.Host()), "actor")
	n.self.Title, n.self.Summary = n.o.Name, n.o.Summary
	if host := n.Namespace.HandleHost(); host != n.Namespace.Host() {
		n.self.HandleHost = host
	}
	n.shelf = network.NewLocal(n.mint, n.Namespace, network.TypeService, network.SubjectCatalogue, "catalogue", "catalogue")
	n.shelf.Title, n.shelf.Entries = n.o.Name, n.shelf.IRI+"/entries"
	if known, err := n.stores.network.ActorByHandle(ctx, n.shelf.Name, ""); err == nil && known.IRI != n.shelf.IRI {
		return fmt.Errorf("this is the data of %s, but base_url is %s; the address of a node cannot change, as other nodes know it by it: "+
			"set base_url back, or begin with a new database", strings.TrimSuffix(string(known.IRI), "/catalogue"), n.Namespace.Base())
	}
	if known, err := n.stores.network.ActorByHandle(ctx, n.self.Name, ""); err == nil && known.HandleHost != n.self.HandleHost {
		return fmt.Errorf("the handles of this node end in @%s, but handle_domain is %s; the names of a node cannot change, as other nodes know it by "+
			"them: set handle_domain back, or begin with a new database", cmp.Or(known.HandleHost, n.Namespace.Host()), n.Namespace.HandleHost())
	}
	for _, a := range []*network.Actor{n.self, n.shelf} {
		if err := n.stores.network.AddLocalActor(ctx, a); err != nil {
			return fmt.Errorf("make the actor %s: %w", a.IRI, err)
		}
	}
	return nil
}

// openFiles opens where files are kept: pictures, and what is too large to be
// held in memory.
func (n *Node) openFiles() (err error) {
	at := filepath.Join(n.o.DataDir, filesDir)
	if n.files, err = blob.Open(n.o.FilesURL, at); err != nil {
		return err
	}
	n.large, err = blob.OpenLarge(n.o.FilesURL, at)
	return err
}

// services makes the services of the domain, each from those before it.
func (n *Node) services() (err error) {
	s, ns := n.stores, n.Namespace
	communities := func(ctx context.Context, id, by domain.ActorID) (policy.Facts, error) {
		return s.communities.Community(ctx, id, by)
	}
	organizations := func(ctx context.Context, id domain.ActorID) (policy.Facts, error) {
		return s.organizations.Organization(ctx, id)
	}
	n.Accounts = account.NewService(s.accounts, n.mint, ns, n.o.Registration, n.o.Language)
	n.Accounts.HashBy(n.o.Passwords)
	n.Gate = network.NewGate(s.rules, n.mint, ns, n.o.AllowList)
	s.activities.Refuses = func(ctx context.Context, host string) bool {
		return domain.CodeOf(n.Gate.Check(ctx, host)) == domain.Forbidden
	}
	n.Traffic = network.NewTraffic(s.traffic, n.Gate, n.mint)
	n.Network = network.NewService(s.network, n.mint, ns, n.Gate)
	n.Network.SpeakBy(n.pictured)
	n.Organizations = organization.NewService(s.organizations, n.mint, ns)
	n.Catalogue = catalogue.NewService(s.catalogue, n.mint, ns, n.shelf.ID)
	n.Catalogue.MatchBy(s.catalogue)
	n.Exchange = exchange.NewService(s.catalogue, n.Catalogue, n.fetchFile, n.mint, n.shelf.ID, n.Operator())
	n.Catalogue.Guard(n.Gate, *n.o.Copies, n.throttles.excess)
	n.Coproduction = coproduction.NewService(s.processes, s.organizations, communities, coproduction.NewShelf(n.Catalogue), n.mint, ns)
	n.Coproduction.KeepFiles(n.large, *n.o.Uploads)
	n.Coproduction.FetchBy(n.fetchTemplate)
	n.Integrations = integration.NewService(s.integrations, n.Catalogue, n.Coproduction, n.askTool, n.tickets().Sign, n.mint, ns, n.o.Secret)
	n.Curation = curation.NewService(s.curation, n.Coproduction, n.Catalogue, s.network, n.mint, ns, n.shelf.ID)
	n.Lineage = lineage.NewService(s.lineage, n.Coproduction, s.organizations, n.mint, ns)
	n.Families = lineage.NewFamilies(s.lineage, n.Lineage, n.mint)
	n.Releases = lineage.NewReleases(s.releases, n.Lineage, n.mint, ns)
	n.Improvements = lineage.NewImprovements(s.releases, n.Releases, n.mint, ns)
	n.Portable = portable.NewService(s.bringings, s.bringings, s.network, n.Coproduction, n.Lineage, n.Releases, n.large, n.mint, ns)
	n.Stories = story.NewService(s.stories, s.processes, s.organizations, communities, n.mint, ns)
	n.Communities = community.NewService(s.communities, s.network, organizations, n.mint, ns)
	n.Filters = moderation.NewFilters(s.filters, n.mint)
	n.Communities.SpeakBy(n.phrase)
	n.Gate.AbandonBy(n.Communities.AbandonHost)
	n.teller = community.NewTeller(n.Communities, s.events, witness{n}, n.o.Log)
	n.Communities.ScreenBy(n.Filters.Screen, n.self.ID)
	n.Searches = search.NewService(s.searches, web.Finders(n.Catalogue, n.Stories, n.Coproduction, n.Communities), n.lookingAs, n.mint)
	n.Pictures = picture.NewService(s.network, n.files, n.pictured, n.mint, ns)
	n.copies = picture.NewCopies(n.fetchPicture, n.mint.Now)
	n.Portable.Take(n.Communities, n.Pictures)
	n.Catalogue.KeepFiles(templates{n.large, s.processes, n.mint, n.o.Uploads.Node}, n.Pictures, n.o.Uploads.File)
	n.Profiles = profile.NewService(s.network, n.profiled, n.Accounts.Prove, n.Fresh, n.mint)
	n.Participation = participation.NewService(s.participation, s.organizations, n.Communities, s.network, s.processes, n.phrase, n.mint, ns)
	n.Notifications = notification.NewService(s.notifications, n.mint, notification.NewSigner(n.o.Secret))
	n.telling = notification.NewStage(s.events, s.notifications, n.mint, n.o.Log)
	n.Audit = audit.NewService(s.events)
	n.Personal = personal.NewService(s.personal, s.accounts, n.Accounts.Prove, n.mint, ns, n.self.ID)
	n.Reviews = review.NewService(s.reviews, s.network, n.shelves(), n.mint, ns)
	n.Reuse = reuse.NewService(s.reuse, n.mint, ns, n.o.TellReuse)
	n.Moderation = moderation.NewService(s.notices, n.Communities, n.Reviews, n.admitNotice, n.mint, ns)
	n.Legal = legal.NewService(s.legal, n.mint)
	n.Personal.ArchiveBy(s.personal, n.Pictures.File)
	n.Organizations.ConsentBy(n.applied)
	n.Webhooks, err = webhook.NewService(s.webhooks, s.events, n.Coproduction, n.postWebhook, n.mint, n.Operator(), n.o.Secret)
	return err
}

// lookingAs is as whom somebody looks who is not there: nobody, if they cannot
// sign in.
func (n *Node) lookingAs(ctx context.Context, person domain.ActorID) (policy.Viewer, error) {
	a, err := n.stores.accounts.AccountByActor(ctx, person)
	if domain.CodeOf(err) == domain.NotFound {
		return policy.Viewer{}, nil
	}
	if err != nil {
		return policy.Viewer{}, err
	}
	return a.Viewer(), nil
}

// fetchPicture implements picture.Fetch, with the client that may ask other
// servers.
func (n *Node) fetchPicture(ctx context.Context, address domain.IRI, limit int64) ([]byte, error) {
	return n.federation.client.Picture(ctx, address, limit)
}

// pictured finds what the policy asks of those who can have a picture.
func (n *Node) pictured(ctx context.Context, v policy.Viewer, a *network.Actor) (policy.Facts, error) {
	switch a.Subject {
	case network.SubjectOrganization:
		return n.stores.organizations.Organization(ctx, a.ID)
	case network.SubjectTeam:
		return n.stores.organizations.Team(ctx, a.ID)
	case network.SubjectCommunity:
		return n.stores.communities.Community(ctx, a.ID, v.Actor)
	}
	return nil, domain.Fail(domain.NotFound, "error.not_found")
}

// profiled finds what the policy asks of those who have a profile, or can move.
func (n *Node) profiled(ctx context.Context, v policy.Viewer, a *network.Actor) (policy.Facts, error) {
	switch a.Subject {
	case network.SubjectPerson:
		return network.Facts{Actor: a}, nil
	case network.SubjectProcess:
		return n.stores.processes.Process(ctx, a.ID)
	}
	return n.pictured(ctx, v, a)
}

// ServeHTTP implements http.Handler: everything that the node answers.
func (n *Node) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !n.echoes(w, r) {
		n.portal.ServeHTTP(w, r.WithContext(storage.Bounded(r.Context())))
	}
}

// Catalogues returns the actor of the node's catalogue.
func (n *Node) CatalogueActor() *network.Actor { return n.shelf }

// Reads returns how many queries the node ran outside transactions.
func (n *Node) Reads() uint64 { return n.db.Reads() }

// Shrink gives up what the node holds to be quick while there is much to do: its
// parts make it again when they need it. Whoever comes meanwhile is served as
// ever.
func (n *Node) Shrink(ctx context.Context) error {
	n.portal.Shrink()
	return n.db.Shrink(ctx)
}

// Close frees what the node holds. It must not be running.
func (n *Node) Close() error {
	if n.federation != nil {
		n.federation.close()
	}
	return n.db.Close()
}

// Operator is who runs the node, for commands at its own machine.
func (n *Node) Operator() policy.Viewer {
	return policy.Viewer{Actor: n.self.ID, Role: policy.RoleAdmin}
}
