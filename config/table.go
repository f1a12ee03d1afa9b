package config

// setting is one row of the table of settings.
type setting struct {
	key      string // in the file; with dots for tables
	fallback string // default, as text
	says     string // of the default in the documentation, if it depends on others
	doc      string
	field    func(*Settings) any           // pointer to where it goes; its type says how it is read
	check    func(string) (string, string) // returns the normal form, or what is wrong; nil takes all
	remedy   string                        // what to do if it is wrong
	secret   bool                          // never shown, and can be read from a file of its own
}

// sections are the tables of the file in the order in which they are printed,
// with what they are about. The first holds what stands before all tables.
var sections = []struct{ name, doc string }{
	{"", "The node"},
	{"accounts", "Accounts"},
	{"session", "Sessions in a browser"},
	{"server", "HTTP server"},
	{"federation", "Other nodes"},
	{"retention", "What is kept"},
	{"uploads", "Files that people add"},
	{"smtp", "Mail"},
	{"log", "Log"},
}

var table = []setting{
	{
		key: "base_url", field: func(s *Settings) any { return &s.BaseURL }, check: checkBaseURL,
		doc: "Address of the node as others reach it: scheme and host, without a path. It is part of everything that the node " +
			"publishes and cannot be changed later. Required.",
		remedy: "set it to scheme and host alone, such as https://city.example",
	},
	{
		key: "handle_domain", says: "the host of base_url", field: func(s *Settings) any { return &s.HandleDomain }, check: checkHandleDomain,
		doc: "Host of the handles, if it is another than that of base_url: with city.example, people are @ana@city.example on a node at " +
			"services.city.example. The server of that host must send requests for /.well-known/webfinger on to the node, with their query. " +
			"It is part of all names and cannot be changed later.",
		remedy: "set it to the name of a host, such as city.example, or leave it out",
	},
	{
		key: "role", fallback: "all", field: func(s *Settings) any { return &s.Role }, check: oneOf("all", "web", "worker"),
		doc: "What this process does: web answers requests, worker works the queues and jobs, all does both. Several processes of " +
			"any role can be one node with PostgreSQL; with SQLite there is one process, which does all. `serve --role` goes before it.",
		remedy: "write all, web or worker",
	},
	{
		key: "listen", fallback: "127.0.0.1:8080", field: func(s *Settings) any { return &s.Listen }, check: checkListen,
		doc: "Where the server listens, host:port. Behind a reverse proxy on the same machine the default is right; in a container, 0.0.0.0:8080. " +
			"With the role worker only /livez and /readyz answer there.",
		remedy: "write host:port, such as 127.0.0.1:8080",
	},
	{
		key: "data_dir", fallback: "./data", field: func(s *Settings) any { return &s.DataDir }, check: checkPath,
		doc:    "Directory of the database, the key and uploaded files. It is made if it is absent.",
		remedy: "name a directory that the program may write to",
	},
	{
		key: "database_url", says: "`sqlite:` and interlink.db in the data directory", secret: true,
		field: func(s *Settings) any { return &s.DatabaseURL }, check: checkDatabaseURL,
		doc:    "The database: sqlite:PATH or postgres://… with user, password, host and database.",
		remedy: "write sqlite:PATH, or postgres:// with user, password, host and database",
	},
	{
		key: "redis_url", secret: true, field: func(s *Settings) any { return &s.RedisURL }, check: checkRedisURL,
		doc:    "Redis, for several processes that work as one node. One process needs none.",
		remedy: "write redis://HOST:6379/0, rediss:// for TLS, or leave it out",
	},
	{
		key: "files_url", says: "the directory files in the data directory", secret: true,
		field: func(s *Settings) any { return &s.FilesURL }, check: checkFilesURL,
		doc: "Where uploaded files are kept: a bucket of S3 or of a server that speaks its protocol, " +
			"s3://KEY:SECRET@HOST:PORT/BUCKET. ?region=R names its region, ?tls=false is for a server on a network of your own.",
		remedy: "write s3://KEY:SECRET@HOST/BUCKET, or leave it out",
	},
	{
		key: "secret_key", says: "the file secret.key in the data directory, made on the first start", secret: true,
		field: func(s *Settings) any { return &s.SecretKey }, check: checkSecretKey,
		doc: "Key that seals the private keys of the node's actors: 32 bytes in base64. Who loses it loses the identity of the " +
			"node: keep a copy of it in another place than that of the database.",
		remedy: "make one with `openssl rand -base64 32`",
	},
	{
		key: "name", says: "the host of the base URL", field: func(s *Settings) any { return &s.Name }, check: checkLine(100),
		doc:    "What the node is called on its pages.",
		remedy: "write one line of at most 100 letters",
	},
	{
		key: "summary", field: func(s *Settings) any { return &s.Summary }, check: checkLine(500),
		doc:    "A sentence or two about the node.",
		remedy: "write one line of at most 500 letters",
	},
	{
		key: "language", fallback: "en", field: func(s *Settings) any { return &s.Language }, check: checkLanguage,
		doc:    "Language of those who choose none, as a BCP-47 tag.",
		remedy: "write a tag such as en, es or nl",
	},
	{
		key: "time_zone", fallback: "UTC", field: func(s *Settings) any { return &s.TimeZone }, check: checkTimeZone,
		doc:    "Time zone of the dates on the pages, by its IANA name.",
		remedy: "write a name such as Europe/Madrid",
	},
	{
		key: "contact", field: func(s *Settings) any { return &s.Contact }, check: checkEmail,
		doc:    "E-mail address of those who run the node; it is shown.",
		remedy: "write an address alone, such as info@city.example",
	},
	{
		key: "accounts.registration", fallback: "open", field: func(s *Settings) any { return &s.Accounts.Registration },
		check: oneOf("open", "approval", "invitation", "closed"),
		doc: "How people get an account: open (whoever proves an e-mail address), approval (a moderator lets them in), invitation " +
			"(with a code), closed (by the operator alone).",
		remedy: "write open, approval, invitation or closed",
	},
	{
		key: "accounts.deletion_grace", fallback: "7", field: func(s *Settings) any { return &s.Accounts.DeletionGrace }, check: checkGrace,
		doc:    "Days that are offered first to those who delete their account, in which signing in calls it off. They may choose at once, or up to 30.",
		remedy: "write a number of days from 0 to 30",
	},
	{
		key: "session.cookie", fallback: "interlink_session", field: func(s *Settings) any { return &s.Session.Cookie }, check: checkCookie,
		doc:    "Name of the session cookie. Nodes on one host with several ports need different ones.",
		remedy: "use letters, digits, - and _",
	},
	{
		key: "server.trusted_proxies", field: func(s *Settings) any { return &s.Server.TrustedProxies }, check: checkPrefixes,
		doc: "Addresses of reverse proxies whose X-Forwarded-For is believed, as a list of addresses or networks. Without it all " +
			"who come through a proxy look like one when failed sign-ins are counted.",
		remedy: `write addresses or networks, such as ["127.0.0.1", "10.0.0.0/8"]`,
	},
	{
		key: "server.tls_certificate", field: func(s *Settings) any { return &s.Server.TLSCertificate }, check: checkFile,
		doc: "File with the certificate (PEM) of the base URL's host and those that certify it, for a node without a reverse proxy: it then " +
			"speaks https itself (TLS 1.2 and newer, HTTP/2). Set `listen` to `:443`. A renewed file is taken within ten seconds, or at once on SIGHUP.",
		remedy: "name a readable file of PEM certificates, or leave it out",
	},
	{
		key: "server.tls_key", field: func(s *Settings) any { return &s.Server.TLSKey }, check: checkFile,
		doc:    "File with the private key (PEM) of that certificate.",
		remedy: "name a readable file with the private key in PEM, or leave both out",
	},
	{
		key: "server.metrics", field: func(s *Settings) any { return &s.Server.Metrics }, check: checkListen,
		doc: "Where /metrics answers in the format of Prometheus, host:port; without it nowhere. /debug/pprof/ stands there too, for " +
			"`go tool pprof`. Whoever reaches this address can read with which hosts the node has to do, and what it does and holds: " +
			"name one that only your monitoring reaches, such as 127.0.0.1:9090.",
		remedy: "write host:port, such as 127.0.0.1:9090, or leave it out",
	},
	{
		key: "federation.allow_private", fallback: "false", field: func(s *Settings) any { return &s.Federation.AllowPrivate },
		doc: "Loopback mode, for tests and demonstrations: peers on loopback addresses over plain http, mails in the log. Refused " +
			"unless the base URL's host is a loopback address or localhost.",
		remedy: "leave it out; it is for a base URL such as http://127.0.0.1:8080 alone",
	},
	{
		key: "federation.allow_list", fallback: "false", field: func(s *Settings) any { return &s.Federation.AllowList },
		doc: "Deal only with hosts that a rule of the administration allows (see Hosts under Administration): all others are as " +
			"if they were blocked. Documents are then given as with federation.signed_fetch. Pages stay open to everybody.",
		remedy: "write true or false",
	},
	{
		key: "federation.signed_fetch", fallback: "false", field: func(s *Settings) any { return &s.Federation.SignedFetch },
		doc: "Give ActivityPub documents only to servers that sign their request, so that blocked ones do not read what is public " +
			"either. Pages stay open to everybody. A few servers cannot sign and will not find this node's communities.",
		remedy: "write true or false",
	},
	{
		key: "federation.tell_reuse", fallback: "true", field: func(s *Settings) any { return &s.Federation.TellReuse },
		doc: "Once a month, tell those on other nodes who made what is reused here how often: only for processes whose people agree to it, " +
			"only numbers, rounded down to multiples of five, never who. false tells nothing, whatever they say.",
		remedy: "write true or false",
	},
	{
		key: "federation.extra_ca", field: func(s *Settings) any { return &s.Federation.ExtraCA }, check: checkCertificates,
		doc:    "File with certificates (PEM) of authorities that are trusted for peers beside the system's.",
		remedy: "name a readable file of PEM certificates, or leave it out",
	},
	{
		key: "federation.in_flight", fallback: "256", field: func(s *Settings) any { return &s.Federation.InFlight }, check: checkInFlight,
		doc:    "Activities on their way to other nodes at once, for each process that works.",
		remedy: "write a number from 1 to 4096",
	},
	{
		key: "retention.received", fallback: "90", field: func(s *Settings) any { return &s.Retention.Received }, check: checkDays,
		doc:    "Days after which the bytes of an activity from another node are removed. Its id and hash stay, so that it takes effect once only; an Undo that names it by its id alone has no effect any more.",
		remedy: "write a number of days from 1 to 3650",
	},
	{
		key: "retention.delivered", fallback: "7", field: func(s *Settings) any { return &s.Retention.Delivered }, check: checkDays,
		doc:    "Days for which deliveries that arrived are kept.",
		remedy: "write a number of days from 1 to 3650",
	},
	{
		key: "retention.dead", fallback: "30", field: func(s *Settings) any { return &s.Retention.Dead }, check: checkDays,
		doc:    "Days for which deliveries that were given up are kept for administrators.",
		remedy: "write a number of days from 1 to 3650",
	},
	{
		key: "retention.posts", fallback: "90", field: func(s *Settings) any { return &s.Retention.Posts }, check: checkDays,
		doc: "Days after which the copy of a post or story of another node is removed that nobody here has to do with: nobody follows its author or " +
			"whoever announced it, nobody answered, liked, pinned or reported it, it is in no thread of this node, and no process is a clone of its.",
		remedy: "write a number of days from 1 to 3650",
	},
	{
		key: "retention.actors", fallback: "90", field: func(s *Settings) any { return &s.Retention.Actors }, check: checkDays,
		doc:    "Days after which the copy of an actor of another node is removed that nobody follows and nothing here refers to.",
		remedy: "write a number of days from 1 to 3650",
	},
	{
		key: "retention.applications", fallback: "180", field: func(s *Settings) any { return &s.Retention.Applications }, check: checkDays,
		doc: "Days after which an application to a role call is deleted that was declined, rejected or withdrawn, with all that was sent about it. It goes on to be counted. " +
			"One that nobody decided on is declined 90 days after its call was closed or its deadline passed, or after so many days if they are fewer; who applied is told.",
		remedy: "write a number of days from 1 to 3650",
	},
	{
		key: "retention.accepted", fallback: "365", field: func(s *Settings) any { return &s.Retention.Accepted }, check: checkDays,
		doc: "Days after which what was written in an accepted application is erased, and what was sent about it: since the call was closed and the period that it was for ended; " +
			"for a process that people ask to join, since they were let in. The membership stays.",
		remedy: "write a number of days from 1 to 3650",
	},
	{
		key: "retention.notifications", fallback: "180", field: func(s *Settings) any { return &s.Retention.Notifications }, check: checkDays,
		doc:    "Days after which a notification is removed, read or not.",
		remedy: "write a number of days from 1 to 3650",
	},
	{
		key: "uploads.max_file", fallback: "50", field: func(s *Settings) any { return &s.Uploads.MaxFile }, check: checkMebibytes,
		doc:    "MiB that one file may have which people add to a task. 0 means no bound.",
		remedy: "write a number of MiB from 0 to 1000000",
	},
	{
		key: "uploads.process_quota", fallback: "1024", field: func(s *Settings) any { return &s.Uploads.ProcessQuota }, check: checkMebibytes,
		doc:    "MiB that the resources of one process may take, with all their versions. 0 means no bound.",
		remedy: "write a number of MiB from 0 to 1000000",
	},
	{
		key: "uploads.node_quota", fallback: "20480", field: func(s *Settings) any { return &s.Uploads.NodeQuota }, check: checkMebibytes,
		doc:    "MiB that the files of all processes may take, each counted once; nothing more is taken beyond. 0 means no bound.",
		remedy: "write a number of MiB from 0 to 1000000",
	},
	{
		key: "retention.notices", fallback: "365", field: func(s *Settings) any { return &s.Retention.Notices }, check: checkDays,
		doc: "Days after which who gave a notice of illegal content, what they wrote and what was complained of is erased, since it was decided. The decision stays. " +
			"Complaints must be possible for six months.",
		remedy: "write a number of days from 1 to 3650",
	},
	{
		key: "retention.receipts", fallback: "90", field: func(s *Settings) any { return &s.Retention.Receipts }, check: checkDays,
		doc:    "Days for which somebody who deleted their account can read which servers confirmed that they deleted their copies, since the last one answered.",
		remedy: "write a number of days from 1 to 3650",
	},
	{
		key: "smtp.host", field: func(s *Settings) any { return &s.SMTP.Host }, check: checkHost,
		doc:    "Server that takes the node's mails. Without it no mail is sent; in loopback mode mails are written in the log.",
		remedy: "write the name of the server alone, such as mail.city.example",
	},
	{
		key: "smtp.port", says: "587, with tls 465, with none 25", field: func(s *Settings) any { return &s.SMTP.Port }, check: checkPort,
		doc:    "Its port.",
		remedy: "write a number from 1 to 65535",
	},
	{
		key: "smtp.username", field: func(s *Settings) any { return &s.SMTP.Username }, check: checkLine(255),
		doc:    "Name to sign in there with; without one it is sent without signing in.",
		remedy: "write it as your mail provider gave it",
	},
	{
		key: "smtp.password", secret: true, field: func(s *Settings) any { return &s.SMTP.Password }, check: checkLine(1000),
		doc:    "Password to sign in there with.",
		remedy: "write it as your mail provider gave it",
	},
	{
		key: "smtp.from", field: func(s *Settings) any { return &s.SMTP.From }, check: checkEmail,
		doc:    "Address that mails come from. Required with smtp.host.",
		remedy: "write an address alone, such as noreply@city.example",
	},
	{
		key: "smtp.tls", fallback: "starttls", field: func(s *Settings) any { return &s.SMTP.TLS }, check: oneOf("starttls", "tls", "none"),
		doc:    "How the connection is protected: starttls, tls (from the first byte) or none.",
		remedy: "write starttls, tls or none",
	},
	{
		key: "log.level", fallback: "info", field: func(s *Settings) any { return &s.Log.Level }, check: oneOf("debug", "info", "warn", "error"),
		doc:    "The least important lines that are written: debug, info, warn or error.",
		remedy: "write debug, info, warn or error",
	},
	{
		key: "log.format", fallback: "text", field: func(s *Settings) any { return &s.Log.Format }, check: oneOf("text", "json"),
		doc:    "How they are written: text or json.",
		remedy: "write text or json",
	},
}
