package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/policy"
)

type userCommand struct {
	Create createUserCommand `cmd:"" help:"Make an account that is active at once."`
}

type createUserCommand struct {
	Username      string `required:"" help:"Name, as in @name@host: small letters, digits, underscores."`
	Email         string `required:"" help:"E-mail address."`
	Role          string `default:"member" enum:"member,curator,moderator,admin" help:"member, curator (writes the catalogue), moderator or admin."`
	DisplayName   string `help:"As others see it; the username by default."`
	Language      string `help:"BCP-47 tag; the node's by default."`
	PasswordStdin bool   `help:"Read the password from the first line of the input; without it, the person chooses one by “forgotten password”."`
}

// Run makes the account.
func (c createUserCommand) Run(env *environment) error {
	password := ""
	if c.PasswordStdin {
		if typed(env.in) {
			fmt.Fprintln(env.err, "Type the password and Enter; it is shown while you type:")
		}
		line, err := bufio.NewReader(env.in).ReadString('\n')
		if password = strings.TrimRight(line, "\r\n"); password == "" {
			return fmt.Errorf("no password on the input: %w", err)
		}
	}
	n, _, err := env.open(nil)
	if err != nil {
		return err
	}
	defer n.Close()
	a, err := n.Accounts.Create(env.ctx, account.SignUp{
		Username: c.Username, Email: c.Email, Password: password, DisplayName: c.DisplayName, Language: domain.Lang(c.Language),
	}, policy.Role(c.Role))
	if err != nil {
		return err
	}
	fmt.Fprintf(env.out, "@%s@%s is %s here: %s\n", a.Username, n.Namespace.HandleHost(), a.Role, n.Namespace.IRI("users", a.Username))
	return nil
}

// typed reports whether the input comes from somebody at a keyboard, who waits to
// be asked.
func typed(in io.Reader) bool {
	f, ok := in.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
