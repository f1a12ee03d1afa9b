package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/config"
	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/coproduction"
	"interlink/domain/network"
	"interlink/federation/keyring"
	"interlink/web/mail"
)

type settingsCommand struct {
	Check    checkCommand    `cmd:"" help:"Say what is wrong with the settings, all at once."`
	Print    printCommand    `cmd:"" help:"Show the settings in use and where each comes from; secrets are hidden."`
	Document documentCommand `cmd:"" hidden:"" help:"Write the table of all settings in Markdown."`
}

type checkCommand struct{}

// Run checks the settings, and whether what they name is there.
func (checkCommand) Run(env *environment) error {
	s, err := config.Load(env.config, env.environ)
	if err != nil {
		return err
	}
	for _, warning := range s.Warnings() {
		fmt.Fprintln(env.err, "warning:", warning)
	}
	if env.tell(env.around(s)...) {
		return errFailed
	}
	_, err = fmt.Fprintln(env.out, "The settings can be used.")
	return err
}

// around looks at what the settings name, beside the node.
func (env *environment) around(s config.Settings) []node.Finding {
	found := node.ExamineAround(env.ctx, options(s, nil, slog.New(slog.DiscardHandler)))
	found = append(found, node.ExamineAddress(env.ctx, "INTERLINK_LISTEN", s.Listen))
	if s.Server.Metrics != "" {
		found = append(found, node.ExamineAddress(env.ctx, "INTERLINK_SERVER_METRICS", s.Server.Metrics))
	}
	return slices.DeleteFunc(found, func(f node.Finding) bool { return f.Mark == node.Well })
}

type printCommand struct{}

// Run shows the settings.
func (printCommand) Run(env *environment) error {
	s, err := config.Load(env.config, env.environ)
	if err != nil {
		return err
	}
	return s.Print(env.out)
}

type documentCommand struct{}

// Run writes the table of settings.
func (documentCommand) Run(env *environment) error { return config.Markdown(env.out) }

// open opens the node that the settings describe.
func (env *environment) open(log *slog.Logger) (*node.Node, config.Settings, error) {
	s, err := config.Load(env.config, env.environ)
	if err != nil {
		return nil, s, err
	}
	if log == nil {
		log = logger(env.err, s.Log)
		slog.SetDefault(log) // what has none of its own writes there, too
	}
	key, made, err := s.Key()
	if err != nil {
		return nil, s, err
	}
	n, err := node.Open(env.ctx, options(s, key, log))
	switch {
	case made == "":
	case errors.Is(err, keyring.ErrOtherSecret): // the node had one, which is lost: a new one is of no use
		err = errors.Join(err, os.Remove(filepath.Join(s.DataDir, config.KeyFile)))
	default:
		fmt.Fprintln(env.err, made)
	}
	return n, s, err
}

// options turns settings into those of a node.
func options(s config.Settings, key []byte, log *slog.Logger) node.Options {
	return node.Options{
		BaseURL: s.BaseURL, HandleDomain: s.HandleDomain, DataDir: s.DataDir, DatabaseURL: s.DatabaseURL.Reveal(),
		RedisURL: s.RedisURL.Reveal(), FilesURL: s.FilesURL.Reveal(), Secret: key, Role: node.Role(s.Role), InFlight: s.Federation.InFlight,
		AllowPrivate: s.Federation.AllowPrivate, AllowList: s.Federation.AllowList, SignedFetch: s.Federation.SignedFetch, TellReuse: s.Federation.TellReuse, ExtraCA: s.Federation.ExtraCA.PEM,
		Name: s.Name, Summary: s.Summary, Contact: s.Contact, Language: domain.Lang(s.Language), Zone: s.TimeZone,
		Registration: account.Mode(s.Accounts.Registration), DeletionGrace: s.Accounts.DeletionGrace, Cookie: s.Session.Cookie, Proxies: s.Server.TrustedProxies, Metrics: s.Server.Metrics,
		TLS: node.TLS{Certificate: s.Server.TLSCertificate, Key: s.Server.TLSKey},
		SMTP: mail.SMTP{
			Host: s.SMTP.Host, Port: s.SMTP.Port, Username: s.SMTP.Username, Password: s.SMTP.Password.Reveal(),
			From: s.SMTP.From, TLS: s.SMTP.TLS,
		},
		Uploads: &coproduction.Limits{
			File: mebibytes(s.Uploads.MaxFile), Process: mebibytes(s.Uploads.ProcessQuota), Node: mebibytes(s.Uploads.NodeQuota),
		},
		Retention: &network.Retention{
			Received: days(s.Retention.Received), Delivered: days(s.Retention.Delivered),
			Dead: days(s.Retention.Dead), Posts: days(s.Retention.Posts), Actors: days(s.Retention.Actors),
			Applications: days(s.Retention.Applications), Accepted: days(s.Retention.Accepted), Notices: days(s.Retention.Notices), Receipts: days(s.Retention.Receipts), Notifications: days(s.Retention.Notifications),
		},
		Log: log,
	}
}

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

func mebibytes(n int) int64 { return int64(n) << 20 }

// logger writes as the settings say.
func logger(to io.Writer, l config.Log) *slog.Logger {
	o := &slog.HandlerOptions{Level: l.Level}
	if strings.EqualFold(l.Format, "json") {
		return slog.New(slog.NewJSONHandler(to, o))
	}
	return slog.New(slog.NewTextHandler(to, o))
}
