package inbox

import (
	"net/http"

	"interlink/domain"
)

// Reader tells who signed a request for a document. Errors: Unauthenticated
// for a request without a signature that holds, Forbidden for a blocked host,
// TooMany.
func (h *Handler) Reader(r *http.Request) (domain.IRI, error) {
	_, key, err := h.signer(r.Context(), r, nil)
	switch domain.CodeOf(err) {
	case domain.OK:
		return key.Owner, nil
	case domain.Forbidden, domain.TooMany:
		return "", err
	}
	return "", domain.Fail(domain.Unauthenticated, "error.signature").Because(err)
}
