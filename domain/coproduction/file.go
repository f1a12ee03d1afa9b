package coproduction

import (
	"context"
	"io"
	"slices"
	"time"

	"interlink/domain"
	"interlink/domain/policy"
)

// Stored is a file as a resource has it; the zero Stored is none.
type Stored struct {
	Hash string // hex SHA-256 of its bytes, by which it is kept once
	Name string // see [FileName]
	Type string // media type, by its bytes
	Size int64  // bytes
}

// Shown reports whether browsers show the file without running anything in
// it: pictures of dots. All else is handed out to be saved.
func (f Stored) Shown() bool {
	return slices.Contains([]string{"image/png", "image/jpeg", "image/gif", "image/webp"}, f.Type)
}

// Files keep bytes by their SHA-256.
type Files interface {
	// Receive reads at most so many bytes. Errors: TooLarge for more,
	// Unavailable if there is no place for them.
	Receive(ctx context.Context, from io.Reader, most int64) (*domain.Incoming, error)
	// Open opens a file, which the caller closes. Errors: NotFound,
	// Unavailable.
	Open(ctx context.Context, hash string) (io.ReadSeekCloser, error)
	Delete(ctx context.Context, hash string) error
}

// Limits bound what is uploaded, in bytes; 0 means no bound.
type Limits struct {
	File    int64 // one file
	Process int64 // all versions of the resources of one process
	Node    int64 // all files, each counted once
}

// DefaultLimits are those of a node that does not say otherwise.
var DefaultLimits = Limits{File: 50 << 20, Process: 1 << 30, Node: 20 << 30}

// maxAtOnce is how many files are sent at once.
const maxAtOnce = 20

// sweepAfter is how long a file stays that no version has: it may be about to
// get one.
const sweepAfter = time.Hour

// RestoreFor is how long a removed resource can be restored.
const RestoreFor = 30 * 24 * time.Hour

// KeepFiles says where files are kept, and how much. Without it none are
// taken.
func (s *Service) KeepFiles(files Files, limits Limits) { s.files, s.limits = files, limits }

// Limits tells how much is taken.
func (s *Service) Limits() Limits { return s.limits }

// Uploading are files on their way into a task, or the new version of one. It
// is to be closed.
type Uploading struct {
	s        *Service
	viewer   policy.Viewer
	process  string
	task     domain.ID
	resource domain.ID // whose new version it is; "" for new resources
	room     int64     // bytes that are left; -1 for any
	files    []upload
}

type upload struct {
	*domain.Incoming
	Stored
}

// Upload begins to take files into a task, before anything of them is read.
// Errors: NotFound, Forbidden, Invalid; TooLarge if there is no room left.
func (s *Service) Upload(ctx context.Context, v policy.Viewer, name string, task domain.ID) (*Uploading, error) {
	p, err := s.Workable(ctx, v, name, task)
	if err != nil {
		return nil, err
	}
	return s.uploading(ctx, p, &Uploading{s: s, viewer: v, process: name, task: task})
}

// UploadVersion begins to take another version of a file. Errors: as of
// [Service.Upload]; Invalid for what is no file, Gone once it is removed.
func (s *Service) UploadVersion(ctx context.Context, v policy.Viewer, name string, id domain.ID) (*Uploading, error) {
	p, r, err := s.resource(ctx, v, name, id)
	if err != nil {
		return nil, err
	}
	t, err := s.outline(ctx, p)
	if err != nil {
		return nil, err
	}
	if err := policy.Allow(v, policy.Contribute, resourceFacts{Place{p, t, r.Item}, r}); err != nil {
		return nil, err
	}
	if r.Kind != File {
		return nil, domain.Fail(domain.Invalid, "resource.no_file")
	}
	return s.uploading(ctx, p, &Uploading{s: s, viewer: v, process: name, resource: id})
}

