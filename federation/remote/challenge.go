package remote

import (
	"net/http"
	"sync"
	"time"

	"interlink/federation/httpsig"
)

// maxChallenges is of how many hosts it is remembered what they ask for.
const maxChallenges = 10_000

// challenges remembers the signatures that hosts ask for by Accept-Signature
// (RFC 9421 §5), for each method. It is forgotten when the process ends: one
// refusal brings it back. The zero value is ready; it is safe for concurrent
// use.
type challenges struct {
	mu    sync.Mutex
	known map[string]*httpsig.Challenge // by method and host
}

// learn keeps what an answer asks for and returns its scheme, "" for nothing.
// What was asked for and is refused without asking again is forgotten.
func (c *challenges) learn(answer *http.Response) httpsig.Scheme {
	asked := httpsig.ReadChallenge(answer)
	key := answer.Request.Method + " " + answer.Request.URL.Host
	c.mu.Lock()
	defer c.mu.Unlock()
	if asked == nil {
		switch answer.StatusCode {
		case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden:
			delete(c.known, key)
		}
		return ""
	}
	if c.known == nil || len(c.known) >= maxChallenges {
		c.known = map[string]*httpsig.Challenge{}
	}
	c.known[key] = asked
	return asked.Scheme()
}

// scheme is that of what a host asks for; "" if nothing is known.
func (c *challenges) scheme(method, host string) httpsig.Scheme {
	c.mu.Lock()
	defer c.mu.Unlock()
	if asked := c.known[method+" "+host]; asked != nil {
		return asked.Scheme()
	}
	return ""
}

// take returns what a host asks for; nil for nothing. What is good for one
// request alone is taken once.
func (c *challenges) take(method, host string) *httpsig.Challenge {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := method + " " + host
	asked := c.known[key]
	if asked != nil && asked.Once() {
		delete(c.known, key)
	}
	return asked
}

// sign signs a request as its host asks for, if it is to be signed by RFC 9421
// and that can be done; else as usual.
func (c *challenges) sign(r *http.Request, key *httpsig.Key, scheme httpsig.Scheme, digest *httpsig.Digest, now time.Time) error {
	if scheme != httpsig.Cavage {
		if asked := c.take(r.Method, r.URL.Host); asked != nil {
			if made, err := asked.Sign(r, key, digest, now); made || err != nil {
				return err
			}
		}
	}
	return httpsig.Sign(r, key, scheme, digest, now)
}
