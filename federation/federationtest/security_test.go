package federationtest_test

import (
	"go/ast"
	"path"
	"strings"
	"testing"
)

// proofs are the lines of the requirements of security, in the order of
// federation.md §3, each with the tests that prove it, "package.Test", or with
// the reason why there is nothing to prove.
var proofs = []struct {
	line   string
	tests  []string
	reason string
}{
	{line: "verify first, act later", tests: []string{"federationtest.TestSec1VerifyFirst"}},
	{line: "the signer is the actor, who lists the key", tests: []string{"federationtest.TestSec2KeyConfusion", "remote.TestKeyOwners", "remote.TestStolenKeyID", "federationtest.TestInboxAnswers"}},
	{line: "one function of origin", tests: []string{"domain.TestSameOrigin", "domain.TestParseIRI", "federationtest.TestForgery"}},
	{line: "embedded objects are claims", tests: []string{"federationtest.TestSec4EmbeddedObjects", "federationtest.TestForgery"}},
	{line: "fetched documents vouch for their own id", tests: []string{"remote.TestObjectIdentity", "remote.TestContentTypes", "federationtest.TestSec5Snapshots"}},
	{line: "reciprocal claims", tests: []string{"federationtest.TestSec6ReciprocalClaims", "remote.TestFinger", "remote.TestFingerHosts"}},
	{line: "answers answer what was asked", tests: []string{"federationtest.TestSec7Unsolicited", "federationtest.TestForgery"}},
	{line: "only owners update and delete", tests: []string{"federationtest.TestForgery"}},
	{line: "what an Announce wraps", tests: []string{"federationtest.TestSec9AnnounceUnwrap", "federationtest.TestForgery"}},
	{line: "linked data signatures", tests: []string{"federationtest.TestSec10LinkedDataSignatures"}},
	{line: "proofs", tests: []string{"httpsig.TestProofTampering", "httpsig.TestOddProofs", "httpsig.FuzzProof"}},
	{line: "replay", tests: []string{"federationtest.TestSec12Replay", "httpsig.TestRefused"}},
	{line: "odd documents", tests: []string{"federationtest.TestSec13OddDocuments", "activity.TestScanRefusesWhatCannotBeMeant", "activity.FuzzActivity"}},
	{line: "blocked hosts", tests: []string{"federationtest.TestFedO2Blocked"}},
	{line: "a pending follow is none", tests: []string{"federationtest.TestFollowersOnlyAfterAccept"}},
	{line: "addresses that are dialled", tests: []string{"remote.TestAllowed", "remote.TestAllowedIsGlobal", "remote.TestRefusedAddresses", "remote.TestRefusedAmongOthers", "remote.TestRebinding", "remote.TestNumbersAsNames"}},
	{line: "one client", tests: []string{"federationtest.TestSec17OneClient", "remote.TestProxies", "remote.TestRefusedURLs"}},
	{line: "redirects", tests: []string{"remote.TestRedirectTargets", "remote.TestRedirectLimit", "remote.TestRedirectDowngrade", "remote.TestPostRedirect"}},
	{line: "size and time", tests: []string{"federationtest.TestSec19Bombs", "federationtest.TestSec19SlowClients", "federationtest.TestSec19ReadsNothing", "federationtest.TestSec19HeldConnections", "api.TestLargestBody", "remote.TestBodies", "remote.TestSlowServers"}},
	{line: "media", tests: []string{"picture.TestDrawn", "picture.TestClean", "picture.TestDrawnRefuses", "picture.FuzzDrawn", "web.TestLogo", "federationtest.TestFedA24AttachmentsAreLinksWithWords", "federationtest.TestFedA55PicturesThatAreNone", "federationtest.TestFedA55PicturesOfBlockedServers", "picture.TestCopiesOfMany", "remote.TestPicture"}},
	{line: "amplification", tests: []string{"federationtest.TestSec21Amplification", "federationtest.TestSec21Collections", "federationtest.TestSec21WebFinger"}},
	{line: "fetching of keys", tests: []string{"federationtest.TestSec22SlowHost", "remote.TestAtOnce", "remote.TestDeadHost", "remote.TestKeysAtOnce", "remote.TestKeyFailures", "remote.TestKeyRefresh", "federationtest.TestFedO12Sources"}},
	{line: "deletions of the unknown", tests: []string{"federationtest.TestForeignDeletion"}},
	{line: "panics", tests: []string{"federationtest.TestSec24Mutations", "activity.FuzzActivity", "httpsig.FuzzParse", "remote.FuzzObject", "remote.FuzzFinger", "remote.FuzzKeyDocument"}},
	{line: "foreign texts", tests: []string{"federationtest.TestSec25HostileTexts", "markup.TestSanitize", "markup.FuzzSanitize"}},
	{line: "lengths", tests: []string{"federationtest.TestSec26Lengths"}},
	{line: "state per host has a bound", tests: []string{"inbox.TestSec27SeenHosts"}},
	{line: "private is as if missing", tests: []string{"federationtest.TestSec28PrivateObjects", "federationtest.TestSec28OddAddresses", "federationtest.TestTombstones"}},
	{line: "caches by signer", tests: []string{"federationtest.TestFedS12SignedFetch", "federationtest.TestFedD16Caches"}},
	{line: "authorisation of quotes", tests: []string{"federationtest.TestFedA19QuotesAreAllowed"}},
	{line: "what never leaves", tests: []string{"federationtest.TestSec31Blind"}},
	{line: "floods", tests: []string{"federationtest.TestSec32FollowerFlood", "federationtest.TestFedO12Limits", "federationtest.TestFedO12Sources", "federationtest.TestFedO12SharedLimits", "cache.TestThrottleNeverGivesMore", "remote.TestKeysAtOnce"}},
	{line: "private keys", tests: []string{"keyring.TestKeys", "keyring.TestRefused", "main.TestSecretsAreHidden"}},
	{line: "the uninvited", tests: []string{"federationtest.TestSec34Uninvited", "federationtest.TestFollowersOnlyAfterAccept"}},
	{line: "answers to bad signatures", tests: []string{"federationtest.TestInboxAnswers", "federationtest.TestSec2KeyConfusion"}},
}

// TestSecurity: each of the 35 lines has a test that is there, or a reason.
func TestSecurity(t *testing.T) {
	tests := map[string]bool{}
	eachFile(t, func(file string, parsed *ast.File) {
		if !strings.HasSuffix(file, "_test.go") {
			return
		}
		name := path.Base(path.Dir(file))
		if parsed.Name.Name == "main" {
			name = "main"
		}
		for _, d := range parsed.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
				tests[name+"."+f.Name.Name] = true
			}
		}
	})
	if len(proofs) != 35 {
		t.Errorf("%d lines, want 35", len(proofs))
	}
	for i, p := range proofs {
		if (len(p.tests) == 0) == (p.reason == "") {
			t.Errorf("%d, %s: has neither test nor reason, or both", i+1, p.line)
		}
		for _, name := range p.tests {
			if !tests[name] {
				t.Errorf("%d, %s: there is no %s", i+1, p.line, name)
			}
		}
	}
}
