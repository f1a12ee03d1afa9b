package remote_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"interlink/federation/httpsig"
	"interlink/federation/remote"
)

// TestChallengedReading: a document whose host asks for other parts to be
// signed is read so, at the second attempt once and then at the first.
func TestChallengedReading(t *testing.T) {
	const asks, begins = `a=("@method" "@authority" "@path" "accept");tag="x"`, `a=("@method" "@authority" "@path" "accept");created=`
	p := newPeer(t)
	p.HandleFunc("/x", func(w http.ResponseWriter, r *http.Request) {
		if input := r.Header.Get("Signature-Input"); !strings.HasPrefix(input, begins) || !strings.HasSuffix(input, `;tag="x"`) {
			w.Header().Set("Accept-Signature", asks)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", activityJSON)
		_, _ = w.Write([]byte(note(p.iri("/x"))))
	})
	client := newClient(t, remote.Options{AllowPrivate: true, Schemes: make(learned)})
	for _, want := range []int{2, 1} {
		if err := get(t, client, p.iri("/x")); err != nil {
			t.Fatal(err)
		}
		if n := len(p.requests()); n != want {
			t.Errorf("%d requests, not %d", n, want)
		}
	}
}

// learned remembers for a test how hosts take signatures.
type learned map[string]httpsig.Scheme

func (l learned) Scheme(_ context.Context, host string) httpsig.Scheme { return l[host] }

func (l learned) Learned(_ context.Context, host string, scheme httpsig.Scheme) { l[host] = scheme }
