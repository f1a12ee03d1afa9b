package config

import (
	"log/slog"
	"net/netip"
	"time"
)

// Settings are the settings of a node, checked and complete.
type Settings struct {
	BaseURL      string // scheme and host, without a slash at the end: "https://city.example"
	HandleDomain string // host of handles: "city.example"; "" means that of BaseURL
	Role         string // "all", "web" or "worker"
	Listen       string // host:port; an empty host means all addresses
	DataDir      string
	DatabaseURL  Secret // "sqlite:PATH" or "postgres://…"
	RedisURL     Secret // "redis://…", "rediss://…" or "unix://…"; unset without Redis
	FilesURL     Secret // "s3://KEY:SECRET@HOST/BUCKET"; unset for files in DataDir
	SecretKey    Secret // 32 bytes in base64; unset: see [Settings.Key]

	Name     string // of the node; "" means its host
	Summary  string // a sentence or two; "" for none
	Contact  string // e-mail address of those who run the node; "" for none
	Language string // BCP-47 tag of those who choose none
	TimeZone *time.Location

	Accounts   Accounts
	Session    Session
	Server     Server
	Federation Federation
	Retention  Retention
	Uploads    Uploads
	SMTP       SMTP
	Log        Log

	origins map[string]string // where each came from, by key
}

// Accounts are the settings about people who log in.
type Accounts struct {
	Registration  string // "open", "approval", "invitation" or "closed"
	DeletionGrace int    // days in which the deletion of an account is called off by signing in, as it is offered
}

// Session are the settings of sessions in a browser.
type Session struct {
	Cookie string // its name
}

// Server are the settings of the HTTP server.
type Server struct {
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed
	TLSCertificate string         // path of a PEM file; "" means plain http
	TLSKey         string         // path of the PEM file of its key
	Metrics        string         // where metrics are served, host:port; "" for nowhere
}

// Federation are the settings about other nodes.
type Federation struct {
	AllowPrivate bool         // loopback mode
	AllowList    bool         // deal only with hosts that a rule allows
	SignedFetch  bool         // give documents to those who sign alone
	TellReuse    bool         // tell other nodes how often their things are reused here
	ExtraCA      Certificates // of authorities that are trusted beside the system's
	InFlight     int          // requests to other nodes at once, of one process
}

// Retention is for how many days is kept what the node has no further use
// for.
type Retention struct {
	Received  int // bytes of received activities
	Delivered int // deliveries that arrived
	Dead      int // deliveries that were given up
	Posts     int // copies of posts and stories of other nodes that nobody here has to do with
	Actors    int // copies of actors of other nodes that nothing refers to

	Applications  int // applications to role calls that were turned down or withdrawn
	Accepted      int // what was written in accepted ones
	Notifications int // what people were told
	Notices       int // who gave a notice of illegal content, and what they wrote
	Receipts      int // what other servers answered when somebody left
}

// Uploads bound the files that people add to processes, in MiB; 0 means no
// bound.
type Uploads struct {
	MaxFile      int // of one file
	ProcessQuota int // of all resources of one process, with their versions
	NodeQuota    int // of all files, each counted once
}

// Certificates are those of a file.
type Certificates struct {
	Path string // "" for none
	PEM  []byte // nil for none
}

// SMTP is the server that takes mails.
type SMTP struct {
	Host     string // "" for none
	Port     int
	Username string // "" to send without signing in
	Password Secret
	From     string // e-mail address
	TLS      string // "starttls", "tls" or "none"
}

// Log says what is written about the node's work, and how.
type Log struct {
	Level  slog.Level
	Format string // "text" or "json"
}

// Warnings returns sentences about settings that are allowed but seldom
// meant.
func (s Settings) Warnings() []string {
	var w []string
	if s.SMTP.Host == "" && !s.Federation.AllowPrivate && s.Accounts.Registration != "closed" {
		w = append(w, "smtp.host is not set: no mail can be sent, so nobody who signs up can prove their address; "+
			"set INTERLINK_SMTP_HOST, or accounts.registration to closed")
	}
	if s.Role != "all" && !s.RedisURL.IsSet() {
		w = append(w, "redis_url is not set: processes of other roles hear of work only when they look for it, every second")
	}
	if s.Role == "web" && !s.FilesURL.IsSet() {
		w = append(w, "files_url is not set: uploaded files are in "+s.DataDir+", which all processes with the role web must share")
	}
	return append(w, s.certificateWarnings(time.Now())...)
}