func (s *Service) uploading(ctx context.Context, p *Process, u *Uploading) (*Uploading, error) {
	if s.files == nil {
		return nil, domain.Fail(domain.Unavailable, "error.files")
	}
	taken, node, err := s.store.Room(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	u.room = -1
	for most, used := range map[int64]int64{s.limits.Process: taken, s.limits.Node: node} {
		if most > 0 && (u.room < 0 || most-used < u.room) {
			u.room = max(0, most-used)
		}
	}
	if u.room == 0 {
		return nil, s.full()
	}
	return u, nil
}

// full says that there is no room for more.
func (s *Service) full() *domain.Error {
	return &domain.Error{Code: domain.TooLarge, Key: "resource.quota", Args: []any{s.limits.Process >> 20}, Field: "file"}
}

// room fails if new versions do not fit into a process.
func (s *Service) room(ctx context.Context, p *Process, versions []ResourceVersion) error {
	var more int64
	for _, v := range versions {
		more += v.Size()
	}
	if s.limits.Process == 0 || more == 0 {
		return nil
	}
	taken, _, err := s.store.Room(ctx, p.ID)
	if err == nil && taken+more > s.limits.Process {
		err = s.full()
	}
	return err
}

// Receive reads one file to its end, never all of it into memory. Errors:
// TooLarge on "file", Invalid for too many files or an empty one, Unavailable
// if there is no place for it, else those of from.
func (u *Uploading) Receive(ctx context.Context, name string, from io.Reader) error {
	if len(u.files) == maxAtOnce {
		return domain.InvalidField("file", "resource.too_many_files", maxAtOnce)
	}
	most := u.s.limits.File
	if most == 0 {
		most = 1 << 50
	}
	tight := u.room >= 0 && u.room < most
	if tight {
		most = u.room
	}
	in, err := u.s.files.Receive(ctx, from, most)
	if tight && domain.CodeOf(err) == domain.TooLarge {
		return u.s.full().Because(err)
	}
	if err != nil {
		return err
	}
	if in.Size == 0 {
		in.Drop()
		return domain.InvalidField("file", "resource.file_empty")
	}
	if u.room >= 0 {
		u.room -= in.Size
	}
	u.files = append(u.files, upload{in, Stored{Hash: in.Hash, Name: FileName(name), Type: in.Type, Size: in.Size}})
	return nil
}

// Received tells how many files were received.
func (u *Uploading) Received() int { return len(u.files) }

// Close removes what was received and not kept.
func (u *Uploading) Close() {
	for _, f := range u.files {
		f.Drop()
	}
}

// keep stores what was received. That it is there is noted first, so that
// nothing stays of what fails after it.
func (u *Uploading) keep(ctx context.Context) error {
	if len(u.files) == 0 {
		return domain.InvalidField("file", "resource.file_missing")
	}
	for _, f := range u.files {
		if err := u.s.store.ReserveFile(ctx, f.Stored, u.s.mint.Now(), u.s.limits.Node); err != nil {
			return err
		}
		if err := f.Keep(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Add makes resources of what was received, all of them or none. Each has its
// file's name, or, if it is one, that of d. Errors: those of
// [Service.AddResource]; TooLarge, Unavailable.
func (u *Uploading) Add(ctx context.Context, d ResourceDetails) ([]*Resource, error) {
	made := func(p *Process) ([]*Resource, error) {
		var all []*Resource
		var problems domain.Problems
		for _, f := range u.files {
			one := d
			if line(d.Name) == "" || len(u.files) > 1 {
				one.Name = f.Name
			}
			r := &Resource{Kind: File, File: f.Stored, Version: 1, Revision: 1}
			problems = nil
			r.describe(one, p.Language, &problems)
			if problems.Err() != nil {
				return nil, problems.Err()
			}
			all = append(all, r)
		}
		return all, nil
	}
	if _, err := made(&Process{}); err != nil {
		return nil, err // before anything is kept
	}
	if err := u.keep(ctx); err != nil {
		return nil, err
	}
	return u.s.putAll(ctx, u.viewer, u.process, u.task, made)
}

// Replace makes a new version of a file of what was received; older ones
// stay. Errors: NotFound, Gone, Forbidden, Invalid, TooLarge, Unavailable.
func (u *Uploading) Replace(ctx context.Context, summary string) (*Resource, error) {
	if len(u.files) > 1 {
		return nil, domain.InvalidField("file", "resource.one_file")
	}
	if err := checkSummary(summary); err != nil {
		return nil, err
	}
	if err := u.keep(ctx); err != nil {
		return nil, err
	}
	return u.s.rewrite(ctx, u.viewer, u.process, u.resource, func(r *Resource) (rewritten, error) {
		if r.File == u.files[0].Stored {
			return rewritten{}, nil
		}
		r.File = u.files[0].Stored
		return rewritten{changed: true, content: true, summary: summary}, nil
	})
}

// Opened is a file that is read.
type Opened struct {
	io.ReadSeekCloser
	Stored
	At     time.Time // since when it is the file of the resource
	Public bool      // everybody may read it
}

// OpenFile opens the file of a resource, which the caller closes: the present
// one for 0, else that of a version, for those who take part. Errors:
// NotFound, Gone, Unavailable.
func (s *Service) OpenFile(ctx context.Context, v policy.Viewer, name string, id domain.ID, number int) (*Opened, error) {
	p, r, err := s.resource(ctx, v, name, id)
	if err != nil {
		return nil, err
	}
	f, at := r.File, r.UpdatedAt
	if number != 0 && number != r.Version {
		old, err := s.version(ctx, v, p, r, number)
		if err != nil {
			return nil, err
		}
		f, at = old.File, old.At
	}
	if f.Hash == "" || s.files == nil {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	content, err := s.files.Open(ctx, f.Hash)
	if err != nil {
		return nil, err
	}
	everybody := r.Public && p.Visibility == domain.VisiblePublic && f == r.File
	return &Opened{ReadSeekCloser: content, Stored: f, At: at, Public: everybody}, nil
}

// OpenStored opens a file for whoever may see what shows it, such as a story:
// the caller has asked the policy for that. The caller closes it. Errors:
// NotFound, Unavailable.
func (s *Service) OpenStored(ctx context.Context, f Stored, at time.Time) (*Opened, error) {
	if s.files == nil {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	content, err := s.files.Open(ctx, f.Hash)
	if err != nil {
		return nil, err
	}
	return &Opened{ReadSeekCloser: content, Stored: f, At: at, Public: true}, nil
}

// Sweep erases resources that were removed 30 days ago, and files that no
// version has. It may run again.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.mint.Now()
	if err := s.store.EraseResources(ctx, now.Add(-RestoreFor)); err != nil || s.files == nil {
		return err
	}
	return s.store.SweepFiles(ctx, now.Add(-sweepAfter), s.files.Delete)
}
