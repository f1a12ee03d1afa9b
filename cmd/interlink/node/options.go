package node

import (
	"cmp"
	"log/slog"
	"net/netip"
	"path/filepath"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/catalogue"
	"interlink/domain/coproduction"
	"interlink/domain/network"
	"interlink/federation/httpsig"
	"interlink/federation/inbox"
	"interlink/web/mail"
)

// Version is the program's version, set when it is built for a release.
var Version = "0.1.0-dev"

// Source is where the program's source is published (EUPL-1.2 §5).
const Source = "https://github.com/interlink-federation/interlink"

// Options are the settings of a node, checked by package config.
type Options struct {
	BaseURL      string // "https://zaragoza.example", without a path
	HandleDomain string // of handles, "zaragoza.example"; "" means the host of BaseURL
	DataDir      string // directory of the database, lock and key; made if absent
	DatabaseURL  string // "sqlite:PATH" or "postgres://…"; "" means interlink.db in DataDir
	RedisURL     string // "redis://…"; wakes the other processes of a scaled node; "" for none
	FilesURL     string // "s3://…"; "" means the directory files in DataDir
	Secret       []byte // seals the private keys of actors; at least 16 bytes
	Role         Role   // "" means all
	InFlight     int    // requests to other nodes at once; 0 means 256
	AllowPrivate bool   // loopback mode (DESIGN §6)
	AllowList    bool   // deal only with hosts that a rule allows
	SignedFetch  bool   // give documents to those who sign alone
	TellReuse    bool   // tell other nodes once a month how often their things are reused here, if the processes agree
	ExtraCA      []byte // PEM certificates of peers, beside the system's

	Name         string // of the node, as its pages are headed
	Summary      string // a sentence or two about it
	Contact      string // e-mail address of those who run it; "" for none
	Language     domain.Lang
	Zone         *time.Location // nil means UTC
	Registration account.Mode

	DeletionGrace int // days that are offered first to those who delete their account

	Proxies   []netip.Prefix // whose X-Forwarded-For is believed
	Metrics   string         // where metrics are served, host:port; "" for nowhere
	Cookie    string         // name of the session cookie; "" means interlink_session
	SMTP      mail.SMTP
	Retention *network.Retention   // nil means the default
	Uploads   *coproduction.Limits // nil means the default
	Timeouts  *Timeouts            // of connections to this node; nil means the default
	TLS       TLS
	Notices   int // notices of illegal content an hour from one network, and mails about them to one address; 0 means 10, in loopback mode no limit

	Limits *inbox.Limits // of what one host may send; nil means the default, in loopback mode none

	Copies *catalogue.Bounds // of what is kept of other catalogues; nil means the default, in loopback mode without a bound on how often entries change

	LookForJobs time.Duration // how often jobs are looked for; 0 means 1 s, in loopback mode 200 ms

	Log *slog.Logger     // nil discards
	Now func() time.Time // nil means time.Now

	Passwords account.Cost // of hashes of passwords; zero means the default

	NewKey func(id string) (*httpsig.Key, error) // makes the RSA keys of actors; nil means httpsig.GenerateKey
}

// Role is what a process does of a node's work.
type Role string

// The roles.
const (
	RoleAll    Role = "all"
	RoleWeb    Role = "web"    // answers requests
	RoleWorker Role = "worker" // works the queues and jobs
)

// What is in the data directory, beside the lock and the secret key.
const (
	databaseFile = "interlink.db"
	filesDir     = "files"
)

// complete fills in what was left out.
func (o Options) complete() Options {
	o.DatabaseURL = cmp.Or(o.DatabaseURL, "sqlite:"+filepath.Join(o.DataDir, databaseFile))
	o.Role = cmp.Or(o.Role, RoleAll)
	o.Language = cmp.Or(o.Language, "en")
	o.Registration = cmp.Or(o.Registration, account.ModeOpen)
	o.Cookie = cmp.Or(o.Cookie, "interlink_session")
	if o.Limits == nil {
		o.Limits = &inbox.DefaultLimits
		if o.AllowPrivate {
			o.Limits = &inbox.Limits{}
		}
	}
	if o.Copies == nil {
		bounds := catalogue.DefaultBounds
		if o.AllowPrivate {
			bounds.Every = 0
		}
		o.Copies = &bounds
	}
	o.Passwords = cmp.Or(o.Passwords, account.DefaultCost)
	if o.LookForJobs == 0 {
		o.LookForJobs = time.Second
		if o.AllowPrivate { // people wait for each step of a demonstration
			o.LookForJobs = 200 * time.Millisecond
		}
	}
	if o.Notices == 0 && !o.AllowPrivate {
		o.Notices = 10
	}
	o.Timeouts = cmp.Or(o.Timeouts, &DefaultTimeouts)
	o.Retention = cmp.Or(o.Retention, &network.DefaultRetention)
	o.Uploads = cmp.Or(o.Uploads, &coproduction.DefaultLimits)
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Name = cmp.Or(o.Name, strings.TrimPrefix(strings.TrimPrefix(o.BaseURL, "https://"), "http://"))
	return o
}

// embedded reports whether the node has its database for itself.
func (o Options) embedded() bool { return strings.HasPrefix(o.DatabaseURL, "sqlite:") }
