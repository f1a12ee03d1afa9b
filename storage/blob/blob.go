// Package blob keeps uploaded files by their content: on the local disk, or in
// a bucket of S3 or of a server that speaks its protocol. A file's name is the
// SHA-256 of its bytes, so it is stored once and never changes.
package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"interlink/domain"
)

// MaxSize is the largest file that is read, in bytes.
const MaxSize = 64 << 20

// Store keeps files. Its methods are safe for concurrent use, also by several
// processes.
type Store interface {
	// Put stores a file and returns its name, 64 hexadecimal digits. A file
	// that is there already is left as it is. Who can read a file reads all of
	// it.
	Put(ctx context.Context, content []byte) (hash string, err error)
	// Get reads a file. Errors: NotFound, also for what is no name; Internal
	// for bytes that are not those that were stored.
	Get(ctx context.Context, hash string) ([]byte, error)
	// Delete removes a file; it is no error if there is none.
	Delete(ctx context.Context, hash string) error
}

// Open opens the store that an address names: "s3://KEY:SECRET@HOST/BUCKET",
// or the directory dir for "". Nothing is made or asked before the first use.
func Open(address, dir string) (Store, error) {
	if address == "" {
		return &Disk{dir}, nil
	}
	return newS3(address, patience)
}

// name returns the name of a file with this content.
func name(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// known reports whether hash can be a file's name. Errors: NotFound.
func known(hash string) error {
	if len(hash) != 2*sha256.Size || strings.Trim(hash, "0123456789abcdef") != "" {
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	return nil
}

// sound checks the bytes that were read.
func sound(hash string, content []byte) ([]byte, error) {
	if name(content) != hash {
		return nil, fmt.Errorf("file %s: its bytes are others", hash)
	}
	return content, nil
}

// key is where a file is: few in one directory.
func key(hash string) string { return hash[:2] + "/" + hash[2:4] + "/" + hash }
