package main

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"interlink/storage/storagetest"
)

// TestServeAnswersWhoIsThere: a node that ends answers also the request that
// arrives just then by a connection that it has taken.
func TestServeAnswersWhoIsThere(t *testing.T) {
	x := newTerminal(t, storagetest.SQLite(t))
	base, end := x.serve()
	at := strings.TrimPrefix(base, "http://")
	line, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	defer line.Close()
	if status := call(t, http.MethodGet, base+"/livez", "", "", nil); status != http.StatusOK { // line was taken before
		t.Fatalf("status %d", status)
	}
	ended := make(chan int, 1)
	go func() { ended <- end() }()
	for {
		another, err := net.Dial("tcp", at)
		if err != nil {
			break // nobody is let in any more
		}
		another.Close()
	}
	if _, err := io.WriteString(line, "GET /livez HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if answer, err := io.ReadAll(line); err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 200 ") {
		t.Errorf("%q (%v)", answer, err)
	}
	if status := <-ended; status != 0 {
		t.Errorf("it ended with status %d", status)
	}
}
