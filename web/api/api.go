// Package api is the REST API of a node: JSON under /api/interlink/v1, with
// its OpenAPI description made from the code. It does what the portal does,
// through the same services and the same policy.
//
// Programs send a token of an account (Authorization: Bearer …); what is
// public can be read without. Lists are paged by cursor. Failures are
// problem+json (RFC 9457) with the domain's code.
package api

import (
	"context"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humamux"

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
	"interlink/web/locale"
)

// Path is where the API stands.
const Path = "/api/interlink/v1"

// Directory finds actors, and what else has an address, here or on their own
// server.
type Directory interface {
	Lookup(ctx context.Context, handle string) (*network.Actor, error)
	Object(ctx context.Context, iri domain.IRI) (page string, err error)
}

// Services are what the API works with. All are required.
type Services struct {
	Namespace     domain.Namespace
	CatalogueID   domain.ActorID // actor of the node's catalogue
	Accounts      *account.Service
	Organizations *organization.Service
	Catalogue     *catalogue.Service
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
	Signatures    func(context.Context, *story.Story) ([]story.Signature, error) // who signed a story
	Communities   *community.Service
	Network       *network.Service
	Gate          *network.Gate
	Traffic       *network.Traffic
	Pictures      *picture.Service
	Profiles      *profile.Service
	Participation *participation.Service
	Notifications *notification.Service
	Searches      *search.Service
	Audit         *audit.Service
	Personal      *personal.Service
	Moderation    *moderation.Service
	Filters       *moderation.Filters
	Legal         *legal.Service
	Webhooks      *webhook.Service
	Retention     network.Retention
	From          func(*http.Request) string // the network that a request comes from, for what is counted
	Directory     Directory
	Translations  *locale.Catalog
	Now           func() time.Time
	Log           func(msg string, args ...any) // faults of ours
}

// Config is how the API describes itself.
func Config(version string) huma.Config {
	c := huma.DefaultConfig("interlink", version)
	c.Info.Description = "What people do in the portal of an interlink node, for programs. " +
		"Create a token in your settings or with `interlink token create`."
	c.Info.License = &huma.License{Name: "EUPL-1.2", Identifier: "EUPL-1.2"}
	c.OpenAPIPath = Path + "/openapi"
	c.DocsPath, c.SchemasPath = "", ""
	c.CreateHooks = nil // no $schema member in answers
	c.AllowAdditionalPropertiesByDefault = false
	c.Formats = map[string]huma.Format{"application/json": plainJSON, "json": plainJSON}
	c.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	c.Components.Responses = failed()
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token": {Type: "http", Scheme: "bearer", Description: "A token of an account."},
	}
	return c
}

// schemaName names the schema of a type: those of the domain carry their
// package's name, so that a resource of a story is not one of a process.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	at := strings.TrimPrefix(t.PkgPath(), "interlink/domain/")
	if at == t.PkgPath() || strings.Contains(at, "/") {
		return name
	}
	return strings.ToUpper(at[:1]) + at[1:] + name
}

// API has all operations.
type API struct {
	Services
	huma huma.API
}

// Register adds all operations to a huma.API made with [Config].
func Register(h huma.API, s Services) {
	a := &API{Services: s, huma: h}
	h.UseMiddleware(a.enter)
	a.accountOperations()
	a.personalOperations()
	a.legalOperations()
	a.noticeOperations()
	a.notificationOperations()
	a.searchOperations()
	a.networkOperations()
	a.ruleOperations()
	a.filterOperations()
	a.holdOperations()
	a.trafficOperations()
	a.organizationOperations()
	a.membershipOperations()
	a.communityOperations()
	a.staffOperations()
	a.participationOperations()
	a.joiningOperations()
	a.reactionOperations()
	a.logoOperations()
	a.profileOperations()
	a.catalogueOperations()
	a.exchangeOperations()
	a.nodeArchiveOperations()
	a.followedOperations()
	a.approachOperations()
	a.processOperations()
	a.itemOperations()
	a.grantOperations()
	a.workOperations()
	a.taskOperations()
	a.resourceOperations()
	a.useOperations()
	a.reuseOperations()
	a.integrationOperations()
	a.webhookOperations()
	a.fileOperations()
	a.cloneOperations()
	a.releaseOperations()
	a.improvementOperations()
	a.storyOperations()
	a.cosignOperations()
	a.storyDraftOperations()
	a.logOperations()
	a.otherwise()
}

// caller is who calls, and how they read.
type caller struct {
	viewer  policy.Viewer
	account *account.Account // nil without a token
	words   *locale.Printer
	url     string                            // path and query of the request
	reads   bool                              // a request without a body
	network string                            // where it comes from
	met     map[domain.ActorID]*network.Actor // whom the answer shows, read at once; nil for who is not to be seen
	likes   map[domain.ID]community.LikeState // what became of the caller's likes of posts that it shows, read at once
}

type callerKey struct{}

func callerOf(ctx context.Context) *caller {
	c, ok := ctx.Value(callerKey{}).(*caller)
	if !ok {
		return &caller{words: locale.Default().Printer(locale.Fallback, nil)}
	}
	return c
}

