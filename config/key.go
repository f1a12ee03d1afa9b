package config

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// KeyFile is the name of the file in the data directory that has the secret
// key if the settings have none.
const KeyFile = "secret.key"

// keepKey says what to do with a key that was just made.
const keepKey = "A new secret key was made: %s. It seals the private keys of this node. Keep a copy of it in another place than " +
	"that of the database: without it the node loses its identity, and other nodes no longer believe it."

// Key returns the 32 bytes that seal the private keys of the node's actors:
// those of secret_key, or else of the file secret.key in the data directory.
// That file is made, readable by its owner alone, if it is absent; made is
// then a sentence for the operator about its place and about backing it up,
// else "". Several processes may call it at once: all get the
// same key. Errors: one that says what is wrong with the file.
func (s Settings) Key() (key []byte, made string, err error) {
	if s.SecretKey.IsSet() {
		return decodeKey(s.SecretKey.Reveal()), "", nil
	}
	path := filepath.Join(s.DataDir, KeyFile)
	if key, err = readKey(path); !errors.Is(err, fs.ErrNotExist) {
		return key, "", err
	}
	if err := os.MkdirAll(s.DataDir, 0o700); err != nil {
		return nil, "", fmt.Errorf("make the data directory: %w", err)
	}
	isNew, err := makeKey(s.DataDir, path)
	if err != nil {
		return nil, "", fmt.Errorf("make the secret key: %w", err)
	}
	if isNew {
		made = fmt.Sprintf(keepKey, path)
	}
	key, err = readKey(path)
	return key, made, err
}

func readKey(path string) ([]byte, error) {
	raw, err := os.ReadFile(path) //nolint:gosec // in the operator's data directory
	if err != nil {
		return nil, fmt.Errorf("read the secret key: %w", err)
	}
	key := decodeKey(string(raw))
	if key == nil {
		return nil, fmt.Errorf("%s is not 32 bytes in base64: put back your copy of it; a new one would not open what the old one sealed", path)
	}
	return key, nil
}

// makeKey writes a new key to a file of its own first and then gives it its
// name, so that nobody ever reads half a key or replaces another process's.
func makeKey(dir, path string) (isNew bool, err error) {
	key := make([]byte, keySize)
	if _, err := rand.Read(key); err != nil {
		return false, err
	}
	f, err := os.CreateTemp(dir, KeyFile+".*") // 0600
	if err != nil {
		return false, err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(key) + "\n")
	if e := f.Sync(); err == nil {
		err = e
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return false, err
	}
	switch err := os.Link(f.Name(), path); {
	case err == nil:
		return true, nil
	case errors.Is(err, fs.ErrExist):
		return false, nil // another process was first
	}
	return true, os.Rename(f.Name(), path) // a file system without links
}
