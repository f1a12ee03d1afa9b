package main

import (
	"fmt"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/policy"
	"interlink/domain/portable"
	"interlink/web/transfer"
)

type communityCommand struct {
	Create createCommunityCommand `cmd:"" help:"Make a community."`
	Export exportCommunityCommand `cmd:"" help:"Write a community, with what was said in it, into a file that another node can import."`
	Import importCommunityCommand `cmd:"" help:"Make a community of such a file; what was said in it is kept to be read. Again changes nothing."`
}

type createCommunityCommand struct {
	Name     string `arg:"" help:"Name, as in @name@host: small letters, digits, underscores."`
	Title    string `required:"" help:"What people call it."`
	Owner    string `required:"" help:"Username of its administrator."`
	Summary  string `help:"What it is about, in Markdown."`
	Language string `help:"BCP-47 tag; the owner's language by default."`
}

// Run makes the community.
func (c createCommunityCommand) Run(env *environment) error {
	n, _, err := env.open(nil)
	if err != nil {
		return err
	}
	defer n.Close()
	owner, err := named(env, n, c.Owner)
	if err != nil {
		return err
	}
	language := domain.Lang(c.Language)
	if language == "" {
		language = owner.Language
	}
	d := community.Details{Title: domain.Text{language: c.Title}, Language: language}
	if c.Summary != "" {
		d.Summary = domain.Text{language: c.Summary}
	}
	made, err := n.Communities.CreateFor(env.ctx, n.Operator(), c.Name, d, owner.Actor)
	if err != nil {
		return err
	}
	fmt.Fprintf(env.out, "@%s@%s: %s\n", made.Name, n.Namespace.HandleHost(), made.IRI)
	return nil
}

type exportCommunityCommand struct {
	Name   string `arg:"" help:"Name of the community, as in its address."`
	File   string `arg:"" optional:"" help:"File to write; NAME.interlink.zip by default, - for the output."`
	Public bool   `help:"Only what everybody may see: no roles, members or bans, and no posts for followers."`
}

// Run exports.
func (c exportCommunityCommand) Run(env *environment) error {
	var export *portable.CommunityExport
	return exporting{file: c.File, public: c.Public}.run(env, func(n *node.Node, v policy.Viewer) (_ transfer.Exported, err error) {
		export, err = n.Portable.ExportCommunity(env.ctx, v, c.Name)
		return export, err
	}, func(file string) error {
		_, err := fmt.Fprintf(env.out, "%s: %d posts\n", file, export.Posts())
		return err
	})
}

type importCommunityCommand struct{ importing }

// Run imports.
func (c importCommunityCommand) Run(env *environment) error {
	return c.run(env, portable.KindCommunity)
}
