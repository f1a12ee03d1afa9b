package endpoint

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"interlink/domain"
	"interlink/federation/activity"
)

// Wanted reports whether a request asks for ActivityPub rather than a page
// (ActivityPub §3.2): its Accept prefers activity+json, or ld+json with the
// ActivityStreams profile, over HTML: by its weight, or as it is named first.
func Wanted(r *http.Request) bool {
	wanted, best := false, 0.0
	for _, accept := range r.Header.Values("Accept") {
		for _, part := range strings.Split(accept, ",") {
			t, params, err := mime.ParseMediaType(part)
			if err != nil {
				continue
			}
			weight := 1.0
			if q, err := strconv.ParseFloat(params["q"], 64); err == nil {
				weight = q
			}
			if weight <= best {
				continue
			}
			switch t {
			case "application/activity+json":
				wanted, best = true, weight
			case "application/ld+json":
				if profile, ok := params["profile"]; !ok || strings.Contains(profile, activity.Streams) {
					wanted, best = true, weight
				}
			case "text/html", "application/xhtml+xml":
				wanted, best = false, weight
			}
		}
	}
	return wanted
}

// unchanged reports whether If-None-Match names a tag, strong or weak, or all
// ("*") (RFC 9110 §13.1.2).
func unchanged(r *http.Request, tag string) bool {
	for _, header := range r.Header.Values("If-None-Match") {
		for _, one := range strings.Split(header, ",") {
			if one = strings.TrimSpace(one); one == "*" || strings.TrimPrefix(one, "W/") == tag {
				return true
			}
		}
	}
	return false
}

// serve answers with bytes that may be cached for a short while.
func serve(w http.ResponseWriter, r *http.Request, contentType string, body []byte) {
	sum := sha256.Sum256(body)
	if known(w, r, contentType, hex.EncodeToString(sum[:])) {
		return
	}
	_, _ = w.Write(body) //nolint:gosec // JSON or XML with its type and nosniff; a reader that went away is no fault of ours
}

// known begins an answer with bytes of a hash. If the reader has them, it is the
// whole answer.
func known(w http.ResponseWriter, r *http.Request, contentType, sha256 string) bool {
	tag := `"` + sha256[:24] + `"`
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("ETag", tag)
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "public, max-age=60")
	}
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("X-Content-Type-Options", "nosniff")
	if !unchanged(r, tag) {
		return false
	}
	w.WriteHeader(http.StatusNotModified)
	return true
}

// statusOf is the status of a failure: what is not public is not known of, and
// WebFinger wants 400 for what cannot be asked for (RFC 7033 §4.2).
func statusOf(err error) int {
	switch code := domain.CodeOf(err); code {
	case domain.Invalid:
		return http.StatusBadRequest
	case domain.Unauthenticated, domain.Forbidden:
		return http.StatusNotFound
	default:
		return code.Status()
	}
}

// refuse answers who may not read: 401 where their key cannot be had or does
// not fit.
func refuse(w http.ResponseWriter, err error) {
	status := domain.StatusOf(err)
	if code := domain.CodeOf(err); !domain.Ours(err) && code != domain.Forbidden && code != domain.TooMany {
		status = http.StatusUnauthorized
	}
	domain.ComeAgain(w.Header(), status, err)
	w.Header().Set("Access-Control-Allow-Origin", "*")
	http.Error(w, http.StatusText(status), status)
}

// tombstone is the body of a 410.
type tombstone struct {
	id         domain.IRI
	formerType string
}

// fail answers with a status and, for what is gone, its tombstone.
func fail(w http.ResponseWriter, r *http.Request, log *slog.Logger, err error, former tombstone) {
	status := statusOf(err)
	if domain.Ours(err) {
		log.Error("endpoint", "path", r.URL.Path, "error", err)
	}
	domain.ComeAgain(w.Header(), status, err)
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Cache-Control", "no-cache")
	if status == http.StatusGone && former.id != "" {
		if body, err := activity.Tombstone(former.id, former.formerType, domain.GoneSince(err)); err == nil {
			w.Header().Set("Content-Type", activity.MediaType)
			w.WriteHeader(status)
			_, _ = w.Write(body) //nolint:gosec // JSON with its type; a reader that went away is no fault of ours
			return
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": http.StatusText(status)})
}
