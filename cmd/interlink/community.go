package main

import (
	"fmt"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/policy"
	"interlink/domain/portable"
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

// Run exports. A file that is there already is left as it is.
func (c exportCommunityCommand) Run(env *environment) error {
	n, _, err := env.open(nil)
	if err != nil {
		return err
	}
	defer n.Close()
	viewer := n.Operator()
	if c.Public {
		viewer = policy.Viewer{}
	}
	export, err := n.Portable.ExportCommunity(env.ctx, viewer, c.Name)
	if err != nil {
		return err
	}
	file, err := writeExport(env, export, c.File)
	if err == nil && file != "" {
		fmt.Fprintf(env.out, "%s: %d posts\n", file, export.Posts())
	}
	return err
}

type importCommunityCommand struct {
	File   string `arg:"" type:"existingfile" help:"Archive of a community."`
	As     string `required:"" help:"Username of who becomes its administrator."`
	Name   string `help:"Name of the community here; the one that it had by default."`
	DryRun bool   `help:"Do everything, report, and change nothing."`
	JSON   bool   `name:"json" help:"Print the report as JSON."`
}

// Run imports.
func (c importCommunityCommand) Run(env *environment) error {
	return importing{c.File, c.As, portable.Input{Name: c.Name}, portable.KindCommunity, c.DryRun, c.JSON}.run(env)
}
