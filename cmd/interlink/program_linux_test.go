package main

import (
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

const someSmaps = `00400000-0348d000 r-xp 00000000 fe:00 10305623                           /opt/a node/interlink
Rss:                6592 kB
Anonymous:             0 kB
VmFlags: rd ex mr mw me
0348d000-06073000 r--p 0308d000 fe:00 10305623                           /opt/a node/interlink
Rss:               18496 kB
Anonymous:             0 kB
06073000-06080000 r--p 05c73000 fe:00 10305623                           /opt/a node/interlink
Anonymous:             4 kB
06080000-0635f000 rw-p 05c73000 fe:00 10305623                           /opt/a node/interlink
Anonymous:             0 kB
34f276c00000-34f278800000 rw-p 00000000 00:00 0
Anonymous:             0 kB
7f52a2340000-7f52a2440000 r--p 00000000 fe:00 77                         /lib/libc.so.6
Anonymous:             0 kB
7f52a2450000-7f52a2460000 r--p 00000000 fe:00 78                         /srv/opt/a node/interlink
Anonymous:             0 kB
`

// TestUnchanged: what could be lost is never released.
func TestUnchanged(t *testing.T) {
	want := []stretch{{0x400000, 0x348d000, true}, {0x348d000, 0x6073000, false}}
	if got := unchanged(strings.NewReader(someSmaps), "/opt/a node/interlink"); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	if got := unchanged(strings.NewReader(someSmaps), "/opt/other"); got != nil {
		t.Errorf("of another program: %+v", got)
	}
}

// TestReleaseProgram: the process goes on, with less of its program mapped.
func TestReleaseProgram(t *testing.T) {
	before := mapped(t)
	releaseProgram()
	if after := mapped(t); after > before/2 {
		t.Errorf("%d kB of the program are mapped, %d before", after, before)
	}
}

// mapped returns how much of the program the process has in memory, in kB.
func mapped(t *testing.T) (kB int) {
	t.Helper()
	all, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.Readlink("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	return sumOf(string(all), program)
}

func sumOf(smaps, path string) (kB int) {
	inside := false
	for line := range strings.Lines(smaps) {
		switch f := strings.Fields(line); {
		case len(f) > 1 && strings.Contains(f[0], "-"):
			inside = strings.HasSuffix(strings.TrimSpace(line), " "+path) && strings.HasPrefix(f[1], "r-")
		case inside && f[0] == "Rss:":
			n, _ := strconv.Atoi(f[1])
			kB += n
		}
	}
	return kB
}
