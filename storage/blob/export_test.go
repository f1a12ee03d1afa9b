package blob

import "time"

// OpenBucket opens a bucket with another patience, for small files and large ones.
func OpenBucket(address string, patience time.Duration) (Store, Large, error) {
	s, err := newS3(address, patience)
	return s, &largeS3{s}, err
}
