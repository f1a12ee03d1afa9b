package main

import (
	"fmt"
	"strings"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/policy"
)

type tokenCommand struct {
	Create createTokenCommand `cmd:"" help:"Make a token; it is the last line of the output and is not shown again."`
}

type createTokenCommand struct {
	User   string `required:"" help:"Username of the account it acts for."`
	Scopes string `default:"read" help:"Rights, separated by spaces: read, write, admin."`
	Name   string `default:"command line" help:"What it is for."`
}

// named finds the account of a username.
func named(env *environment, n *node.Node, username string) (*account.Account, error) {
	a, err := n.Accounts.ByUsername(env.ctx, username)
	if domain.CodeOf(err) == domain.NotFound {
		return nil, fmt.Errorf("no account has the name %q; `interlink user create` makes one", username)
	}
	return a, err
}

// Run makes the token.
func (c createTokenCommand) Run(env *environment) error {
	n, _, err := env.open(nil)
	if err != nil {
		return err
	}
	defer n.Close()
	a, err := named(env, n, c.User)
	if err != nil {
		return err
	}
	var scopes []policy.Scope
	for _, s := range strings.FieldsFunc(c.Scopes, func(r rune) bool { return r == ' ' || r == ',' }) {
		scopes = append(scopes, policy.Scope(s))
	}
	token, err := n.Accounts.CreateToken(env.ctx, a, c.Name, scopes)
	if err != nil {
		return err
	}
	fmt.Fprintf(env.out, "Token of %s for %s:\n%s\n", a.Username, strings.Join(strings.Fields(c.Scopes), ", "), token)
	return nil
}
