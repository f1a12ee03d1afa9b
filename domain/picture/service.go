package picture

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/buckket/go-blurhash"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// Changed is the event of an actor whose picture is another one, or none. The
// subject is the organisation or community, by its actor's id.
const Changed domain.EventKind = "actor.picture_changed" // [Happened]

// Happened is the payload of [Changed].
type Happened struct {
	Icon domain.IRI `json:"icon,omitempty"` // "" once removed
}

// JobSweep removes a file that nobody shows any more; its argument is [Sweep].
const JobSweep = "picture.sweep"

// Sweep names a file.
type Sweep struct {
	Hash string `json:"hash"`
}

// sweepAfter is how long a file stays that is not shown any more: other
// servers may still be reading it.
const sweepAfter = time.Hour

// maxAlt is the longest description of a picture, in letters.
const maxAlt = 500

// Icon is the picture of an actor; the zero Icon is none.
type Icon struct {
	IRI  domain.IRI
	Type string // media type
	Alt  string // what it shows, in words; may be empty
}

func iconOf(a *network.Actor) Icon { return Icon{IRI: a.Icon, Type: a.IconType, Alt: a.IconAlt} }

// Files keeps bytes by their SHA-256.
type Files interface {
	Put(ctx context.Context, content []byte) (hash string, err error)
	Get(ctx context.Context, hash string) ([]byte, error)
	Delete(ctx context.Context, hash string) error
}

// Store keeps which actor shows which file.
type Store interface {
	Actor(ctx context.Context, id domain.ActorID) (*network.Actor, error)
	// SetIcon gives a local actor another picture, or none, and commits the
	// change with it. Errors: NotFound.
	SetIcon(ctx context.Context, id domain.ActorID, icon Icon, at time.Time, change domain.Change) error
	// Shown reports whether a local actor, a post of one or an Interlinker of
	// this node shows a file.
	Shown(ctx context.Context, file domain.IRI) (bool, error)
	// Ask commits jobs.
	Ask(ctx context.Context, jobs []domain.Job) error
}

// Facts finds what the policy asks of an actor's subject. Errors: NotFound
// for actors that can have no picture.
type Facts func(ctx context.Context, v policy.Viewer, actor *network.Actor) (policy.Facts, error)

// Service is what people do with pictures.
type Service struct {
	store Store
	files Files
	facts Facts
	mint  *domain.Mint
	ns    domain.Namespace
}

// NewService makes the service.
func NewService(store Store, files Files, facts Facts, mint *domain.Mint, ns domain.Namespace) *Service {
	return &Service{store: store, files: files, facts: facts, mint: mint, ns: ns}
}

// Set gives an actor a picture: a PNG, JPEG, GIF or WebP file of at most 5 MB.
// alt says in words what it shows; it may be empty. Without a file the one
// that is there gets other words. Errors: NotFound, Forbidden, Unauthenticated;
// Invalid or TooLarge on "file" and "alt"; Unavailable if files cannot be kept.
func (s *Service) Set(ctx context.Context, v policy.Viewer, id domain.ActorID, raw []byte, alt string) error {
	actor, err := s.actor(ctx, v, id)
	if err != nil {
		return err
	}
	icon := iconOf(actor)
	icon.Alt = strings.TrimSpace(alt)
	if utf8.RuneCountInString(icon.Alt) > maxAlt {
		return domain.InvalidField("alt", "error.too_long", maxAlt)
	}
	if len(raw) == 0 {
		if icon.IRI == "" {
			return domain.InvalidField("file", "picture.missing")
		}
		return s.save(ctx, v, actor, icon)
	}
	logo, err := drawn(ctx, raw, maxSide)
	if err != nil {
		return err
	}
	icon.Type = logo.mediaType
	if icon.IRI, err = s.keep(ctx, logo.content); err != nil {
		return err
	}
	if err := s.save(ctx, v, actor, icon); err != nil {
		return err
	}
	return s.again(ctx, logo.content)
}

// keep stores a file that is about to be shown. That it goes again if nobody
// shows it is asked for first, so that nothing stays of what fails after it.
func (s *Service) keep(ctx context.Context, content []byte) (domain.IRI, error) {
	sum := sha256.Sum256(content)
	file := s.ns.IRI("files", hex.EncodeToString(sum[:]))
	if err := s.store.Ask(ctx, []domain.Job{Sweeping(file, s.mint.Now())}); err != nil {
		return "", err
	}
	_, err := s.files.Put(ctx, content)
	return file, err
}

