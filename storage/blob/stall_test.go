package blob_test

import (
	"bytes"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"interlink/domain"
	"interlink/storage/blob"
)

// TestBucketThatStops: a server that stops in the middle of a file is given up,
// by who reads it and by who stores one, small or large; one that goes on slowly
// is not.
func TestBucketThatStops(t *testing.T) {
	t.Parallel()
	const patience, late = 500 * time.Millisecond, 30 * time.Second // of three tries with pauses, on machines under load
	server := newServer(t, "files")
	var stops atomic.Bool
	over := make(chan struct{})
	t.Cleanup(func() { close(over) }) // before the server is closed
	middle := stop(func(w http.ResponseWriter, r *http.Request) bool {
		switch {
		case !stops.Load() || r.Method == http.MethodHead:
			return false
		case r.Method == http.MethodPut:
			_, _ = io.CopyN(io.Discard, r.Body, 1000)
		default:
			w.Header().Set("ETag", `"1"`)
			w.Header().Set("Last-Modified", "Wed, 01 Jan 2025 00:00:00 GMT")
			w.Header().Set("Content-Length", "3000000")
			_, _ = w.Write(make([]byte, 1000))
			_ = http.NewResponseController(w).Flush()
		}
		<-over
		return true
	})
	server.stops.Store(&middle)
	small, large, err := blob.OpenBucket(server.address("files"), patience)
	if err != nil {
		t.Fatal(err)
	}
	content, other := bytes.Repeat([]byte("story"), 600_000), bytes.Repeat([]byte("other"), 4_000_000) // more than a socket holds
	hash, err := small.Put(t.Context(), content)
	if err != nil {
		t.Fatal(err)
	}
	away := func(what string, err error, began time.Time) {
		t.Helper()
		if took := time.Since(began); domain.CodeOf(err) != domain.Unavailable || took > late {
			t.Errorf("%s: %v after %s", what, err, took)
		}
	}
	stops.Store(true)
	began := time.Now()
	_, err = small.Get(t.Context(), hash)
	away("to read", err, began)
	began = time.Now()
	if file, err := large.Open(t.Context(), hash); err != nil {
		t.Error(err)
	} else if _, err = io.Copy(io.Discard, file); err == nil || time.Since(began) > late {
		t.Errorf("to read on: %v after %s", err, time.Since(began))
	} else if err := file.Close(); err != nil {
		t.Error(err)
	}
	began = time.Now()
	_, err = small.Put(t.Context(), other)
	away("to store", err, began)
	received, err := large.Receive(t.Context(), bytes.NewReader(other), 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	began = time.Now()
	away("to store a large one", received.Keep(t.Context()), began)

	stops.Store(false)
	if got, err := small.Get(t.Context(), hash); err != nil || !bytes.Equal(got, content) {
		t.Errorf("afterwards: %d bytes, %v", len(got), err)
	}
	if received, err = large.Receive(t.Context(), bytes.NewReader(other), 1<<30); err == nil {
		err = received.Keep(t.Context())
	}
	if err != nil {
		t.Errorf("afterwards: %v", err)
	}
	slowly(t, small, server, hash, patience)
}

// slowly reads from a server that takes longer than the patience for the whole.
func slowly(t *testing.T, s blob.Store, server *server, hash string, patience time.Duration) {
	t.Helper()
	slow := stop(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodGet {
			return false
		}
		server.mu.Lock()
		content := server.objects["files/"+hash[:2]+"/"+hash[2:4]+"/"+hash]
		server.mu.Unlock()
		w.Header().Set("ETag", `"1"`)
		w.Header().Set("Last-Modified", "Wed, 01 Jan 2025 00:00:00 GMT")
		w.Header().Set("Content-Length", "3000000")
		tick := time.NewTicker(patience / 5)
		defer tick.Stop()
		for part := range 10 {
			if _, err := w.Write(content[part*300_000 : (part+1)*300_000]); err != nil {
				return true
			}
			_ = http.NewResponseController(w).Flush()
			<-tick.C
		}
		return true
	})
	server.stops.Store(&slow)
	if got, err := s.Get(t.Context(), hash); err != nil || len(got) != 3_000_000 {
		t.Errorf("a slow server: %d bytes, %v", len(got), err)
	}
}
