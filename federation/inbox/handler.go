package inbox

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/go-fed/activity/pub"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/activity"
	"interlink/federation/httpsig"
	"interlink/federation/remote"
)

// Keys finds the public key a peer signed with.
type Keys interface {
	// PublicKey returns a key, from memory if it was seen before. Errors:
	// NotFound, Gone, Unavailable.
	PublicKey(ctx context.Context, keyID string) (*remote.PublicKey, error)
	// Refresh reads the key again, as its owner may have changed it; limited
	// to once in some minutes for each key.
	Refresh(ctx context.Context, keyID string) (*remote.PublicKey, error)
	// Known reports whether a key is remembered.
	Known(keyID string) bool
}

// Hosts knows other servers.
type Hosts interface {
	SeenInbound(ctx context.Context, host, scheme string, at time.Time) error
}

// Actors tells which actors are known.
type Actors interface {
	ActorByIRI(ctx context.Context, iri domain.IRI) (*network.Actor, error)
}

// Followed tells whom people here follow.
type Followed interface {
	Follows(ctx context.Context, actor domain.ActorID) (bool, error)
}

// Queue stores what was received.
type Queue interface {
	Add(ctx context.Context, in []*network.Received) error
}

// Handler answers POST requests to inboxes.
type Handler struct {
	ns        domain.Namespace
	keys      Keys
	proofs    *Proofs
	hosts     Hosts
	gate      Gate
	actors    Actors
	following Followed
	batch     *batch
	mint      *domain.Mint
	log       *slog.Logger
	actor     pub.FederatingActor
	seen      *seenHosts

	throttles Throttles
	refused   refusals

	comparisons Comparisons // nil for none
	compared    *seenHosts
}

// NewHandler makes the handler. Close it after its last request.
func NewHandler(ns domain.Namespace, keys Keys, proofs *Proofs, hosts Hosts, gate Gate, throttles Throttles, actors Actors, following Followed, queue Queue, mint *domain.Mint, log *slog.Logger) *Handler {
	h := &Handler{
		throttles: throttles, ns: ns, keys: keys, proofs: proofs, hosts: hosts, gate: gate,
		actors: actors, following: following, batch: newBatch(queue), mint: mint, log: log, seen: newSeenHosts(), compared: newSeenHosts(),
	}
	h.actor = pub.NewCustomActor(&delegate{h}, false, true, clock{mint})
	return h
}

// Close stops the storing goroutine.
func (h *Handler) Close() { h.batch.close() }

type clock struct{ mint *domain.Mint }

func (c clock) Now() time.Time { return c.mint.Now() }

// request is what is known of a request on its way through the skeleton.
type request struct {
	contentType string // as sent: it may be signed
	raw         []byte
	in          *activity.Inbound
	signer      domain.IRI
	followers   string // what the header says of the actor's followers here
	brought     bool   // by somebody else than its actor, who did not prove it
	refused     error
}

type requestKey struct{}

// ServeHTTP implements http.Handler. It answers 202 once the activity is
// stored; 400, 401, 403, 413 or 415 for what is refused (federation.md S25).
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "POST only", http.StatusMethodNotAllowed)
		return
	}
	if !activityType(r.Header.Get("Content-Type")) {
		http.Error(w, "send application/activity+json", http.StatusUnsupportedMediaType)
		return
	}
	req := &request{contentType: r.Header.Get("Content-Type"), followers: r.Header.Get(httpsig.Followers)}
	r.Header.Set("Content-Type", activity.MediaType) // go-fed knows fewer spellings
	ctx := context.WithValue(r.Context(), requestKey{}, req)
	answer := &answer{ResponseWriter: w}
	err := h.guarded(ctx, answer, r.WithContext(ctx))
	if req.refused != nil {
		err = req.refused
	}
	if err != nil && !answer.written {
		h.refuse(w, r, req, err)
	}
}

// guarded runs go-fed's skeleton; a panic in it costs the request, not the
// process.
func (h *Handler) guarded(ctx context.Context, w http.ResponseWriter, r *http.Request) (err error) {
	defer func() {
		if p := recover(); p != nil {
			h.log.Error("inbox: panic", "panic", p, "stack", string(debug.Stack()))
			err = domain.Fail(domain.Invalid, "error.activity")
		}
	}()
	handled, err := h.actor.PostInbox(ctx, w, r)
	if err == nil && !handled {
		err = domain.Fail(domain.Invalid, "error.activity")
	}
	return err
}

