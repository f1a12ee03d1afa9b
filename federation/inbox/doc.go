// Package inbox receives activities: it checks and stores them and answers
// 202 ([Handler]), and works them later, one file for each verb ([Worker]).
//
// Nothing is fetched before the signature is verified, except the signer's
// key; nothing changes before the row is stored. The worker may be killed at
// any instruction: each verb ends in one domain command that is idempotent by
// the activity's IRI. Package pub of go-fed gives the skeleton of the request
// through our own delegate; it stays behind the bounded scan and a recover.
package inbox
