package federationtest

import (
	"sync"
	"testing"

	"interlink/federation/httpsig"
)

// keys are the RSA keys of all tests of a process: to make one takes a tenth
// of a second.
var keys = struct {
	mu    sync.Mutex
	made  []*httpsig.Key
	taken map[string]int // how many of them, by the name of a test
}{taken: map[string]int{}}

// most is how many of them are made: those who come later have the key of an
// earlier one.
const most = 24

// NewKey gives the first actors of one test different keys. Those of another
// test may have the same.
func NewKey(t testing.TB, id string) (*httpsig.Key, error) {
	keys.mu.Lock()
	defer keys.mu.Unlock()
	next := keys.taken[t.Name()] % most
	keys.taken[t.Name()]++
	if next == len(keys.made) {
		key, err := httpsig.GenerateKey("")
		if err != nil {
			return nil, err
		}
		keys.made = append(keys.made, key)
	}
	return keys.made[next].Named(id), nil
}
