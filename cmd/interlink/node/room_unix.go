//go:build linux || darwin

package node

import "syscall"

// room tells how many bytes of the disk of a directory are free, and how many
// it has.
func room(dir string) (free, all uint64, err error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, 0, err
	}
	size := uint64(s.Bsize) // never negative; its type differs between systems
	return s.Bavail * size, s.Blocks * size, nil
}
