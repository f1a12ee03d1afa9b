package portable

import "os"

// Scratch is a file for what is read again by whoever wrote it, and by nobody
// else. Its name is gone already, so that nothing stays of it when the process
// is killed; where an open file keeps its name, the caller removes it in the end.
func Scratch() (*os.File, error) {
	f, err := os.CreateTemp("", "interlink-*")
	if err == nil {
		_ = os.Remove(f.Name())
	}
	return f, err
}
