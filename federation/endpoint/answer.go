package endpoint

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"interlink/domain"
	"interlink/federation/activity"
)

// Wanted reports whether a request asks for ActivityPub rather than a page
// (ActivityPub §3.2): its Accept prefers activity+json, or ld+json with the
// ActivityStreams profile, over HTML.
func Wanted(r *http.Request) bool {
	for _, accept := range r.Header.Values("Accept") {
		for _, part := range strings.Split(accept, ",") {
			t, params, _ := strings.Cut(part, ";")
			switch strings.ToLower(strings.TrimSpace(t)) {
			case "application/activity+json":
				return true
			case "application/ld+json":
				return !strings.Contains(params, "profile") || strings.Contains(params, activity.Streams)
			case "text/html", "application/xhtml+xml":
				return false // named first
			}
		}
	}
	return false
}

// serve answers with bytes that may be cached for a short while.
func serve(w http.ResponseWriter, r *http.Request, contentType string, body []byte) {
	sum := sha256.Sum256(body)
	tag := `"` + hex.EncodeToString(sum[:12]) + `"`
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("ETag", tag)
	h.Set("Cache-Control", "public, max-age=60")
	if signedOnly(r) {
		h.Set("Cache-Control", "private, max-age=60")
		h.Add("Vary", "Signature")
	}
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("X-Content-Type-Options", "nosniff")
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = w.Write(body) //nolint:gosec // JSON or XML with its type and nosniff; a reader that went away is no fault of ours
}

// statuses are the answers to failures; others are 500.
var statuses = map[domain.Code]int{
	domain.Invalid:         http.StatusBadRequest,
	domain.Unauthenticated: http.StatusNotFound, // what is not public is not known of
	domain.Forbidden:       http.StatusNotFound,
	domain.NotFound:        http.StatusNotFound,
	domain.Gone:            http.StatusGone,
	domain.Unavailable:     http.StatusServiceUnavailable,
}

// tombstone is the body of a 410.
type tombstone struct {
	id         domain.IRI
	formerType string
}

// fail answers with a status and, for what is gone, its tombstone.
func fail(w http.ResponseWriter, r *http.Request, log *slog.Logger, err error, former tombstone) {
	status, ok := statuses[domain.CodeOf(err)]
	if !ok {
		status = http.StatusInternalServerError
		log.Error("endpoint", "path", r.URL.Path, "error", err)
	}
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Cache-Control", "no-cache")
	if status == http.StatusGone && former.id != "" {
		if body, err := activity.Tombstone(former.id, former.formerType, time.Time{}); err == nil {
			w.Header().Set("Content-Type", activity.MediaType)
			w.WriteHeader(status)
			_, _ = w.Write(body)
			return
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": http.StatusText(status)})
}
