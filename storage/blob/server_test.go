package blob_test

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// The key of the server of the tests.
const (
	accessKey = "interlink"
	secretKey = "geheim-geheim"
)

// buckets are the addresses that the stores are tried with: a server of the
// tests, and a whole one with an empty bucket, if TEST_S3_URL names it as
// INTERLINK_FILES_URL would. One is had by
//
//	go install github.com/versity/versitygw/cmd/versitygw@v1.8.0
//	mkdir -p /tmp/s3/files
//	ROOT_ACCESS_KEY=key ROOT_SECRET_KEY=secret versitygw --port 127.0.0.1:7070 posix /tmp/s3
//	export TEST_S3_URL='s3://key:secret@127.0.0.1:7070/files?tls=false&region=us-east-1'
func buckets(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{"s3": newServer(t, "files").address("files")}
	if address := os.Getenv("TEST_S3_URL"); address != "" {
		all["s3 of TEST_S3_URL"] = address
	}
	return all
}

// spoil puts something else in the place of an object.
func spoil(t *testing.T, address, object string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	secret, _ := u.User.Password()
	client, err := minio.New(u.Host, &minio.Options{
		Creds: credentials.NewStaticV4(u.User.Username(), secret, ""), Region: u.Query().Get("region"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.PutObject(t.Context(), strings.Trim(u.Path, "/"), object, strings.NewReader("others"), 6, minio.PutObjectOptions{}); err != nil {
		t.Fatal(err)
	}
}

// server speaks as much of the protocol of S3 as the store uses: objects are
// put, read, looked at and removed, in buckets that are there.
type server struct {
	*httptest.Server
	bucket string
	stops  atomic.Pointer[stop] // nil: it answers all

	mu      sync.Mutex
	objects map[string][]byte // by bucket and key
}

// stop reports whether a server stops in the middle of a request, which is over then.
type stop func(w http.ResponseWriter, r *http.Request) bool

func newServer(t *testing.T, bucket string) *server {
	t.Helper()
	s := &server{bucket: bucket, objects: map[string][]byte{}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *server) address(bucket string) string {
	return "s3://" + accessKey + ":" + secretKey + "@" + strings.TrimPrefix(s.URL, "http://") + "/" + bucket + "?tls=false&region=eu"
}

// refuse answers as S3 does.
func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_ = xml.NewEncoder(w).Encode(struct {
		XMLName xml.Name `xml:"Error"`
		Code    string
	}{Code: code})
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	const algorithm = "AWS4-HMAC-SHA256 Credential="
	who, signed := strings.CutPrefix(r.Header.Get("Authorization"), algorithm)
	if !signed || !strings.HasPrefix(who, accessKey+"/") {
		refuse(w, http.StatusForbidden, "AccessDenied")
		return
	}
	path := strings.TrimPrefix(r.URL.Path, "/")
	if !strings.HasPrefix(path, s.bucket+"/") {
		refuse(w, http.StatusNotFound, "NoSuchBucket")
		return
	}
	if stops := s.stops.Load(); stops != nil && (*stops)(w, r) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	content, found := s.objects[path]
	switch r.Method {
	case http.MethodPut:
		content, err := body(r)
		if err != nil {
			refuse(w, http.StatusBadRequest, "IncompleteBody")
			return
		}
		s.objects[path] = content
		w.Header().Set("ETag", `"1"`)
	case http.MethodDelete:
		delete(s.objects, path)
		w.WriteHeader(http.StatusNoContent)
	case http.MethodGet, http.MethodHead:
		if !found {
			refuse(w, http.StatusNotFound, "NoSuchKey")
			return
		}
		w.Header().Set("ETag", `"1"`)
		w.Header().Set("Last-Modified", "Wed, 01 Jan 2025 00:00:00 GMT")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content)) // parts of it too
	default:
		refuse(w, http.StatusMethodNotAllowed, "MethodNotAllowed")
	}
}

// body reads what is put, also in signed chunks: "SIZE;chunk-signature=…" on a
// line of its own before each, a chunk of nothing at the end.
func body(r *http.Request) ([]byte, error) {
	if !strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		return io.ReadAll(r.Body)
	}
	var content bytes.Buffer
	lines := bufio.NewReader(r.Body)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return nil, err
		}
		size, _, _ := strings.Cut(strings.TrimSpace(line), ";")
		n, err := strconv.ParseInt(size, 16, 64)
		if err != nil {
			return nil, fmt.Errorf("a chunk of %q", size)
		}
		if n == 0 {
			return content.Bytes(), nil
		}
		if _, err := io.CopyN(&content, lines, n); err != nil {
			return nil, err
		}
		if _, err := lines.Discard(2); err != nil {
			return nil, err
		}
	}
}
