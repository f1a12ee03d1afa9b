package account

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/url"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/network"
)

// arrivalFor is how long somebody may take to sign in at their own server.
const arrivalFor = 15 * time.Minute

// Servers are those that tell who somebody is, as Mastodon's client API has
// it. Errors of all: Forbidden for a host that must not be asked, Unavailable;
// Invalid on "handle" for a server that does not do this.
type Servers interface {
	// Authority returns the host that is meant by a name that somebody typed.
	// Errors: Invalid on "handle".
	Authority(typed string) (host string, err error)
	// Register makes the node known to a server, which gives the app its id,
	// its secret and its scope.
	Register(ctx context.Context, a network.App) (network.App, error)
	// Knows reports whether a server still knows the app.
	Knows(ctx context.Context, a network.App) (bool, error)
	// SignInAt is the address at which people let the app ask who they are.
	SignInAt(a network.App, state, challenge string) string
	// SignedIn asks who somebody is who came back with a code: their name on
	// that server. What lets the app ask is given back at once. Errors: also
	// Unauthenticated if the server does not take the code or the app.
	SignedIn(ctx context.Context, a network.App, code, verifier string) (name string, err error)
}

// App is a [network.App] as it is kept.
type App struct {
	Host      string
	ClientID  string
	Sealed    []byte // the client secret, as the node's own key encrypts it
	Scope     string
	Redirect  domain.IRI
	CreatedAt time.Time
}

// Apps keeps what the node is to servers.
type Apps interface {
	// App errors: NotFound.
	App(ctx context.Context, host string) (*App, error)
	// ReplaceApp stores one instead of that with the client id was, "" for
	// none. Errors: Conflict if another was stored meanwhile.
	ReplaceApp(ctx context.Context, a *App, was string) error
	// SpendSecret ends a secret that can be used once. Errors: NotFound if
	// somebody else was first.
	SpendSecret(ctx context.Context, id domain.ID) error
}

// Find finds an actor by a handle or an address: what its own server says of
// it, and the host of its handle only if that server agrees.
type Find func(ctx context.Context, handle string) (*network.Actor, error)

// Elsewhere lets guests in who sign in at their own server.
type Elsewhere struct {
	*Service
	apps    Apps
	servers Servers
	find    Find
	gate    *network.Gate
	name    string
	seal    cipher.AEAD
}

// NewElsewhere makes it; name is the node's, secret seals.
func NewElsewhere(s *Service, apps Apps, servers Servers, find Find, gate *network.Gate, name string, secret []byte) (*Elsewhere, error) {
	sum := sha256.Sum256(append([]byte("interlink client secrets v1\x00"), secret...))
	block, err := aes.NewCipher(sum[:])
	if err != nil {
		return nil, err
	}
	seal, err := cipher.NewGCM(block)
	return &Elsewhere{s, apps, servers, find, gate, name, seal}, err
}

// Departure is somebody on the way to their own server.
type Departure struct {
	Arrival string // of their browser's cookie; nobody else can come back
	To      string // the address of their server
}

// Begin finds the server of somebody who typed a handle, an address or the
// server's name, and sends them there. Errors: Invalid on "handle" for what is
// no person or no server elsewhere, or a server that does not do this;
// Forbidden, NotFound, Unavailable.
func (e *Elsewhere) Begin(ctx context.Context, typed string) (Departure, error) {
	host, expected, err := e.server(ctx, strings.TrimSpace(typed))
	if err != nil {
		return Departure{}, err
	}
	if e.ns.Here(host) {
		return Departure{}, domain.InvalidField("handle", "guest.of_this_node")
	}
	app, err := e.app(ctx, host)
	if err != nil {
		return Departure{}, err
	}
	plain, secret := e.secret(PurposeArrival, "", arrivalFor)
	secret.Actor, secret.Name = expected, host
	if err := e.store.AddSecret(ctx, secret, domain.Change{}); err != nil {
		return Departure{}, err
	}
	challenge := sha256.Sum256([]byte(verifier(plain)))
	return Departure{Arrival: plain, To: e.servers.SignInAt(app, state(plain), base64.RawURLEncoding.EncodeToString(challenge[:]))}, nil
}

// server tells where somebody signs in, and who they say they are; Nobody if
// they named a server alone.
func (e *Elsewhere) server(ctx context.Context, typed string) (host string, expected domain.ActorID, err error) {
	if u, err := url.Parse(typed); err == nil && u.Host != "" && strings.Trim(u.Path, "/") == "" {
		typed = u.Host // of "https://mastodon.example/"
	}
	if !strings.ContainsAny(typed, "@/") {
		host, err := e.servers.Authority(typed)
		return host, domain.Nobody, err
	}
	found, err := e.find(ctx, typed)
	if err == nil {
		err = isGuest(found)
	}
	if err != nil {
		return "", domain.Nobody, err
	}
	return found.Host, found.ID, nil
}

// isGuest refuses who cannot be a guest. Errors: Invalid on "handle".
func isGuest(a *network.Actor) error {
	switch {
	case a.Local():
		return domain.InvalidField("handle", "guest.of_this_node")
	case a.Gone() || a.Type != network.TypePerson:
		return domain.InvalidField("handle", "guest.no_person")
	}
	return nil
}

// state and verifier are made from what only the cookie has. They are in
// different places: the address of the server, and what is sent to it later.
func state(arrival string) string    { return hash("state " + arrival) }
func verifier(arrival string) string { return hash("verifier " + arrival) }

