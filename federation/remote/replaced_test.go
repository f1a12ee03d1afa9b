package remote_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"interlink/domain"
)

// TestReplacedKey: when an actor was read with another key, by whatever
// process, the one before counts for a minute at most, under the same name as
// under a new one.
func TestReplacedKey(t *testing.T) {
	t.Parallel()
	p, k := newPeer(t), newKeys(t)
	actor := p.URL + "/bo"
	keyID, key := actor+"#main-key", theKey()
	p.HandleFunc("/bo", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", activityJSON)
		_, _ = fmt.Fprint(w, person(actor, actor, keyID, publicPEM(t, key)))
	})
	k.want(t, actor+"#main-key", domain.IRI(actor), domain.OK)
	k.wait(59 * time.Second)
	p.requests()
	k.want(t, actor+"#main-key", domain.IRI(actor), domain.OK)
	k.wait(2 * time.Second)
	k.want(t, actor+"#main-key", domain.IRI(actor), domain.OK)
	if asked := p.requests(); len(asked) > 0 {
		t.Errorf("what is stored is enough, but it asked %q", asked)
	}

	key = otherKey()
	read := func() {
		t.Helper()
		if _, err := k.directory.Refresh(t.Context(), domain.IRI(actor)); err != nil {
			t.Fatal(err)
		}
		k.wait(time.Minute + time.Second)
	}
	read()
	if got, err := k.PublicKey(t.Context(), keyID); err != nil || !sameKey(t, got.Key, otherKey()) {
		t.Errorf("the key before counts still (%v)", err)
	}
	keyID = actor + "#main-key-2"
	read()
	k.want(t, actor+"#main-key", "", domain.NotFound)
	k.want(t, keyID, domain.IRI(actor), domain.OK)
}
