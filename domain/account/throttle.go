package account

import (
	"context"
	"strings"
	"time"

	"interlink/domain"
)

// The throttle: after some failures in a row each further one doubles the
// wait. Names wait sooner than addresses, behind which there may be many
// people.
const (
	freeByName    = 5
	freeByAddress = 30
	longestWait   = 15 * time.Minute
	mailEvery     = 2 * time.Minute
)

// pass is an attempt that was counted as a failure before it began, so that
// many at once cannot outrun the count. before is what was counted earlier.
type pass struct{ counted, before Failures }

// admit counts an attempt to sign in by its name and by where it comes from.
// Errors: TooMany with the seconds to wait.
func (s *Service) admit(ctx context.Context, login, from string) ([]pass, error) {
	keys := []string{"login " + hash(login), "from " + hash(from)} // hashed: some type their password there
	for _, key := range keys {
		if _, err := s.waits(ctx, key); err != nil {
			return nil, err
		}
	}
	passes := make([]pass, len(keys))
	for i, free := range []int{freeByName, freeByAddress} {
		p, err := s.count(ctx, keys[i], free)
		if err != nil {
			return nil, err
		}
		passes[i] = p
	}
	return passes, nil
}

// waits reads a count. Errors: TooMany while it must wait.
func (s *Service) waits(ctx context.Context, key string) (Failures, error) {
	f, err := s.store.Failures(ctx, key)
	if now := s.mint.Now(); err == nil && now.Before(f.Until) {
		return f, domain.Fail(domain.TooMany, "account.wait", int(f.Until.Sub(now).Seconds())+1)
	}
	return f, err
}

func (s *Service) count(ctx context.Context, key string, free int) (pass, error) {
	for {
		before, err := s.waits(ctx, key)
		if err != nil {
			return pass{}, err
		}
		now, was := s.mint.Now(), before.Count
		if now.Sub(before.Last) > ForgetAfter {
			before.Count = 0
		}
		f := Failures{Key: key, Count: before.Count + 1, Last: now}
		if over := f.Count - free; over >= 0 {
			f.Until = now.Add(min(time.Second<<min(over, 12), longestWait))
		}
		err = s.store.SaveFailures(ctx, f, was)
		if domain.CodeOf(err) == domain.Conflict {
			continue // another attempt was counted first; soon one of them must wait
		}
		return pass{counted: f, before: before}, err
	}
}

// forgive takes back the count of an attempt that was no failure. The name
// begins anew; where it came from has one failure less. If others were
// counted meanwhile, their count stays.
func (s *Service) forgive(ctx context.Context, passes []pass) error {
	for i, p := range passes {
		f := p.before
		if i == 0 {
			f.Count = 0
		}
		if err := s.store.SaveFailures(ctx, f, p.counted.Count); err != nil && domain.CodeOf(err) != domain.Conflict {
			return err
		}
	}
	return nil
}

// mayMail reports whether an address may get a further mail that anybody can
// cause, and counts it.
func (s *Service) mayMail(ctx context.Context, email string) (bool, error) {
	key := "mail " + hash(strings.ToLower(email))
	f, err := s.waits(ctx, key)
	if err == nil {
		now := s.mint.Now()
		err = s.store.SaveFailures(ctx, Failures{Key: key, Count: f.Count + 1, Until: now.Add(mailEvery), Last: now}, f.Count)
	}
	switch domain.CodeOf(err) {
	case domain.OK:
		return true, nil
	case domain.TooMany, domain.Conflict:
		return false, nil
	}
	return false, err
}