func activityType(contentType string) bool {
	t, params, _ := strings.Cut(contentType, ";")
	switch strings.ToLower(strings.TrimSpace(t)) {
	case "application/activity+json":
		return true
	case "application/ld+json":
		return params == "" || strings.Contains(params, activity.Streams)
	}
	return false
}

// answer turns the 200 of the skeleton into 202.
type answer struct {
	http.ResponseWriter
	written bool
}

func (a *answer) WriteHeader(status int) {
	if status == http.StatusOK {
		status = http.StatusAccepted
	}
	a.written = true
	a.ResponseWriter.WriteHeader(status)
}

// statusOf is the status of a refusal. To a 401 a peer may come again; the
// others, but for 429 and 503, are for good.
func statusOf(err error) int {
	code := domain.CodeOf(err)
	switch {
	case domain.Ours(err):
		return code.Status()
	case code == domain.Invalid, code == domain.Conflict:
		return http.StatusBadRequest
	case code == domain.Gone: // the actor, not the inbox
		return http.StatusForbidden
	case code == domain.Unavailable, code == domain.NotFound: // the key could not be read
		return http.StatusUnauthorized
	}
	return code.Status()
}

func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, req *request, err error) {
	status := statusOf(err)
	domain.ComeAgain(w.Header(), status, err)
	h.refused[status].Add(1)
	level := slog.LevelInfo
	if status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	h.log.Log(r.Context(), level, "inbox: refused", "status", status, "signer", string(req.signer), "path", r.URL.Path, "error", err)
	http.Error(w, http.StatusText(status), status)
}

// read takes the body within its bounds and scans it.
func (h *Handler) read(w http.ResponseWriter, r *http.Request, req *request) error {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, activity.MaxBytes))
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return domain.Fail(domain.TooLarge, "error.document_size")
	}
	if err != nil {
		return domain.Fail(domain.Invalid, "error.document").Because(err)
	}
	req.raw = body
	req.in, err = activity.Decode(body)
	return err
}

// verify checks whose the activity is: the request's signer must be its actor,
// or else it must be proven by its actor, whoever brought it (FEP-8b32): one
// that was forwarded, or of a peer that signs by proof alone. The activity's
// id must be on its actor's origin (FEP-fe34), so that nobody can use up the
// ids of others. A proof is looked at only where the signature does not do.
// What is neither is taken from those who are followed here as a hint.
func (h *Handler) verify(ctx context.Context, r *http.Request, req *request) error {
	if !domain.SameOrigin(req.in.ID, req.in.Actor) {
		return domain.Fail(domain.Forbidden, "error.origin")
	}
	r.Header.Set("Content-Type", req.contentType)
	now, scheme := h.mint.Now(), httpsig.Scheme("")
	sig, key, err := h.signer(ctx, r, req.raw)
	switch {
	case err == nil && key.Owner == req.in.Actor:
		req.signer, scheme = key.Owner, sig.Scheme()
	case err == nil:
		req.signer, err = key.Owner, domain.Fail(domain.Forbidden, "error.origin")
	case domain.CodeOf(err) != domain.Unauthenticated:
		return err // a proof gets nobody past the gate and the limits
	case httpsig.Unsupported(err):
		return err // accepted by proof, it would be taken for known, and sent again without one (tootik tries ML-DSA-44)
	}
	if err != nil && !h.proven(ctx, r, req, now) {
		if req.brought = h.hint(ctx, req); req.brought {
			return nil
		}
		return err
	}
	host := req.in.Actor.Host()
	if h.seen.due(host+" "+string(scheme), now) {
		if err := h.hosts.SeenInbound(ctx, host, string(scheme), now); err != nil {
			h.log.Warn("inbox: note the host", "error", err)
		}
	}
	return nil
}

