package web

import (
	"io"
	"log/slog"
	"net/http"
)

// HealthHandler answers /livez, that the process runs, and /readyz, whether it
// can do its work: 200, or 503 while not. It is all that a process answers
// that only works.
func HealthHandler(health Health, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { well(w) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := health.Ready(r.Context()); err != nil {
			log.Warn("not ready", "error", err)
			http.Error(w, "not ready", http.StatusServiceUnavailable)
			return
		}
		well(w)
	})
	return mux
}

func well(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/plain")
	_, _ = io.WriteString(w, "ok\n")
}
