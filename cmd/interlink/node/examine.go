package node

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"interlink/domain"
	"interlink/storage"
	"interlink/storage/blob"
	"interlink/storage/cache"
	"interlink/web/mail"
)

// Mark is how grave a [Finding] is.
type Mark string

// The marks.
const (
	Well  Mark = "ok"
	Note  Mark = "note" // the node works, but not as well as it could
	Fault Mark = "FAIL"
)

// Finding is what was found out about a node, in a sentence that says what to do.
type Finding struct {
	Mark Mark
	Text string
}

func finding(m Mark, format string, args ...any) Finding {
	return Finding{m, fmt.Sprintf(format, args...)}
}

// examineWithin is how long each of what a node needs may take to answer.
const examineWithin = 10 * time.Second

// ExamineAround looks at what a node needs beside its settings: its directory and
// the room there, database, Redis, files and mail. It changes nothing.
func ExamineAround(ctx context.Context, o Options) []Finding {
	o = o.complete()
	var found []Finding
	for _, look := range []func(context.Context, Options) []Finding{
		examineDirectory, examineDatabase, examineRedis, examineFiles, examineMail,
	} {
		within, cancel := context.WithTimeout(ctx, examineWithin)
		found = append(found, look(within, o)...)
		cancel()
	}
	return found
}

// keepsFiles reports whether the data directory is used.
func (o Options) keepsFiles() bool { return o.embedded() || o.FilesURL == "" }

// examineDirectory looks whether files can be made in the data directory, or in
// the directory that it is to be made in, and how much room there is.
func examineDirectory(_ context.Context, o Options) []Finding {
	if !o.keepsFiles() {
		return nil
	}
	dir := o.DataDir
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
			break
		}
	}
	probe, err := os.CreateTemp(dir, ".examine.*")
	if err == nil {
		_, err = probe.WriteString("can be removed")
		err = errors.Join(err, probe.Close(), os.Remove(probe.Name()))
	}
	if err != nil {
		return []Finding{finding(Fault, "the data directory %s cannot be written to: make it for the user whom the node runs as (chown), on a disk that is "+
			"not read-only and has room, or name another with INTERLINK_DATA_DIR (%v)", o.DataDir, err)}
	}
	found := []Finding{finding(Well, "the data directory %s can be written to", o.DataDir)}
	free, all, err := room(dir)
	if err != nil || all == 0 {
		return found
	}
	return append(found, roomOf(o.DataDir, free, all))
}

// A node at the end of its disk can save nothing, and SQLite needs some room to
// work at all.
const (
	littleRoom = 512 << 20 // bytes: it can end within hours
	someRoom   = 5 << 30   // bytes, if that is little of the disk, too
	someShare  = 0.1
)

func roomOf(dir string, free, all uint64) Finding {
	share := float64(free) / float64(all)
	mark, advice := Well, ""
	switch {
	case free < littleRoom:
		mark, advice = Fault, ": make room, or move the directory to a larger disk; without room nothing can be saved"
	case free < someRoom && share < someShare:
		mark, advice = Note, ": make room before it ends"
	}
	return finding(mark, "%d MiB of the disk of %s are free (%.0f%%)%s", free>>20, dir, 100*share, advice)
}

// examineDatabase asks a server of databases whether it lets the node in. A file
// is only there once the node was.
func examineDatabase(ctx context.Context, o Options) []Finding {
	if o.embedded() {
		return nil
	}
	db, err := storage.Open(ctx, o.DatabaseURL)
	if err != nil {
		return []Finding{finding(Fault, "the database cannot be used: look whether its server runs and can be reached from here, and whether user, "+
			"password and database of INTERLINK_DATABASE_URL are there (createdb makes one) (%v)", err)}
	}
	defer db.Close()
	found := []Finding{finding(Well, "the database lets the node in")}
	if there, err := db.Clock(ctx); err == nil {
		found = append(found, clocks("the server of the database", time.Until(there)))
	}
	return found
}

// clocksApart is how far the clocks of a node's machines may be apart: leases
// last 30 seconds.
const clocksApart = 5 * time.Second

func clocks(of string, apart time.Duration) Finding {
	if apart.Abs() > clocksApart {
		return finding(Fault, "the clocks of this machine and of %s are %s apart: set both by NTP (chrony, systemd-timesyncd); "+
			"other nodes refuse what is signed at a wrong time", of, apart.Abs().Round(time.Second))
	}
	return finding(Well, "the clocks of this machine and of %s agree", of)
}

func examineRedis(ctx context.Context, o Options) []Finding {
	if o.RedisURL == "" {
		return nil
	}
	r, err := cache.Open(o.RedisURL, "", o.Log)
	if err == nil {
		defer func() { _ = r.Close() }()
		err = r.Ping(ctx)
	}
	if err != nil {
		return []Finding{finding(Fault, "Redis does not answer, or takes nothing: the node works, but its processes hear of work and changes only when they look, and each counts "+
			"for itself what is limited; start it, give it more memory, or set INTERLINK_REDIS_URL right (%v)", err)}
	}
	return []Finding{finding(Well, "Redis answers")}
}

// examineFiles stores a file in the bucket, reads it and removes it again.
func examineFiles(ctx context.Context, o Options) []Finding {
	if o.FilesURL == "" {
		return nil
	}
	err := func() error {
		bucket, err := blob.Open(o.FilesURL, "")
		if err != nil {
			return err
		}
		name, err := bucket.Put(ctx, fmt.Append(nil, "An examination of this bucket, which can be removed: ", o.BaseURL, time.Now().UnixNano()))
		if err != nil {
			return err
		}
		_, err = bucket.Get(ctx, name)
		return errors.Join(err, bucket.Delete(ctx, name))
	}()
	if err != nil {
		return []Finding{finding(Fault, "files cannot be stored in the bucket: pictures and uploads fail; look whether its server runs, whether the bucket is there, "+
			"and whether key and secret of INTERLINK_FILES_URL may read, write and delete in it (%v)", because(err))}
	}
	return []Finding{finding(Well, "files can be stored in the bucket, read and removed")}
}

// examineMail signs in at the mail server, and sends nothing.
func examineMail(ctx context.Context, o Options) []Finding {
	if o.SMTP.Host == "" {
		return nil
	}
	sender, err := mail.NewSender(mail.Options{SMTP: o.SMTP})
	if err == nil {
		err = sender.Greet(ctx)
	}
	if err != nil {
		return []Finding{finding(Fault, "the mail server %s takes no mail of this node: look at the settings of smtp, and whether this machine may reach it (%v)",
			o.SMTP.Host, because(err))}
	}
	return []Finding{finding(Well, "the mail server %s lets the node in", o.SMTP.Host)}
}

// because is the cause of an error that people are told in other words.
func because(err error) error {
	var coded *domain.Error
	if errors.As(err, &coded) && coded.Err != nil {
		return coded.Err
	}
	return err
}

// ExamineAddress looks whether a node can listen at an address; one that serves
// there already is well.
func ExamineAddress(ctx context.Context, setting, address string) Finding {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return finding(Note, "%v: if it is not this node that serves there already, name another address with %s", err, setting)
	}
	_ = l.Close()
	return finding(Well, "the node can listen on %s", address)
}
