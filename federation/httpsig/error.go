package httpsig

import (
	"errors"

	"interlink/domain"
)

// Reason says why a signature was not accepted.
type Reason string

// The reasons.
const (
	ReasonNone        Reason = "no_signature"
	ReasonMalformed   Reason = "malformed"
	ReasonUnsupported Reason = "unsupported"
	ReasonCoverage    Reason = "not_covered" // a part that must be signed is not
	ReasonExpired     Reason = "expired"     // or from the future
	ReasonDigest      Reason = "digest_mismatch"
	ReasonSignature   Reason = "bad_signature"
	ReasonKey         Reason = "bad_key"
)

// VerifyError is why a request is not who it says it is from.
type VerifyError struct {
	Reason Reason
	Detail string
}

// Error implements error.
func (e *VerifyError) Error() string { return "signature: " + string(e.Reason) + ": " + e.Detail }

// Unsupported reports whether a signature was refused because it is made in a
// way that is not known here, and not because it does not hold.
func Unsupported(err error) bool {
	var v *VerifyError
	return errors.As(err, &v) && v.Reason == ReasonUnsupported
}

// fail makes an Unauthenticated error with its reason.
func fail(reason Reason, detail string) error {
	return domain.Fail(domain.Unauthenticated, "error.signature").Because(&VerifyError{reason, detail})
}
