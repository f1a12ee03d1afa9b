package node

import (
	"log/slog"
	"net/netip"
	"path/filepath"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/web/mail"
)

// Version is the program's version, set when it is built for a release.
var Version = "0.1.0-dev"

// Source is where the program's source is published (EUPL-1.2 §5).
const Source = "https://github.com/interlink-federation/interlink"

// Options are the settings of a node, checked by package config.
type Options struct {
	BaseURL      string // "https://zaragoza.example", without a path
	DataDir      string // directory of the database, lock and key; made if absent
	DatabaseURL  string // "sqlite:PATH" or "postgres://…"; "" means interlink.db in DataDir
	RedisURL     string // "redis://…"; wakes the other processes of a scaled node; "" for none
	Secret       []byte // seals the private keys of actors; at least 16 bytes
	AllowPrivate bool   // loopback mode (DESIGN §6)
	SignedFetch  bool   // show documents to signed requests alone
	ExtraCA      []byte // PEM certificates of peers, beside the system's

	Name         string // of the node, as its pages are headed
	Summary      string // a sentence or two about it
	Contact      string // e-mail address of those who run it; "" for none
	Language     domain.Lang
	Zone         *time.Location // nil means UTC
	Registration account.Mode
	Proxies      []netip.Prefix // whose X-Forwarded-For is believed
	Cookie       string         // name of the session cookie; "" means interlink_session
	SMTP         mail.SMTP

	Log *slog.Logger     // nil discards
	Now func() time.Time // nil means time.Now
}

// complete fills in what was left out.
func (o Options) complete() Options {
	if o.DatabaseURL == "" {
		o.DatabaseURL = "sqlite:" + filepath.Join(o.DataDir, "interlink.db")
	}
	if o.Language == "" {
		o.Language = "en"
	}
	if o.Registration == "" {
		o.Registration = account.ModeOpen
	}
	if o.Cookie == "" {
		o.Cookie = "interlink_session"
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Name == "" {
		o.Name = strings.TrimPrefix(strings.TrimPrefix(o.BaseURL, "https://"), "http://")
	}
	return o
}

// embedded reports whether the node has its database for itself.
func (o Options) embedded() bool { return strings.HasPrefix(o.DatabaseURL, "sqlite:") }
