package personal

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestRows: whatever rows there are, the file is JSON with just these.
func TestRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.SliceOf(rapid.MapOf(rapid.String(), rapid.String())).Draw(t, "rows")
		var b strings.Builder
		n, err := rows(&b, `{"items":`, "}", func(write func([]byte) error) error {
			for _, row := range in {
				raw, err := json.Marshal(row)
				if err != nil {
					return err
				}
				if err := write(raw); err != nil {
					return err
				}
			}
			return nil
		})
		var out struct{ Items []map[string]string }
		if err := errors.Join(err, json.Unmarshal([]byte(b.String()), &out)); err != nil || n != len(in) || len(out.Items) != len(in) || out.Items == nil {
			t.Fatalf("%d rows become %d, %v: %s", len(in), n, err, b.String())
		}
	})
	broken := errors.New("broken")
	var b strings.Builder
	if _, err := rows(&b, "", "", func(func([]byte) error) error { return broken }); !errors.Is(err, broken) || json.Valid([]byte(b.String())) {
		t.Errorf("half a list looks whole: %q, %v", b.String(), err)
	}
}

// TestSuffix: a picture is named by what it is, whatever it was called.
func TestSuffix(t *testing.T) {
	for content, want := range map[string]string{"\x89PNG\r\n\x1a\n0123": ".png", "\xff\xd8\xff\xe0": ".jpg", "GIF89a": "", "": "", "\x89": ""} {
		if got := suffix([]byte(content)); got != want {
			t.Errorf("%q: %q, want %q", content, got, want)
		}
	}
}

// TestReceipts counts all who were asked.
func TestReceipts(t *testing.T) {
	if n := (Receipts{ReceiptConfirmed: 36, ReceiptGivenUp: 1}).All(); n != 37 {
		t.Errorf("%d servers", n)
	}
	if n := (Receipts)(nil).All(); n != 0 {
		t.Errorf("%d servers of none", n)
	}
}
