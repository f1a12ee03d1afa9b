package node

import (
	"context"
	"maps"
	"net/http"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/lineage"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/federation/delivery"
	"interlink/federation/document"
	"interlink/federation/endpoint"
	"interlink/federation/httpsig"
	"interlink/federation/inbox"
	"interlink/federation/keyring"
	"interlink/federation/publish"
	"interlink/federation/remote"
)

// federation is what talks with other nodes: out through the relay and the
// sender, in through the handler and the worker.
type federation struct {
	keys        *keyring.Keyring
	client      *remote.Client
	directory   *inbox.Directory
	collections *inbox.Collections
	intake      *inbox.Intake
	handler     *inbox.Handler
	worker      *inbox.Worker
	verbs       *inbox.Verbs
	relay       *publish.Relay
	letters     *publish.Letters
	rights      *publish.Rights
	sender      *delivery.Worker
	endpoint    *endpoint.Endpoint
	documents   *document.Documents
}

// federate makes what talks with other nodes, and gives the services what they
// ask of it.
func (n *Node) federate(ctx context.Context) error {
	keys, err := n.openKeys(ctx)
	if err != nil {
		return err
	}
	f := &federation{keys: keys}
	if f.client, err = n.newClient(keys); err != nil {
		return err
	}
	f.documents = &document.Documents{
		NS: n.Namespace, Language: n.o.Language, Actors: n.stores.network, Keys: keys,
		Phrase:        n.phrase,
		Organizations: n.Organizations, Processes: n.Coproduction, Lineage: n.Lineage, Releases: n.Releases,
		Stories: n.Stories, Communities: n.Communities, Catalogue: n.Catalogue, Calls: n.Participation, Reviews: n.stores.reviews,
	}
	proofs := n.receive(f)
	n.send(f)
	f.endpoint = &endpoint.Endpoint{
		NS: n.Namespace, Documents: f.documents, Actors: n.stores.network, Follows: n.Network, Activities: n.stores.activities, Gate: n.Gate,
		Inbox: f.handler, WebFinger: endpoint.NewWebFinger(n.Namespace, n.stores.network, n.o.Log), NodeInfo: n.nodeInfo(), Log: n.o.Log,
		Signer: f.handler.Reader,
	}
	if n.o.SignedFetch || n.o.AllowList {
		f.endpoint.Reader = f.handler.Reader
	}
	n.federation = f
	n.readElsewhere(proofs)
	return nil
}

// openKeys opens the keys of this node's actors.
func (n *Node) openKeys(ctx context.Context) (*keyring.Keyring, error) {
	keys, err := keyring.New(n.stores.keys, n.stores.network, n.mint, n.o.Secret)
	if err != nil {
		return nil, err
	}
	if n.o.NewKey != nil {
		keys.TakeKeys(n.o.NewKey)
	}
	return keys, keys.Check(ctx)
}

// newClient makes what asks other servers, in the name of the node.
func (n *Node) newClient(keys *keyring.Keyring) (*remote.Client, error) {
	return remote.NewClient(remote.Options{
		UserAgent:    "interlink/" + Version + " (+" + n.Namespace.Base() + "/)",
		AllowPrivate: n.o.AllowPrivate,
		ExtraCA:      n.o.ExtraCA,
		Now:          n.mint.Now,
		Allow:        n.Gate.Check,
		Signer: func(ctx context.Context) (*httpsig.Keys, error) {
			return keys.SigningKeys(ctx, n.self.ID)
		},
		Schemes: schemes{n.stores.hosts, n.mint, n.o.Log},
	})
}

// receive makes the way in: what takes activities, what acts on them, and what
// reads from other nodes beside.
func (n *Node) receive(f *federation) *inbox.Proofs {
	s, ns, log := n.stores, n.Namespace, n.o.Log
	f.directory = inbox.NewDirectory(ns, s.network, n.Network, f.client, n.Gate, n.mint.Now)
	peers := remote.NewKeys(inbox.NewKeySource(s.network, f.directory), n.mint.Now)
	proofs := inbox.NewProofs(peers, n.Gate, n.mint.Now)
	f.intake = inbox.NewIntake(f.directory, f.client, n.Communities, n.Stories, n.Catalogue, n.Network, n.Participation, n.Releases, proofs, n.shelf.ID)
	f.collections = inbox.NewCollections(f.directory, f.intake, s.network, n.Catalogue, proofs, n.mint.Now, log)
	f.verbs = &inbox.Verbs{
		NS: ns, Mint: n.mint, Directory: f.directory, Intake: f.intake, Proofs: proofs,
		Follows: n.Network, Quotes: n.Network, Authors: f.documents, Verdicts: n.Gate, Departures: n.Personal,
		Sent: s.activities, Received: s.received, Forwarding: s.activities, GroupReaders: s.hosts,
		Posts: n.Communities, Likes: n.Communities, Polls: n.Communities, Reports: n.Communities, Pins: n.Communities,
		Locks: n.Communities, Sanctions: n.Communities,
		Memberships: n.Organizations, Roles: n.Participation, Assignments: n.Coproduction, Contributions: n.Coproduction,
		Proposals: n.Curation, Reviews: n.Reviews, Reuse: n.Reuse,
		Clones: n.Lineage, Cosignatures: n.Stories, Improvements: n.Improvements,
	}
	f.handler = inbox.NewHandler(ns, peers, proofs, s.hosts, n.Gate, n.throttles.inbox(), s.network, n.Communities, s.received, n.mint, log)
	f.handler.CompareBy(n.Network)
	f.worker = inbox.NewWorker(s.received, f.directory, f.verbs.Table(), n.mint, log)
	return proofs
}