// enter finds who calls, and refuses before anything is read what the
// description of the operation excludes.
func (a *API) enter(ctx huma.Context, next func(huma.Context)) {
	u := ctx.URL()
	r, _ := humamux.Unwrap(ctx)
	c := &caller{words: a.words(ctx), url: u.RequestURI(), reads: ctx.Method() == http.MethodGet, network: a.From(r)}
	err := addressed(u)
	if err == nil {
		err = a.identify(ctx, c)
	}
	if err == nil {
		err = admit(c, ctx.Operation())
	}
	if err != nil {
		a.write(ctx, a.problem(c, err))
		return
	}
	next(huma.WithValue(ctx, callerKey{}, c))
}

// identify finds who holds the token. A token that is none is refused, rather
// than read as nobody's.
func (a *API) identify(ctx huma.Context, c *caller) error {
	header := ctx.Header("Authorization")
	if header == "" {
		return nil
	}
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return domain.Fail(domain.Unauthenticated, "error.token")
	}
	var err error
	c.viewer, c.account, err = a.Accounts.Token(ctx.Context(), strings.TrimSpace(token))
	if domain.CodeOf(err) == domain.NotFound {
		return domain.Fail(domain.Unauthenticated, "error.token")
	}
	return err
}

// admit holds a token to its scopes, as the operation describes them. What
// its holder may do to an object is for the policy.
func admit(c *caller, o *huma.Operation) error {
	for _, way := range o.Security {
		scopes, token := way["token"]
		if !token && c.account == nil {
			return nil
		}
		for _, scope := range scopes {
			if c.account != nil && !slices.Contains(c.viewer.Scopes, policy.Scope(scope)) {
				return domain.Fail(domain.Forbidden, "error.forbidden")
			}
		}
	}
	if c.account == nil {
		return domain.Fail(domain.Unauthenticated, "error.token")
	}
	if c.account.OwesTerms && !c.reads && o.Extensions[alwaysAllowed] == nil {
		return domain.Fail(domain.Forbidden, "legal.accept_first")
	}
	return nil
}

// alwaysAllowed marks operations of people who have still to accept the terms.
const alwaysAllowed = "x-before-terms"

func (a *API) words(ctx huma.Context) *locale.Printer {
	r := &http.Request{Header: http.Header{"Accept-Language": {ctx.Header("Accept-Language")}}, URL: noURL}
	return a.Translations.Printer(a.Translations.Negotiate(r, "", locale.Fallback), nil)
}

// operation describes one operation; fn gets who calls and the decoded input.
type operation struct {
	method, path string
	summary      string
	description  string
	status       int // of success; 0 means 200
	maxBody      int64
	open         bool              // changes something, and anybody may: without a token too
	always       bool              // may be called before the terms are accepted
	own          bool              // reads what is the caller's own: never without a token
	node         bool              // for administrators of the node: needs the scope "admin"
	sent         *huma.RequestBody // a body that is no JSON; nil if it is, or there is none
	stream       string            // media type of an answer that is no JSON
}

// uploadTimeout is how long a large body may take, as on a slow line; for
// others it is 5 s.
const uploadTimeout = 60 * time.Second

// do registers an operation. Its id follows from method and path; what
// changes something needs a token with the scope "write", and any token that
// reads has the scope "read".
func do[I, O any](a *API, tag string, o operation, fn func(ctx context.Context, c *caller, in *I) (*O, error)) {
	op := huma.Operation{
		OperationID: id(o.method, o.path), Method: o.method, Path: Path + o.path, Summary: o.summary,
		Description: o.description, Tags: []string{tag}, DefaultStatus: o.status, MaxBodyBytes: o.maxBody,
	}
	if o.maxBody > 0 {
		op.BodyReadTimeout = uploadTimeout
	}
	scope := []string{"read"}
	if o.method != http.MethodGet {
		scope = []string{"write"}
	}
	if o.node {
		scope = append(scope, "admin")
	}
	op.RequestBody = o.sent
	op.Responses = failures(o.method)
	if o.stream != "" {
		op.Responses["200"] = &huma.Response{Description: "OK", Content: bytesOf(o.stream)}
	}
	op.Security = []map[string][]string{{"token": scope}}
	if o.always || o.open {
		op.Extensions = map[string]any{alwaysAllowed: true}
	}
	if o.open || o.method == http.MethodGet && !o.own {
		op.Security = append(op.Security, map[string][]string{}) // what is public, without
	}
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		c := callerOf(ctx)
		out, err := (*O)(nil), languages(in)
		if err == nil {
			out, err = fn(ctx, c, in)
		}
		if err != nil {
			return nil, a.problem(c, err)
		}
		return out, nil
	})
}

// id makes "post-communities-name-posts" of a method and a path.
func id(method, path string) string {
	words := strings.FieldsFunc(path, func(r rune) bool { return r == '/' || r == '{' || r == '}' })
	return strings.ToLower(method) + "-" + strings.Join(words, "-")
}
