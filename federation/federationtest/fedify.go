package federationtest

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/federation/httpsig"
)

// Fedify is a live server of another make with one person, Ana: see
// testdata/fedify/peer.mjs. It works without queues: what a node delivered to
// it has taken effect when [Cluster.Settle] returns.
type Fedify struct {
	URL string

	t      testing.TB
	client *http.Client
}

//go:embed testdata/fedify/peer.mjs
var fedifyPeer string

// NewFedify starts a server that first tries signatures of a scheme, and
// speaks https if there is an authority. It ends with the test. The test is
// skipped where the packages are not installed; in CI it fails.
func NewFedify(t testing.TB, firstKnock httpsig.Scheme, authority *Authority) *Fedify {
	t.Helper()
	packages := os.Getenv("TEST_FEDIFY")
	if packages == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("TEST_FEDIFY is not set: ./test.sh sets it")
		}
		t.Skip("TEST_FEDIFY is not set: no test against Fedify (./test.sh does it)")
	}
	f := &Fedify{t: t, client: &http.Client{Timeout: time.Minute}}
	knock := map[httpsig.Scheme]string{httpsig.Cavage: "draft-cavage-http-signatures-12", httpsig.RFC9421: "rfc9421"}[firstKnock]
	//nolint:gosec // our own script
	cmd := exec.CommandContext(t.Context(), "node", "--input-type=module", "--eval", fedifyPeer)
	cmd.Dir = packages // which is where a script on the command line finds what it imports
	cmd.Env = append(os.Environ(), "FIRST_KNOCK="+knock)
	if authority != nil {
		f.client = authority.Client()
		cmd.Env = append(cmd.Env, "TLS_CERT="+authority.CertFile, "TLS_KEY="+authority.KeyFile, "NODE_EXTRA_CA_CERTS="+authority.CAFile)
	}
	f.URL = run(t, cmd)
	return f
}

// run starts a command that ends when its input does, and returns the first
// line of its output. What it complains of goes to the test's log.
func run(t testing.TB, cmd *exec.Cmd) string {
	t.Helper()
	input, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = t.Output()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(output)
	first, err := lines.ReadString('\n')
	t.Cleanup(func() {
		_ = input.Close()
		_, _ = io.Copy(t.Output(), lines)
		_ = cmd.Wait()
	})
	if err != nil {
		t.Fatalf("%s did not start: %v", cmd.Path, err)
	}
	return strings.TrimSpace(first)
}

// Ana returns the address of the one person.
func (f *Fedify) Ana() domain.IRI { return domain.IRI(f.URL + "/users/ana") }

// Host returns the host, with its port.
func (f *Fedify) Host() string { return domain.IRI(f.URL).Host() }

// Said is an activity that Ana sent.
type Said struct {
	ID     domain.IRI // of the activity
	Object domain.IRI
	Status int // of the answer
}

// Say makes Ana do a verb of peer.mjs and send it.
func (f *Fedify) Say(verb string, input map[string]any) Said {
	f.t.Helper()
	var said Said
	f.Do(verb, input, &said)
	return said
}

// FedifyArrival is an activity that was sent to Ana, with what her server
// answered and made of it.
type FedifyArrival struct {
	Status     int
	Scheme     httpsig.Scheme // of the signature around it
	Activity   map[string]any // as it came
	Understood *struct{ Type, Actor, Object, ObjectType, Name, Content string }
}

// Received returns what was sent to Ana, in order.
func (f *Fedify) Received() []FedifyArrival {
	f.t.Helper()
	var arrivals []FedifyArrival
	f.Do("received", nil, &arrivals)
	return arrivals
}

// Do runs a command of peer.mjs and reads its answer.
func (f *Fedify) Do(command string, input map[string]any, answer any) {
	f.t.Helper()
	raw, err := json.Marshal(input)
	if err != nil {
		f.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(f.t.Context(), http.MethodPost, f.URL+"/test/"+command, bytes.NewReader(raw))
	if err != nil {
		f.t.Fatal(err)
	}
	response, err := f.client.Do(request)
	if err != nil {
		f.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	raw, err = io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		f.t.Fatalf("%s %v: status %d, %s (%v)", command, input, response.StatusCode, raw, err)
	}
	if err := json.Unmarshal(raw, answer); err != nil {
		f.t.Fatalf("%s answers %s: %v", command, raw, err)
	}
}
