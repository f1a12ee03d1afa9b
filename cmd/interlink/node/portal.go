package node

import (
	"context"
	"net/http"
	"time"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/network"
	"interlink/federation/remote"
	"interlink/storage"
	"interlink/web"
	"interlink/web/locale"
	"interlink/web/mail"
)

// present makes the portal, which answers everything.
func (n *Node) present() error {
	var mounts []web.Mount
	for _, r := range n.federation.endpoint.Routes() {
		mounts = append(mounts, web.Mount(r))
	}
	mounts = append(mounts, web.Mount{Methods: []string{http.MethodGet, http.MethodHead}, Path: jwksPath, Handler: n.tickets()})
	elsewhere, err := account.NewElsewhere(n.Accounts, n.stores.accounts, remote.Mastodon{Client: n.federation.client}, n.Lookup, n.Gate, n.o.Name, n.o.Secret)
	if err != nil {
		return err
	}
	n.portal = web.New(web.Options{
		Namespace: n.Namespace, Name: n.o.Name, Summary: n.o.Summary, Language: n.o.Language, Zone: n.o.Zone,
		Cookie: n.o.Cookie, Version: Version, Source: Source, LogsMail: n.o.SMTP.Host == "", Proxies: n.o.Proxies,
		Catalogue: n.shelf.ID, Self: n.self.ID, Now: n.mint.Now, Log: n.o.Log, Wanted: wanted, Changes: n.db.Changes, Mounts: mounts,
		Accounts: n.Accounts, Elsewhere: elsewhere, Organizations: n.Organizations, Entries: n.Catalogue, Exchange: n.Exchange, Coproduction: n.Coproduction,
		Curation: n.Curation, Integrations: n.Integrations, Reviews: n.Reviews, Reuse: n.Reuse, Lineage: n.Lineage, Families: n.Families, Releases: n.Releases, Improvements: n.Improvements, Portable: n.Portable, NodeArchives: n.NodeArchives, Stories: n.Stories, Signatures: n.federation.documents.Signatures, Communities: n.Communities, Network: n.Network, Gate: n.Gate, Traffic: n.Traffic, Pictures: n.Pictures, Copies: n.copies, Profiles: n.Profiles,
		Participation: n.Participation, Notifications: n.Notifications, Searches: n.Searches, Told: n.db.Watch(storage.TopicNotifications), KeepsApplications: n.o.Retention.Applications,
		Directory: n, Sources: n, Health: n, Audit: n.Audit, LogHead: n.ProvenHead, Personal: n.Personal, Moderation: n.Moderation, Filters: n.Filters, Legal: n.Legal, Webhooks: n.Webhooks, Retention: *n.o.Retention, Contact: n.o.Contact, DeletionGrace: n.o.DeletionGrace, KeepsReceipts: n.o.Retention.Receipts,
	})
	return nil
}

// Addresses lists all that the node answers, as "GET /posts/{id}".
func (n *Node) Addresses() []string { return n.portal.Addresses() }

// readyWithin is how long the database may take to say that it is there: less
// than who asks for the node's health waits.
const readyWithin = 3 * time.Second

// Ready implements web.Health: the database answers, within 3 s.
func (n *Node) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	return n.db.Ping(ctx)
}

// Queues implements web.Health.
func (n *Node) Queues(ctx context.Context) (network.Queues, error) {
	return n.stores.activities.Queues(ctx)
}

// Subscribe implements web.Directory.
func (n *Node) Subscribe(ctx context.Context, handle string, target domain.IRI) (string, error) {
	return n.federation.client.Subscribe(ctx, handle, target)
}

// Opens implements web.Directory.
func (n *Node) Opens(ctx context.Context, handle string, post domain.IRI) (string, error) {
	return n.federation.client.Opens(ctx, handle, post)
}

// mailOptions are those of package mail.
func (n *Node) mailOptions() mail.Options {
	return mail.Options{
		SMTP: n.o.SMTP, Print: n.o.AllowPrivate, Name: n.o.Name, BaseURL: n.Namespace.Base(), Contact: n.o.Contact,
		Catalog: locale.Default(), Mint: n.mint, Log: n.o.Log,
	}
}