// send makes the way out: what turns events into activities, and what delivers
// them.
func (n *Node) send(f *federation) {
	s, log := n.stores, n.o.Log
	f.relay = publish.NewRelay(s.events, s.activities, f.keys, n.encoders(f.documents, f.keys), log)
	f.letters = publish.NewLetters(n.Namespace, n.mint, s.network, s.activities, f.relay, n.phrase)
	f.rights = publish.NewRights(n.Namespace, s.network, s.processes, s.organizations, f.letters, n.phrase, n.runs, n.self.ID)
	f.sender = delivery.NewWorker(s.deliveries, f.keys, f.client, delivery.Options{Pool: n.o.InFlight, Now: n.mint.Now, Log: log, Followers: s.deliveries})
}

// readElsewhere gives the services what they read from other nodes by.
func (n *Node) readElsewhere(proofs *inbox.Proofs) {
	f := n.federation
	own := f.endpoint.Own()
	proofs.ReadOwn(own)
	f.collections.ReadLineage(own, n.Lineage)
	f.collections.ReadPast(n.Namespace, n.Communities, n.Network)
	n.Families.ReadBy(inbox.NewRelatives(own, f.client, n.Gate, proofs, n.Lineage))
	n.Reuse.MeetBy(func(ctx context.Context, owner domain.IRI) error {
		_, err := f.directory.Actor(ctx, owner)
		return err
	})
	n.Lineage.ReadBy(f.collections, n.stores.catalogue)
	n.Communities.FindBy(n.Lookup)
	n.Organizations.FindBy(func(ctx context.Context, handle string) (domain.ActorID, error) {
		found, err := n.Lookup(ctx, handle)
		if err != nil {
			return domain.Nobody, err
		}
		return found.ID, nil
	})
}

// encoders joins what each subject tells other nodes.
func (n *Node) encoders(documents *document.Documents, keys *keyring.Keyring) map[domain.EventKind]publish.Encoder {
	ns, actors := n.Namespace, n.stores.network
	posts := publish.NewPosts(ns, n.mint, actors, n.Communities, documents)
	stories := publish.NewStories(ns, n.mint, actors, n.Stories, documents)
	all := map[domain.EventKind]publish.Encoder{}
	for _, encoders := range []map[domain.EventKind]publish.Encoder{
		publish.NewFollows(ns, n.mint, actors).Encoders(),
		publish.NewDepartures(ns, n.mint, actors, n.stores.personal).Encoders(),
		publish.NewFeatures(ns, n.mint, actors, n.stores.communities, documents, n.self.ID).Encoders(publish.NewProfiles(ns, n.mint, actors, documents, keys, n.stores.lineage).Encoders()),
		publish.NewEntries(ns, n.mint, actors, n.Catalogue, documents, n.shelf.ID).Encoders(),
		publish.NewEndorsements(ns, n.mint, actors, n.shelf.ID).Encoders(),
		publish.NewReleases(ns, n.mint, actors, n.stores.releases, documents).Encoders(publish.NewClones(ns, n.mint, actors).Encoders()),
		publish.NewImprovements(ns, n.mint, actors, n.stores.releases, n.phrase).Encoders(),
		publish.NewMembers(ns, n.mint, actors).Encoders(),
		publish.NewOffers(ns, n.mint, actors, n.stores.curation).Encoders(),
		publish.NewReviews(ns, n.mint, actors, n.stores.reviews).Encoders(),
		publish.NewReuse(ns, n.mint, actors, n.self.ID).Encoders(),
		publish.NewAssignments(ns, n.mint, actors, n.stores.processes, n.self.ID).Encoders(),
		stories.Encoders(),
		publish.NewCosigning(stories, keys, n.stores.stories).Encoders(),
		publish.NewPolls(ns, n.mint, actors, posts, n.stores.communities).Encoders(),
		publish.NewGroups(ns, n.mint, actors, n.Communities, n.stores.communities, n.stores.received, n.stores.activities, keys, n.o.Log).Encoders(posts.Encoders()),
		publish.NewParticipation(ns, n.mint, actors, n.stores.participation, posts).Encoders(),
		publish.NewLikes(ns, n.mint, actors).Encoders(),
		publish.NewAnswers(ns, n.mint, actors, n.stores.communities, documents).Encoders(),
		publish.NewQuotes(ns, n.mint, actors).Encoders(),
		publish.NewReports(ns, n.mint, actors, n.software, n.stores.notices, n.self.ID).Encoders(),
	} {
		maps.Copy(all, encoders)
	}
	return all
}

