package node

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A node tells whoever has its secret key what arrived of a request to its own
// address: so the operator learns what a proxy before it loses or alters. Such a
// request is a POST to [echoPath] whose body begins with a line of the time and
// the code that proves the key; nobody else learns anything there.
const (
	echoPath    = "/readyz"
	echoQuery   = "?path=%2Fa%2fb&empty=&name=%C4%81" // as it is, since it is signed
	echoValid   = 5 * time.Minute
	echoLargest = 4 << 20
)

// echoed are the headers that other servers send and the node needs as they came.
var echoed = map[string]string{
	"Accept":          `application/ld+json; profile="https://www.w3.org/ns/activitystreams"`,
	"Authorization":   "Bearer echo",
	"Content-Digest":  "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:",
	"Content-Type":    "application/activity+json",
	"Cookie":          "echo=1",
	"Date":            "Sun, 06 Nov 1994 08:49:37 GMT",
	"Digest":          "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
	"If-None-Match":   `"echo"`,
	"Origin":          "https://echo.example",
	"Signature":       "echo=:AA==:",
	"Signature-Input": `echo=("@method");created=1`,
}

// echo is what arrived.
type echo struct {
	Proof   string            `json:"proof"` // that this node answers
	Time    time.Time         `json:"time"`
	Host    string            `json:"host"`
	Target  string            `json:"target"`
	Peer    string            `json:"peer"`    // address and port of who connected
	Hops    string            `json:"hops"`    // X-Forwarded-For
	Trusted bool              `json:"trusted"` // whether the node believes its peer those
	Headers map[string]string `json:"headers"`
}

func (n *Node) proof(of string) string {
	mac := hmac.New(sha256.New, n.o.Secret)
	mac.Write([]byte("echo " + n.Namespace.Base() + " " + of))
	return hex.EncodeToString(mac.Sum(nil))
}

// echoes answers a request for an echo, if it is one. Errors are not told: who
// has no key is answered as everybody who posts there.
func (n *Node) echoes(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodPost || r.URL.Path != echoPath {
		return false
	}
	body := http.MaxBytesReader(w, r.Body, echoLargest)
	var first [128]byte
	read, _ := io.ReadFull(body, first[:])
	line, _, _ := strings.Cut(string(first[:read]), "\n")
	at, code, _ := strings.Cut(line, " ")
	second, err := strconv.ParseInt(at, 10, 64)
	if err != nil || !hmac.Equal([]byte(code), []byte(n.proof("asked "+at))) || time.Since(time.Unix(second, 0)).Abs() > echoValid {
		return false
	}
	if _, err := io.Copy(io.Discard, body); err != nil {
		http.Error(w, "the body did not arrive", http.StatusRequestEntityTooLarge)
		return true
	}
	e := echo{
		Proof: n.proof("answered " + at), Time: time.Now(), Host: r.Host, Target: r.RequestURI, Peer: r.RemoteAddr,
		Hops: strings.Join(r.Header.Values("X-Forwarded-For"), ", "), Trusted: n.trusts(r.RemoteAddr), Headers: make(map[string]string),
	}
	for name := range echoed {
		e.Headers[name] = strings.Join(r.Header.Values(name), ", ")
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(e)
	return true
}

// trusts reports whether an address is that of a proxy that is believed who
// comes by it.
func (n *Node) trusts(address string) bool {
	peer, err := netip.ParseAddrPort(address)
	return err == nil && slices.ContainsFunc(n.o.Proxies, func(p netip.Prefix) bool { return p.Contains(peer.Addr().Unmap()) })
}
