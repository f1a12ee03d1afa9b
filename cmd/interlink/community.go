package main

import (
	"fmt"

	"interlink/domain"
	"interlink/domain/community"
)

type communityCommand struct {
	Create createCommunityCommand `cmd:"" help:"Make a community."`
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