// signer checks the signature of a request, with the limits of the host whose
// key it names.
func (h *Handler) signer(ctx context.Context, r *http.Request, body []byte) (*httpsig.Signature, *remote.PublicKey, error) {
	sig, err := httpsig.Parse(r, h.ns.Base()+r.URL.RequestURI())
	if err != nil {
		return nil, nil, err
	}
	iri, err := domain.ParseIRI(sig.KeyID())
	if err != nil {
		return nil, nil, domain.Fail(domain.Unauthenticated, "error.signature").Because(err)
	}
	host, now := iri.Host(), h.mint.Now()
	if err := h.gate.Check(ctx, host); err != nil {
		return nil, nil, err
	}
	if !h.keys.Known(sig.KeyID()) {
		if err := h.throttles.strange(r, host, 0, now); err != nil {
			return nil, nil, err // before its server is asked for the key
		}
	}
	key, err := h.holds(ctx, sig, body, now)
	if err != nil {
		if full := h.throttles.strange(r, host, 1, now); full != nil {
			return nil, nil, full
		}
		return nil, nil, err
	}
	return sig, key, h.throttles.Known.Spend(host, 1, now)
}

// holds verifies a signature; if it does not hold, once more with the key as
// its owner has it now.
func (h *Handler) holds(ctx context.Context, sig *httpsig.Signature, body []byte, now time.Time) (*remote.PublicKey, error) {
	key, err := h.keys.PublicKey(ctx, sig.KeyID())
	if code := domain.CodeOf(err); code == domain.Invalid || code == domain.TooLarge {
		err = domain.Fail(domain.Unauthenticated, "error.signature").Because(err) // of the key's document, not of this one
	}
	if err != nil {
		return nil, err
	}
	if err := sig.Verify(key.Key, body, now); err != nil {
		fresh, again := h.keys.Refresh(ctx, sig.KeyID())
		if again != nil {
			return nil, err
		}
		return fresh, sig.Verify(fresh.Key, body, now)
	}
	return key, nil
}

// proven reports whether an activity that came without a signature of its
// actor is proven to be theirs. Whoever brings it, it counts as one of an
// unknown sender of the actor's host.
func (h *Handler) proven(ctx context.Context, r *http.Request, req *request, now time.Time) bool {
	host := req.in.Actor.Host()
	return len(req.in.Document["proof"]) > 0 && h.gate.Check(ctx, host) == nil && h.throttles.strange(r, host, 1, now) == nil &&
		h.proofs.Of(ctx, req.in.Document, req.in.Actor)
}

// hint reports whether an activity without a proof is worth reading its object
// again: it was forwarded by an actor that somebody here follows, as whoever
// owns a thread does (ActivityPub §7.1.2).
func (h *Handler) hint(ctx context.Context, req *request) bool {
	switch req.in.Type {
	case "Create", "Update", "Delete":
	default:
		return false
	}
	if req.signer == "" || !domain.SameOrigin(req.in.Object, req.in.Actor) || h.gate.Check(ctx, req.in.Actor.Host()) != nil {
		return false
	}
	signer, err := h.actors.ActorByIRI(ctx, req.signer)
	if err != nil {
		return false
	}
	follows, err := h.following.Follows(ctx, signer.ID)
	return err == nil && follows
}

// foreignDeletion reports whether somebody whom we never met says that they
// are gone: nothing to do, and no reason to ask their server for a key that
// is gone too (federation.md §3.2-23).
func (h *Handler) foreignDeletion(ctx context.Context, in *activity.Inbound) bool {
	if in.Type != "Delete" || in.Object != in.Actor {
		return false
	}
	_, err := h.actors.ActorByIRI(ctx, in.Actor)
	return domain.CodeOf(err) == domain.NotFound
}

// store keeps the activity as received.
func (h *Handler) store(ctx context.Context, r *http.Request, req *request) error {
	received := &network.Received{
		ID: h.mint.ID(), Serial: h.mint.Serial(), IRI: req.in.ID, Actor: req.in.Actor, Host: req.in.Actor.Host(),
		Type: req.in.Type, Inbox: r.URL.Path, Object: req.in.Carries(), Raw: activity.WithoutBlind(req.raw), At: h.mint.Now(),
	}
	if req.brought {
		received.BroughtBy(req.signer)
	}
	if err := h.batch.add(ctx, received); err != nil {
		return err
	}
	h.compare(ctx, req)
	return nil
}
