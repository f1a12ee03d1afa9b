package demo

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"interlink/domain/catalogue"
	"interlink/domain/catalogue/seed"
	"interlink/domain/catalogue/starter"
)

// Options of a demonstration.
type Options struct {
	Host      string // loopback address on which the cities listen
	Port      int    // of the first; 0 for any that are free
	Data      string // directory, emptied at the start; "" for a temporary one
	Catalogue string // INTERLINK data tree; "" for the starter content
	Once      bool   // end after the story
	JSON      bool   // one JSON object a step
	Out       io.Writer
	Log       *slog.Logger
}

// Why the story was not played to its end.
var (
	errFailed = errors.New("the story did not hold: see the step that failed")
	errEnded  = errors.New("the story was ended before its last step")
)

// Run plays the story, and stays up until ctx ends unless Once. Errors:
// [errFailed]; [errEnded]; what keeps the cities from starting.
func Run(ctx context.Context, o Options) error {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
		if !o.JSON {
			o.Log = slog.New(mails{mu: new(sync.Mutex), out: o.Out})
		}
	}
	cities, unlock, err := start(ctx, &o)
	if err != nil {
		return err
	}
	defer unlock()
	serving, stop := context.WithCancel(ctx)
	defer stop()
	g, serving := errgroup.WithContext(serving)
	for _, c := range cities {
		g.Go(func() error { return c.run(serving) })
	}
	r := reporter{out: o.Out, json: o.JSON}
	r.say("Three cities are up: %s %s, %s %s, %s %s", cities[0].name, cities[0].base, cities[1].name, cities[1].base, cities[2].name, cities[2].base)
	began := time.Now()
	held := play(serving, r, &story{zaragoza: cities[0], riga: cities[1], rome: cities[2], bundle: o.bundle})
	r.say("%s in %.1f s", map[bool]string{true: "The whole story holds", false: "The story does NOT hold"}[held], time.Since(began).Seconds())
	if !o.Once && ctx.Err() == nil {
		r.stay(cities, held, since(began))
		<-serving.Done()
	}
	stop()
	err = g.Wait()
	for _, c := range cities {
		err = errors.Join(err, c.node.Close())
	}
	switch {
	case held:
		return err
	case ctx.Err() != nil:
		return errors.Join(errEnded, err)
	default:
		return errors.Join(errFailed, err)
	}
}

// bundle reads the catalogue that Zaragoza starts with.
func (o Options) bundle() (catalogue.Bundle, error) {
	if o.Catalogue == "" {
		return seed.Read(starter.Tree()), nil
	}
	tree, closer, err := seed.Open(o.Catalogue)
	if err != nil {
		return catalogue.Bundle{}, err
	}
	defer closer.Close()
	return seed.Read(tree), nil
}

// start opens the three nodes. The addresses are taken before anything is
// touched: who runs a second demonstration learns it here. The directory is
// theirs until unlock.
func start(ctx context.Context, o *Options) (cities []*city, unlock func(), err error) {
	if err := loopback(o.Host); err != nil {
		return nil, nil, err
	}
	var listeners []net.Listener
	closeAll := func() {
		for _, l := range listeners {
			_ = l.Close()
		}
	}
	for i := range profiles {
		port := 0
		if o.Port != 0 {
			port = o.Port + i
		}
		l, err := listen(ctx, o.Host, port)
		if err != nil {
			closeAll()
			return nil, nil, err
		}
		listeners = append(listeners, l)
	}
	dir, unlock, err := directory(o)
	if err != nil {
		closeAll()
		return nil, nil, err
	}
	password := "demo-" + rand.Text()[:12]
	cities = make([]*city, len(profiles))
	var opening errgroup.Group
	for i, p := range profiles {
		opening.Go(func() error {
			var err error
			if cities[i], err = open(ctx, p, listeners[i], o.Host, dir, password, o.Log); err != nil {
				return fmt.Errorf("open the node of %s: %w", p.name, err)
			}
			return nil
		})
	}
	if err := opening.Wait(); err != nil {
		closeAll()
		unlock()
		return nil, nil, err
	}
	return cities, unlock, nil
}

// directory returns where the cities keep their data, empty, and nobody
// else's until unlock.
func directory(o *Options) (dir string, unlock func(), err error) {
	if o.Data == "" {
		if o.Data, err = os.MkdirTemp("", "interlink-demo"); err != nil {
			return "", nil, err
		}
	}
	unlock, err = prepare(o.Data)
	return o.Data, unlock, err
}