// again stores a file once more after it is shown: a sweep of the same bytes
// that began before may have removed it.
func (s *Service) again(ctx context.Context, content []byte) error {
	_, err := s.files.Put(ctx, content)
	return err
}

// Remove takes an actor's picture away; none is no error. Errors: as of
// [Service.Set].
func (s *Service) Remove(ctx context.Context, v policy.Viewer, id domain.ActorID) error {
	actor, err := s.actor(ctx, v, id)
	if err != nil || actor.Icon == "" {
		return err
	}
	return s.save(ctx, v, actor, Icon{})
}

// Sweeping makes the job that removes a file, given by its address, once
// nobody shows it and other servers had an hour to read it.
func Sweeping(file domain.IRI, now time.Time) domain.Job {
	hash := string(file)[strings.LastIndexByte(string(file), '/')+1:]
	return domain.Job{Kind: JobSweep, Args: Sweep{Hash: hash}, At: now.Add(sweepAfter)}
}

// Kept is a picture that was cleaned, or drawn anew, and is served.
type Kept struct {
	IRI           domain.IRI
	Type          string // media type
	Width, Height int    // pixels, at most 1600
	Blurhash      string // its colours in a few letters

	// Again is to be called once the picture is shown: a sweep of the same
	// bytes that began before may have removed them.
	Again func(ctx context.Context) error
}

// Keep takes an uploaded picture for a post: a PNG, JPEG, GIF or WebP
// file of at most 5 MB; it is drawn anew only if [drawn] must. Whoever calls it has asked the policy. Errors: Invalid
// or TooLarge on "file", Unavailable if files cannot be kept.
func (s *Service) Keep(ctx context.Context, raw []byte) (Kept, error) {
	shown, err := drawn(ctx, raw, shownSide)
	if err != nil {
		return Kept{}, err
	}
	size := shown.picture.Bounds().Size()
	colours, err := blurhash.Encode(4, 3, fit(shown.picture, blurSide))
	if err != nil {
		return Kept{}, err
	}
	file, err := s.keep(ctx, shown.content)
	return Kept{
		IRI: file, Type: shown.mediaType, Width: size.X, Height: size.Y, Blurhash: colours,
		Again: func(ctx context.Context) error { return s.again(ctx, shown.content) },
	}, err
}

// File reads a picture. Errors: NotFound, Unavailable.
func (s *Service) File(ctx context.Context, hash string) ([]byte, error) {
	return s.files.Get(ctx, hash)
}

// Sweep removes a file that nobody shows. It may run again.
func (s *Service) Sweep(ctx context.Context, job Sweep) error {
	icon := s.ns.IRI("files", job.Hash)
	if shown, err := s.store.Shown(ctx, icon); err != nil || shown {
		return err
	}
	content, err := s.files.Get(ctx, job.Hash)
	if domain.CodeOf(err) == domain.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.files.Delete(ctx, job.Hash); err != nil {
		return err
	}
	shown, err := s.store.Shown(ctx, icon)
	if err == nil && shown { // somebody uploaded the same bytes meanwhile
		_, err = s.files.Put(ctx, content)
	}
	return err
}

// actor finds an actor whose picture the viewer may change.
func (s *Service) actor(ctx context.Context, v policy.Viewer, id domain.ActorID) (*network.Actor, error) {
	actor, err := s.store.Actor(ctx, id)
	if err != nil {
		return nil, err
	}
	facts, err := s.facts(ctx, v, actor)
	if err != nil {
		return nil, err
	}
	return actor, policy.Allow(v, policy.Edit, facts)
}

func (s *Service) save(ctx context.Context, v policy.Viewer, actor *network.Actor, icon Icon) error {
	if icon == iconOf(actor) {
		return nil
	}
	now := s.mint.Now()
	subject := domain.Subject{Kind: actor.Subject, ID: domain.ID(actor.ID)}
	change := domain.Change{Events: []domain.Event{domain.NewEvent(s.mint, Changed, v.Actor, subject, Happened{Icon: icon.IRI})}}
	if old := actor.Icon; old != "" && old != icon.IRI {
		change.Jobs = []domain.Job{Sweeping(old, now)}
	}
	return s.store.SetIcon(ctx, actor.ID, icon, now, change)
}
