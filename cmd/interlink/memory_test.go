package main

import (
	"net/http"
	"runtime"
	"testing"

	"interlink/storage/storagetest"
)

// TestRest: what was allocated tells when a node has nothing to do.
func TestRest(t *testing.T) {
	m := memory{}
	all := uint64(0)
	for i, look := range []struct {
		more uint64
		due  bool
	}{
		{20 << 20, false}, // the start
		{1 << 20, false}, {1 << 20, false}, {1 << 20, true},
		{1 << 20, false}, // it has just given back
		{9 << 20, false}, // somebody came
		{0, false}, {0, false}, {0, true},
		{4 << 20, false}, {4 << 20, false}, // there always is something to do
	} {
		all += look.more
		due := m.due(all)
		if due != look.due {
			t.Errorf("look %d: due is %t", i, due)
		}
		if due {
			m.given = all
		}
	}
}

// most is how much of the heap a started node may have in use that was read by
// one person after the other: 9 MiB when it was set, of which one set of
// templates is half.
const most = 11 << 20

// TestHeapOfANode: what a node holds once it was started and read stays small.
// The pages are read one after the other, which needs the templates once.
func TestHeapOfANode(t *testing.T) {
	x := newTerminal(t, storagetest.SQLite(t))
	x.must("a long pass phrase\n", "user", "create", "--username", "ana", "--email", "ana@city.example", "--role", "admin", "--password-stdin")
	x.must("", "community", "create", "parks", "--title", "Parks", "--owner", "ana")
	before := live()
	base, end := x.serve()
	for range 4 {
		for _, page := range []string{"/", "/communities/parks", "/communities", "/catalogue", "/stories", "/processes", "/@ana"} {
			if status := call(t, http.MethodGet, base+page, "", "", nil); status != http.StatusOK {
				t.Errorf("%s: status %d", page, status)
			}
		}
	}
	after := live()
	if held := after - min(after, before); held > most {
		t.Errorf("%d KiB of the heap are in use", held>>10)
	} else {
		t.Logf("%d KiB of the heap are in use", held>>10)
	}
	if status := end(); status != 0 {
		t.Errorf("it ended with status %d", status)
	}
}

// live returns how many bytes of the heap are in use, beside garbage and pools.
func live() uint64 {
	runtime.GC()
	runtime.GC() // what pools kept
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
