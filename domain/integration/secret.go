package integration

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"time"

	"interlink/domain"
)

// secrets are made from the node's, so that they are the same in all its
// processes and need no table.
type secrets struct{ names, states []byte }

func newSecrets(secret []byte) secrets {
	derive := func(purpose string) []byte {
		mac := hmac.New(sha256.New, secret)
		mac.Write([]byte("interlink integration " + purpose + " v1"))
		return mac.Sum(nil)
	}
	return secrets{derive("names"), derive("states")}
}

// name is how an Interlinker knows a person or process: the same each time, and
// to each origin another.
func (s secrets) name(origin string, of domain.ActorID) string {
	mac := hmac.New(sha256.New, s.names)
	mac.Write([]byte(origin + "\x00" + string(of)))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:18])
}

// launch is what the state of a page remembers on which something is made.
type launch struct {
	Tool    domain.ID      `json:"t"`
	Process string         `json:"p"` // name
	Task    domain.ID      `json:"i"`
	By      domain.ActorID `json:"b"`
	Until   int64          `json:"u"` // seconds since 1970
}

// launchFor is how long something may take to be made.
const launchFor = 12 * time.Hour

// macSize is how much of the authentication code a state carries, in bytes.
const macSize = 16

// state writes a launch for nobody else to make.
func (s secrets) state(l launch) string {
	raw, err := json.Marshal(l)
	if err != nil {
		panic(err) // strings and a number
	}
	return base64.RawURLEncoding.EncodeToString(append(s.sum(raw), raw...))
}

func (s secrets) sum(raw []byte) []byte {
	mac := hmac.New(sha256.New, s.states)
	mac.Write(raw)
	return mac.Sum(nil)[:macSize]
}

// launched reads a state. Errors: Invalid for one that is none of this node's,
// of another person, or too old.
func (s secrets) launched(state string, by domain.ActorID, now time.Time) (launch, error) {
	var l launch
	raw, err := base64.RawURLEncoding.DecodeString(state)
	if len(state) > 1000 || err != nil || len(raw) <= macSize || !hmac.Equal(raw[:macSize], s.sum(raw[macSize:])) || json.Unmarshal(raw[macSize:], &l) != nil {
		return l, domain.InvalidField("state", "integration.state")
	}
	if l.By != by {
		return l, domain.InvalidField("state", "integration.state_other")
	}
	if now.Unix() > l.Until {
		return l, domain.InvalidField("state", "integration.state_old")
	}
	return l, nil
}
