package main

import (
	"errors"
	"fmt"
)

type keysCommand struct {
	Rotate rotateKeysCommand `cmd:"" help:"Give actors new signing keys; the node may serve meanwhile."`
}

type rotateKeysCommand struct {
	Actor  []string `help:"Name of an actor, as in @name@host; may be repeated." xor:"who"`
	All    bool     `help:"All actors of the node." xor:"who"`
	Leaked bool     `help:"The old keys are known to others: end them at once, without the week in which both count."`
}

// Run rotates keys.
func (c rotateKeysCommand) Run(env *environment) error {
	if len(c.Actor) == 0 && !c.All {
		return errors.New("say whose keys: --actor NAME, or --all")
	}
	n, _, err := env.open(nil)
	if err != nil {
		return err
	}
	defer n.Close()
	done, err := n.RotateKeys(env.ctx, c.Actor, c.All, c.Leaked)
	for _, a := range done {
		fmt.Fprintf(env.out, "%s has new keys\n", a.Handle(n.Namespace.HandleHost()))
	}
	return err
}
