package inbox

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
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
}

// Hosts knows other servers.
type Hosts interface {
	Host(ctx context.Context, host string) (*network.Host, error)
	SeenInbound(ctx context.Context, host, scheme string, at time.Time) error
}

// Actors tells which actors are known.
type Actors interface {
	ActorByIRI(ctx context.Context, iri domain.IRI) (*network.Actor, error)
}

// Queue stores what was received.
type Queue interface {
	Add(ctx context.Context, in []*network.Received) error
}

// Handler answers POST requests to inboxes.
type Handler struct {
	signers *Signers
	proofs  *Proofs
	hosts   Hosts
	actors  Actors
	batch   *batch
	mint    *domain.Mint
	log     *slog.Logger
	actor   pub.FederatingActor
	seen    *seenHosts
}

// NewHandler makes the handler. Close it after its last request.
func NewHandler(signers *Signers, proofs *Proofs, hosts Hosts, actors Actors, queue Queue, mint *domain.Mint, log *slog.Logger) *Handler {
	h := &Handler{signers: signers, proofs: proofs, hosts: hosts, actors: actors, batch: newBatch(queue), mint: mint, log: log, seen: newSeenHosts()}
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
	req := &request{contentType: r.Header.Get("Content-Type")}
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

func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, req *request, err error) {
	status := http.StatusBadRequest
	switch domain.CodeOf(err) {
	case domain.Unauthenticated:
		status = http.StatusUnauthorized
	case domain.Forbidden, domain.Gone:
		status = http.StatusForbidden
	case domain.TooLarge:
		status = http.StatusRequestEntityTooLarge
	case domain.TooMany:
		status = http.StatusTooManyRequests
		w.Header().Set("Retry-After", strconv.Itoa(60))
	case domain.Unavailable, domain.NotFound:
		status = http.StatusUnauthorized // the key could not be read: the peer may try again
	case domain.Internal:
		status = http.StatusInternalServerError
	}
	level := slog.LevelInfo
	if status == http.StatusInternalServerError {
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
func (h *Handler) verify(ctx context.Context, r *http.Request, req *request) error {
	if !domain.SameOrigin(req.in.ID, req.in.Actor) {
		return domain.Fail(domain.Forbidden, "error.origin")
	}
	r.Header.Set("Content-Type", req.contentType)
	var scheme httpsig.Scheme
	var err error
	req.signer, scheme, err = h.signers.Signer(ctx, r, req.raw)
	if err == nil && req.signer != req.in.Actor {
		err = domain.Fail(domain.Forbidden, "error.origin")
	}
	if err != nil {
		var coded *domain.Error
		blocked := errors.As(err, &coded) && coded.Key == "error.host_blocked"
		if blocked || !h.proofs.Of(ctx, req.in.Document, req.in.Actor) {
			return err
		}
		scheme = ""
	}
	host, now := req.in.Actor.Host(), h.mint.Now()
	if h.seen.due(host+" "+string(scheme), now) {
		if err := h.hosts.SeenInbound(ctx, host, string(scheme), now); err != nil {
			h.log.Warn("inbox: note the host", "error", err)
		}
	}
	return nil
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
	return h.batch.add(ctx, &network.Received{
		ID: h.mint.ID(), Serial: h.mint.Serial(), IRI: req.in.ID, Actor: req.in.Actor, Host: req.in.Actor.Host(),
		Type: req.in.Type, Inbox: r.URL.Path, Raw: req.raw, At: h.mint.Now(),
	})
}