// redirect is where a server sends people back to. Each has its own: what was
// asked of one server cannot come back as the answer of another (RFC 9700
// §4.4.2).
func (e *Elsewhere) redirect(host string) domain.IRI { return e.ns.IRI("guest", "servers", host) }

// app returns what the node is to a server. It is registered there if it was
// not, or the server does not know it any more.
func (e *Elsewhere) app(ctx context.Context, host string) (network.App, error) {
	if err := e.gate.Check(ctx, host); err != nil {
		return network.App{}, err
	}
	known, was, err := e.known(ctx, host)
	if err != nil {
		return network.App{}, err
	}
	if known.Secret != "" && known.Redirect == e.redirect(host) {
		ok, err := e.servers.Knows(ctx, known)
		if ok || err != nil {
			return known, err
		}
	}
	made, err := e.servers.Register(ctx, network.App{Host: host, Name: e.name, Website: e.ns.Base() + "/", Redirect: e.redirect(host)})
	if err != nil {
		return made, err
	}
	nonce := e.mint.Secret(e.seal.NonceSize())
	err = e.apps.ReplaceApp(ctx, &App{
		Host: host, ClientID: made.ID, Scope: made.Scope, Redirect: made.Redirect, CreatedAt: e.mint.Now(),
		Sealed: e.seal.Seal(nonce, nonce, []byte(made.Secret), []byte(host)),
	}, was)
	if domain.CodeOf(err) == domain.Conflict { // somebody else signs in there at this moment
		known, _, err = e.known(ctx, host)
		return known, err
	}
	return made, err
}

// known returns what is kept of an app, and its id as it is kept; without a
// secret if there is none, or none that this node can open.
func (e *Elsewhere) known(ctx context.Context, host string) (a network.App, id string, err error) {
	kept, err := e.apps.App(ctx, host)
	if domain.CodeOf(err) == domain.NotFound {
		return network.App{Host: host}, "", nil
	}
	if err != nil {
		return network.App{}, "", err
	}
	a = network.App{Host: host, Redirect: kept.Redirect, Scope: kept.Scope, ID: kept.ClientID}
	if size := e.seal.NonceSize(); len(kept.Sealed) >= size {
		if secret, err := e.seal.Open(nil, kept.Sealed[:size], kept.Sealed[size:], []byte(host)); err == nil {
			a.Secret = string(secret)
		}
	}
	return a, kept.ClientID, nil
}

// Returned is what a server sent somebody back with.
type Returned struct {
	Arrival string // of the cookie
	Host    string // whose answer it is
	State   string
	Code    string // "" if the server or the person said no
}

// longestCode is in bytes; Mastodon's have 43.
const longestCode = 4096

// Finish lets somebody in who signed in at their server: whom that server
// calls their name, found as any other actor is, and of that server. It works
// once for each [Elsewhere.Begin]; visit goes into their cookie. Errors:
// Invalid on "handle"; Forbidden, NotFound, Unavailable.
func (e *Elsewhere) Finish(ctx context.Context, in Returned) (visit string, err error) {
	ended := domain.InvalidField("handle", "guest.arrival_ended")
	arrival, err := e.store.Secret(ctx, hash(in.Arrival), PurposeArrival, e.mint.Now())
	if domain.CodeOf(err) == domain.NotFound {
		return "", ended.Because(err)
	}
	if err != nil {
		return "", err
	}
	if arrival.Name != in.Host || subtle.ConstantTimeCompare([]byte(in.State), []byte(state(in.Arrival))) != 1 {
		return "", ended // as it was: who came back here may be another
	}
	if err := e.apps.SpendSecret(ctx, arrival.ID); domain.CodeOf(err) == domain.NotFound {
		return "", ended.Because(err)
	} else if err != nil {
		return "", err
	}
	if in.Code == "" || len(in.Code) > longestCode {
		return "", domain.InvalidField("handle", "guest.not_signed_in", in.Host)
	}
	found, err := e.signedIn(ctx, in)
	if err != nil {
		return "", err
	}
	if arrival.Actor != domain.Nobody && arrival.Actor != found.ID {
		return "", domain.InvalidField("handle", "guest.another_account", found.Handle(e.ns.HandleHost()))
	}
	visit, made := e.secret(PurposeGuest, "", GuestFor)
	made.Actor = found.ID
	return visit, e.store.AddSecret(ctx, made, domain.Change{})
}

func (e *Elsewhere) signedIn(ctx context.Context, in Returned) (*network.Actor, error) {
	app, _, err := e.known(ctx, in.Host)
	if err != nil {
		return nil, err
	}
	name, err := e.servers.SignedIn(ctx, app, in.Code, verifier(in.Arrival))
	if domain.CodeOf(err) == domain.Unauthenticated {
		return nil, domain.InvalidField("handle", "guest.not_signed_in", in.Host).Because(err)
	}
	if err != nil {
		return nil, err
	}
	found, err := e.find(ctx, "@"+name+"@"+in.Host)
	if err != nil {
		return nil, err
	}
	if err := isGuest(found); err != nil {
		return nil, err
	}
	// A server speaks for its own people alone.
	if found.Host != in.Host && (found.HandleHost != in.Host || !strings.EqualFold(found.Name, name)) {
		return nil, domain.InvalidField("handle", "guest.not_of_server", in.Host)
	}
	return found, e.gate.Check(ctx, found.Host)
}
