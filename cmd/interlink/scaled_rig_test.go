package main

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"interlink/cmd/interlink/node"
	"interlink/domain/account"
	"interlink/storage/storagetest"
)

// scaled is a node of several processes of the real program, behind a proxy
// that hands requests to those with the role web.
type scaled struct {
	t        *testing.T
	program  string
	base     string
	database string
	environ  []string
	secret   []byte
	front    *httptest.Server

	mu   sync.Mutex
	webs []*url.URL
	next int
}

// newScaled builds the program, and starts what stands before it.
func newScaled(t *testing.T, inFlight int) *scaled {
	t.Helper()
	if testing.Short() {
		t.Skip("crashes and loads are left out of the short tests")
	}
	x := &scaled{t: t, program: filepath.Join(t.TempDir(), "interlink"), database: storagetest.Postgres(t)}
	build := exec.CommandContext(t.Context(), "go", "build", "-o", x.program, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the program: %v\n%s", err, out)
	}
	x.front = httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(x.backend())
			r.Out.Host = r.In.Host // it is signed
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
		ErrorLog:     log.New(io.Discard, "", 0),
	})
	t.Cleanup(x.front.Close)
	x.base, x.secret = x.front.URL, []byte("0123456789abcdef0123456789abcdef")
	x.environ = append(os.Environ(),
		"INTERLINK_BASE_URL="+x.base, "INTERLINK_DATA_DIR="+filepath.Join(t.TempDir(), "none"), "INTERLINK_DATABASE_URL="+x.database,
		"INTERLINK_SECRET_KEY="+base64.StdEncoding.EncodeToString(x.secret), "INTERLINK_FEDERATION_ALLOW_PRIVATE=true",
		fmt.Sprintf("INTERLINK_FEDERATION_IN_FLIGHT=%d", inFlight), "INTERLINK_LOG_LEVEL=info",
	)
	return x
}

// backend takes the processes with the role web in turn.
func (x *scaled) backend() *url.URL {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.next++
	return x.webs[x.next%len(x.webs)]
}

// prepare opens the node in this process, for fn to fill, and closes it.
func (x *scaled) prepare(fn func(n *node.Node)) {
	x.t.Helper()
	n, err := node.Open(x.t.Context(), node.Options{
		BaseURL: x.base, DatabaseURL: x.database, Secret: x.secret, AllowPrivate: true, Registration: account.ModeOpen,
	})
	if err != nil {
		x.t.Fatal(err)
	}
	fn(n)
	if err := n.Close(); err != nil {
		x.t.Fatal(err)
	}
}

// member is one process of a scaled node. It can be killed and started again.
type member struct {
	x       *scaled
	role    string
	address string
	cmd     *exec.Cmd
	read    chan struct{} // closed when all that it says was read
}

func (x *scaled) start(role string) *member {
	x.t.Helper()
	m := &member{x: x, role: role, address: freeAddress(x.t)}
	m.start()
	x.t.Cleanup(m.kill)
	if role == "web" {
		x.mu.Lock()
		x.webs = append(x.webs, &url.URL{Scheme: "http", Host: m.address})
		x.mu.Unlock()
	}
	return m
}

func freeAddress(t *testing.T) string {
	t.Helper()
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// start starts the process and waits until it serves.
func (m *member) start() {
	m.x.t.Helper()
	m.cmd = exec.CommandContext(m.x.t.Context(), m.x.program, "serve", "--role="+m.role)
	m.cmd.Env = append(m.x.environ[:len(m.x.environ):len(m.x.environ)], "INTERLINK_LISTEN="+m.address)
	out, err := m.cmd.StderrPipe()
	if err != nil {
		m.x.t.Fatal(err)
	}
	if err := m.cmd.Start(); err != nil {
		m.x.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "msg=serving") {
			m.read = make(chan struct{})
			go m.listen(lines)
			return
		}
		m.x.t.Log(m.role, lines.Text())
	}
	m.x.t.Fatalf("%s ended before it served: %v", m.role, m.cmd.Wait())
}

// listen logs the errors that the process tells of, and why activities were
// refused.
func (m *member) listen(lines *bufio.Scanner) {
	defer close(m.read)
	for lines.Scan() {
		if line := lines.Text(); strings.Contains(line, "level=ERROR") || strings.Contains(line, "inbox: refused") {
			m.x.t.Log(m.role, lines.Text())
		}
	}
}

// kill ends the process as a loss of power to it would: SIGKILL.
func (m *member) kill() {
	if m.cmd.ProcessState == nil {
		_ = m.cmd.Process.Kill()
		<-m.read
		_ = m.cmd.Wait()
	}
}

// end asks the process to end (SIGTERM) and waits for it.
func (m *member) end() error {
	if err := m.cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	<-m.read
	return m.cmd.Wait()
}

// redis is a Redis of the test's own, to be killed.
type redis struct {
	t    *testing.T
	port string
	cmd  *exec.Cmd
}

func newRedis(t *testing.T) *redis {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skip("no redis-server: not tested with one that is killed (./test.sh installs it)")
	}
	_, port, err := net.SplitHostPort(freeAddress(t))
	if err != nil {
		t.Fatal(err)
	}
	r := &redis{t: t, port: port}
	r.start()
	t.Cleanup(r.kill)
	return r
}

func (r *redis) url() string { return "redis://127.0.0.1:" + r.port + "/0" }

func (r *redis) start() {
	r.t.Helper()
	r.cmd = exec.CommandContext(r.t.Context(), "redis-server", "--bind", "127.0.0.1", "--port", r.port, "--save", "", "--appendonly", "no")
	r.cmd.Dir = r.t.TempDir()
	if err := r.cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
}

func (r *redis) kill() {
	if r.cmd.ProcessState == nil {
		_ = r.cmd.Process.Kill()
		_ = r.cmd.Wait()
	}
}
