package account

import (
	"context"
	"strings"
	"time"

	"interlink/domain"
)

// limit is how often something may happen in a row: free times at once, then
// each time doubles the wait, from first to longest.
type limit struct {
	free           int
	first, longest time.Duration
}

// The limits. Names wait sooner than addresses, behind which there may be
// many people.
var (
	byName    = limit{5, time.Second, 15 * time.Minute}
	byAddress = limit{30, time.Second, 15 * time.Minute}
	byMail    = limit{3, time.Minute, 12 * time.Hour} // mails of a kind to an address
)

// after returns how long to wait after so many times.
func (l limit) after(count int) time.Duration {
	over := count - l.free
	if over < 0 {
		return 0
	}
	return min(l.first<<min(over, 20), l.longest)
}

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
	for i, l := range []limit{byName, byAddress} {
		p, err := s.count(ctx, keys[i], l)
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
		return f, domain.Fail(domain.TooMany, "account.wait").In(f.Until.Sub(now))
	}
	return f, err
}

// count counts one time more. Errors: TooMany while it must wait.
func (s *Service) count(ctx context.Context, key string, l limit) (pass, error) {
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
		if wait := l.after(f.Count); wait > 0 {
			f.Until = now.Add(wait)
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

// mayMail reports whether an address may get a further mail of a kind that
// anybody can cause, and counts it.
func (s *Service) mayMail(ctx context.Context, kind MailKind, email string) (bool, error) {
	_, err := s.count(ctx, "mail "+string(kind)+" "+hash(strings.ToLower(email)), byMail)
	if domain.CodeOf(err) == domain.TooMany {
		return false, nil
	}
	return err == nil, err
}