// software tells what a host runs, as far as it is known.
func (n *Node) software(ctx context.Context, host string) (string, error) {
	h, err := n.stores.hosts.Host(ctx, host)
	if err != nil {
		return "", err
	}
	return h.Software.Name, nil
}

// runs tells what a host runs, and asks it if that is not known; "" if it does
// not say.
func (n *Node) runs(ctx context.Context, host string) (string, error) {
	name, err := n.software(ctx, host)
	if name != "" || err != nil && domain.CodeOf(err) != domain.NotFound {
		return name, err
	}
	software, err := n.federation.client.Software(ctx, host)
	if err != nil {
		n.o.Log.Info("what a host runs is not known", "host", host, "error", err)
	}
	return software.Name, nil
}

// readSoftware reads what a host runs; it is the handler of
// network.JobSoftware. If it cannot be read now, it is tomorrow.
func (n *Node) readSoftware(ctx context.Context, args network.SoftwareArgs) error {
	software, err := n.federation.client.Software(ctx, args.Host)
	if err != nil {
		n.o.Log.Info("what a host runs cannot be read", "host", args.Host, "error", err)
		return nil // most often the host has no NodeInfo
	}
	return n.stores.hosts.SetSoftware(ctx, args.Host, software)
}

func (n *Node) nodeInfo() *endpoint.NodeInfo {
	open := n.o.Registration != "closed" && n.o.Registration != "invitation"
	usage := func(ctx context.Context) (endpoint.Usage, error) {
		stats, err := n.Stats(ctx)
		return endpoint.Usage{Users: stats.Local.Accounts, Posts: stats.Local.Posts}, err
	}
	return endpoint.NewNodeInfo(n.Namespace, n.o.Name, Version, open, usage, n.o.Log)
}

// wanted tells the portal who asks for ActivityPub.
func wanted(r *http.Request) bool { return endpoint.Wanted(r) }

func (f *federation) close() {
	f.handler.Close()
	f.client.Close()
}

// Lookup finds an actor by "@name@host" or address, here or on its own
// server. Errors: those of [inbox.Directory.ByHandle].
func (n *Node) Lookup(ctx context.Context, handle string) (*network.Actor, error) {
	return n.federation.directory.ByHandle(ctx, handle)
}

// Refresh reads an actor of another server again. Errors: those of
// [inbox.Directory.Refresh].
func (n *Node) Refresh(ctx context.Context, iri domain.IRI) (*network.Actor, error) {
	return n.federation.directory.Refresh(ctx, iri)
}

// Object finds what an address names, here or on its own server, and returns
// the address of its page here. Errors: as those of Lookup.
func (n *Node) Object(ctx context.Context, iri domain.IRI) (string, error) {
	if n.Namespace.Owns(iri) {
		return n.Namespace.Path(iri), nil
	}
	taken, err := n.federation.intake.Bring(ctx, iri)
	switch {
	case err != nil:
		return "", err
	case taken.Kind == community.ObjectPost:
		if _, err := n.Participation.Call(ctx, policy.Viewer{}, taken.ID); err == nil {
			return "/role-calls/" + string(taken.ID), nil
		}
		return "/posts/" + string(taken.ID), nil
	case taken.Kind == community.ObjectStory:
		s, err := n.Stories.StoryByID(ctx, policy.Viewer{}, taken.ID)
		if err != nil {
			return "", err
		}
		return "/stories/" + s.Slug + "@" + s.Host, nil
	}
	return "", domain.Fail(domain.NotFound, "error.not_found")
}

// Fresh finds an actor as [Node.Lookup] does, and reads it from its own server
// at this moment. Errors: as those of Lookup; Unavailable.
func (n *Node) Fresh(ctx context.Context, who string) (*network.Actor, error) {
	a, err := n.Lookup(ctx, who)
	if err != nil {
		return nil, err
	}
	return n.federation.directory.Refresh(ctx, a.IRI)
}

// Source reads a process of another node, to be cloned. Errors: those of
// [inbox.Collections.Source].
func (n *Node) Source(ctx context.Context, iri domain.IRI) (lineage.SourceProcess, error) {
	return n.federation.collections.Source(ctx, iri)
}

// Licence is that of the newest release of a process of another node.
func (n *Node) Licence(ctx context.Context, iri domain.IRI) (string, error) {
	return n.federation.collections.Licence(ctx, iri)
}

// Along counts the public resources of a process of another node.
func (n *Node) Along(ctx context.Context, iri domain.IRI) (int, error) {
	return n.federation.collections.Along(ctx, iri)
}
