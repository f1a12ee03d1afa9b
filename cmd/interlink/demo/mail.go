package demo

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
)

// mails is a log that shows the mails of the cities alone: no server sends
// them, and whoever tries to sign up needs the links.
type mails struct {
	mu  *sync.Mutex
	out io.Writer
}

// Enabled implements slog.Handler.
func (m mails) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelInfo }

// Handle implements slog.Handler.
func (m mails) Handle(_ context.Context, r slog.Record) error {
	said := map[string]string{}
	r.Attrs(func(a slog.Attr) bool {
		said[a.Key] = a.Value.String()
		return true
	})
	if said["to"] == "" || said["link"] == "" {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	_, err := fmt.Fprintf(m.out, "mail to %s: %s\n               open %s\n", said["to"], said["subject"], said["link"])
	return err
}

// WithAttrs implements slog.Handler.
func (m mails) WithAttrs([]slog.Attr) slog.Handler { return m }

// WithGroup implements slog.Handler.
func (m mails) WithGroup(string) slog.Handler { return m }
