package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
)

// releaseProgram takes the pages of the program out of what the process has
// mapped. They stay in the system's cache, and come back, some at once, when
// they are needed again; what only the start, or some page a while ago, needed
// does not. The program is 90 MB, the start maps half of it, a node at rest
// needs a quarter. What fails changes nothing.
func releaseProgram() {
	path, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return
	}
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		return
	}
	defer f.Close()
	for _, s := range unchanged(f, path) {
		if !s.code {
			// Garbage collection reads a line here and there of the program's tables,
			// for each of which the kernel would map 2 MB where it has them in one piece.
			_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, s.from, s.to-s.from, syscall.MADV_NOHUGEPAGE)
		}
		_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, s.from, s.to-s.from, syscall.MADV_DONTNEED)
	}
}

// stretch is a part of the memory, by its addresses.
type stretch struct {
	from, to uintptr
	code     bool // the process runs it
}

// unchanged finds, in the smaps of a process (proc_pid_smaps(5)), where it has
// the file at path as the disk has it: nothing can be written there, and no page
// was, neither when the program was linked at its start nor by a debugger.
func unchanged(smaps io.Reader, path string) (all []stretch) {
	var at stretch
	candidate := false
	for lines := bufio.NewScanner(smaps); lines.Scan(); {
		line := lines.Text()
		var s stretch
		var rights string
		if n, _ := fmt.Sscanf(line, "%x-%x %s", &s.from, &s.to, &rights); n == 3 && len(rights) == 4 {
			s.code = rights[2] == 'x'
			at, candidate = s, rights[:2] == "r-" && strings.HasSuffix(line, " "+path)
			continue
		}
		if candidate && strings.Join(strings.Fields(line), " ") == "Anonymous: 0 kB" {
			all = append(all, at)
		}
	}
	return all
}
