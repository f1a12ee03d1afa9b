package federationtest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"interlink/cmd/interlink/node"
	"interlink/domain/community"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
)

// site is the web site of a city, which sends requests for WebFinger on to a
// node: the host of its handles.
func site(t *testing.T, node func() string) (host string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/.well-known/webfinger" {
			http.NotFound(w, r)
			return
		}
		http.Redirect(w, r, node()+r.URL.RequestURI(), http.StatusMovedPermanently)
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

// TestFedD7SplitDomain: the handles of a node stand on the host of its city's
// site, for those who follow as for those who are mentioned.
func TestFedD7SplitDomain(t *testing.T) {
	federationtest.Run(t, []string{"Riga"}, func(t *testing.T, c *federationtest.Cluster) {
		var address string
		host := site(t, func() string { return address })
		zaragoza := newCity(t, c.Add("Zaragoza", func(o *node.Options) { address, o.HandleDomain = o.BaseURL, host }))
		riga := newCity(t, c.Nodes[0])
		own := zaragoza.Namespace.Host()
		for _, resource := range []string{"acct:mobility@" + host, "acct:mobility@" + own, string(zaragoza.community.IRI)} {
			if d := zaragoza.finger(t, resource); d.json["subject"] != "acct:mobility@"+host || link(d, "self")["href"] != string(zaragoza.community.IRI) {
				t.Errorf("%s: %d %v", resource, d.status, d.json)
			}
		}
		if d := get(t, string(zaragoza.community.IRI)); d.json["webfinger"] != "mobility@"+host {
			t.Errorf("the document names %v", d.json["webfinger"])
		}

		reader := riga.Person("reader", policy.RoleMember)
		target := riga.follow(t, reader, reader.Actor, "@mobility@"+host)
		c.Settle()
		if got := target.Handle("riga.example"); got != "@mobility@"+host {
			t.Errorf("Riga calls it %s", got)
		}
		zaragoza.news(t, "A new line")
		c.Settle()
		if items := riga.home(t, reader); len(items) != 1 {
			t.Errorf("%d items arrived", len(items))
		}
		for _, handle := range []string{"@mobility@" + own, string(zaragoza.community.IRI)} {
			found, err := riga.Lookup(t.Context(), handle)
			if err != nil || found.ID != target.ID || found.HandleHost != host {
				t.Errorf("%s: %+v (%v)", handle, found, err)
			}
		}

		p, err := riga.Communities.Post(t.Context(), riga.official, "mobility", community.Draft{Content: "As @mobility@" + host + " does", Language: "en"})
		if err != nil {
			t.Fatal(err)
		}
		note := get(t, string(p.IRI))
		if tags := marshal(t, note.json["tag"]); !strings.Contains(tags, `"name":"@mobility@`+host+`"`) || !strings.Contains(tags, string(zaragoza.community.IRI)) {
			t.Errorf("the mention is %s", tags)
		}
	})
}

// TestFedD7OtherServers: the handle of an actor of another server is the one
// that both hosts name, whether its document says so or not; a host that
// calls somebody its own is not believed alone.
func TestFedD7OtherServers(t *testing.T) {
	c, zaragoza := alone(t)
	peer := federationtest.NewPeer(t)
	reader := zaragoza.Person("reader", policy.RoleMember)
	host := site(t, func() string { return peer.URL })
	impostor := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/jrd+json")
		_, _ = fmt.Fprintf(w, `{"subject":"acct:person4@%s","links":[{"rel":"self","type":"application/activity+json","href":"%s"}]}`, r.Host, peer.Person(4))
	}))
	t.Cleanup(impostor.Close)
	theirs := strings.TrimPrefix(impostor.URL, "http://")

	peer.HandlesOn(host)
	if a, err := zaragoza.Lookup(t.Context(), "@person1@"+host); err != nil || a.HandleHost != host || a.IRI != peer.Person(1) {
		t.Fatalf("found %+v (%v)", a, err)
	}
	zaragoza.friend(t, c, peer, reader) // found by the host of its address
	peer.Dress(func(n int, d map[string]any) {
		d["webfinger"] = fmt.Sprintf("person%d@%s", n, host)
		if n == 3 {
			d["webfinger"] = "person3@" + theirs
		}
	})
	for number, want := range map[int]string{1: host, 2: host, 3: ""} {
		a, err := zaragoza.Lookup(t.Context(), string(peer.Person(number)))
		if err != nil || a.HandleHost != want {
			t.Errorf("person %d: %+v (%v), want the host %q", number, a, err, want)
		}
	}
	if a, err := zaragoza.Lookup(t.Context(), "@person4@"+theirs); err != nil || a.HandleHost == theirs {
		t.Errorf("an impostor's handle is %s (%v)", a.Handle(""), err)
	}
	if status, err := peer.Send(t.Context(), 1, zaragoza.URL+"/inbox", peer.Note(1, 1, "Hello"), httpsig.Cavage); err != nil || status != http.StatusAccepted {
		t.Errorf("status %d (%v)", status, err)
	}
}
