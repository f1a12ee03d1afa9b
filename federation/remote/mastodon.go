package remote

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"interlink/domain"
	"interlink/domain/network"
)

// Mastodon asks servers that have Mastodon's client API who somebody is, by
// OAuth 2 (RFC 6749, RFC 7636). Nothing they say is believed but a name on
// that very server. It implements account.Servers.
type Mastodon struct{ *Client }

// The scopes that are enough to ask who somebody is: Mastodon has the first
// since 4.3, older ones and others the second.
const (
	scopeProfile  = "profile"
	scopeAccounts = "read:accounts"
)

const (
	maxToken  = 64 << 10 // bytes of an answer about an app or a token
	maxMember = 2048     // bytes of a client id, a secret or a token
	revokeFor = 5 * time.Second
)

// Authority implements account.Servers.
func (m Mastodon) Authority(typed string) (string, error) {
	_, host, err := SplitHandle("x@" + strings.TrimSpace(typed))
	host = strings.TrimSuffix(host, ":443")
	if err == nil {
		err = m.checkURL(m.at(host, "/"))
	}
	if err != nil || !strings.ContainsAny(host, ".:") {
		return "", domain.InvalidField("handle", "guest.no_server").Because(err)
	}
	return host, nil
}

// at is an address on a host.
func (m Mastodon) at(host, path string) domain.IRI {
	return domain.IRI(m.scheme(host) + "://" + host + path)
}

// SignInAt implements account.Servers.
func (m Mastodon) SignInAt(a network.App, state, challenge string) string {
	return string(m.at(a.Host, "/oauth/authorize")) + "?" + url.Values{
		"response_type": {"code"}, "client_id": {a.ID}, "redirect_uri": {string(a.Redirect)}, "scope": {a.Scope},
		"state": {state}, "code_challenge": {challenge}, "code_challenge_method": {"S256"},
	}.Encode()
}

// Register implements account.Servers.
func (m Mastodon) Register(ctx context.Context, a network.App) (network.App, error) {
	ctx, cancel := m.reading(ctx)
	defer cancel()
	var err error
	if a.Scope, err = m.scope(ctx, a.Host); err != nil {
		return a, err
	}
	answer, err := m.send(ctx, a.Host, "/api/v1/apps", url.Values{
		"client_name": {a.Name}, "redirect_uris": {string(a.Redirect)}, "scopes": {a.Scope}, "website": {a.Website},
	})
	if err != nil {
		return a, err
	}
	var made struct {
		ID     string `json:"client_id"`
		Secret string `json:"client_secret"`
	}
	if !read(answer, &made) || !member(made.ID) || !member(made.Secret) {
		return a, noAPI(answer, a.Host)
	}
	a.ID, a.Secret = made.ID, made.Secret
	return a, nil
}

// scope is the least one that a server says it has (RFC 8414).
func (m Mastodon) scope(ctx context.Context, host string) (string, error) {
	answer, err := m.Call(ctx, Call{Method: http.MethodGet, URL: m.at(host, "/.well-known/oauth-authorization-server"), Header: http.Header{"Accept": {"application/json"}}, Limit: maxToken})
	if code := domain.CodeOf(err); err != nil && code != domain.TooLarge {
		return "", err
	}
	var said struct {
		Scopes []string `json:"scopes_supported"`
	}
	if err == nil && read(answer, &said) && slices.Contains(said.Scopes, scopeProfile) {
		return scopeProfile, nil
	}
	return scopeAccounts, nil
}

// Knows implements account.Servers: an app that a server does not know gets no
// token of its own. A server that gives none to apps may know it.
func (m Mastodon) Knows(ctx context.Context, a network.App) (bool, error) {
	ctx, cancel := m.reading(ctx)
	defer cancel()
	answer, err := m.send(ctx, a.Host, "/oauth/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {a.ID}, "client_secret": {a.Secret}, "redirect_uri": {string(a.Redirect)}, "scope": {a.Scope},
	})
	if err != nil {
		return false, err
	}
	var got token
	if read(answer, &got) && member(got.Token) {
		m.revoke(ctx, a, got.Token)
		return true, nil
	}
	var said struct {
		Error string `json:"error"`
	}
	_ = json.Unmarshal(answer.Body, &said)
	return answer.Status != http.StatusUnauthorized && said.Error != "invalid_client", nil
}

// token is what lets an app ask (RFC 6749 §5.1).
type token struct {
	Token string `json:"access_token"`
	Type  string `json:"token_type"`
}

// SignedIn implements account.Servers.
func (m Mastodon) SignedIn(ctx context.Context, a network.App, code, verifier string) (name string, err error) {
	ctx, cancel := m.reading(ctx)
	defer cancel()
	answer, err := m.send(ctx, a.Host, "/oauth/token", url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "code_verifier": {verifier},
		"client_id": {a.ID}, "client_secret": {a.Secret}, "redirect_uri": {string(a.Redirect)}, "scope": {a.Scope},
	})
	if err != nil {
		return "", err
	}
	var got token
	if !read(answer, &got) || !member(got.Token) || !strings.EqualFold(got.Type, "Bearer") {
		return "", domain.Fail(domain.Unauthenticated, "error.refused", a.Host)
	}
	defer m.revoke(ctx, a, got.Token)
	answer, err = m.Call(ctx, Call{
		Method: http.MethodGet, URL: m.at(a.Host, "/api/v1/accounts/verify_credentials"), Limit: maxBody,
		Header: http.Header{"Authorization": {"Bearer " + got.Token}, "Accept": {"application/json"}},
	})
	if err == nil {
		err = busy(answer, a.Host)
	}
	if err != nil {
		return "", err
	}
	var who struct {
		Name string `json:"username"`
		Acct string `json:"acct"` // of people of the server, the name alone
	}
	if !read(answer, &who) {
		return "", domain.Fail(domain.Unauthenticated, "error.refused", a.Host)
	}
	if who.Name == "" {
		who.Name = who.Acct
	}
	if _, host, err := SplitHandle(who.Name + "@" + a.Host); err != nil || host != a.Host || strings.HasPrefix(who.Name, "acct:") {
		return "", domain.InvalidField("handle", "guest.not_of_server", a.Host)
	}
	return who.Name, nil
}

// revoke gives a token back (RFC 7009). One that the server keeps all the same
// is kept by nobody here.
func (m Mastodon) revoke(ctx context.Context, a network.App, token string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), revokeFor)
	defer cancel()
	_, _ = m.send(ctx, a.Host, "/oauth/revoke", url.Values{"token": {token}, "client_id": {a.ID}, "client_secret": {a.Secret}})
}

// send posts a form, and follows no redirect: what is in it is for this
// server alone.
func (m Mastodon) send(ctx context.Context, host, path string, form url.Values) (Called, error) {
	answer, err := m.Call(ctx, Call{
		Method: http.MethodPost, URL: m.at(host, path), Body: []byte(form.Encode()), Limit: maxToken,
		Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Accept": {"application/json"}},
	})
	switch {
	case domain.CodeOf(err) == domain.TooLarge:
		return answer, domain.InvalidField("handle", "guest.no_api", host).Because(err)
	case err == nil:
		err = busy(answer, host)
	}
	return answer, err
}

// busy fails if a server cannot answer at the moment. Errors: Unavailable.
func busy(answer Called, host string) error {
	if answer.Status == http.StatusTooManyRequests || answer.Status >= 500 && answer.Status != http.StatusNotImplemented {
		return unreachable(host)
	}
	return nil
}

// read reads the JSON of an answer that is a success.
func read(answer Called, into any) bool {
	return answer.Status == http.StatusOK && json.Unmarshal(answer.Body, into) == nil
}

// member reports whether something a server gives can be kept and sent back.
func member(s string) bool {
	return s != "" && len(s) <= maxMember && utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) })
}

// noAPI says that a server does not let people sign in for others.
func noAPI(answer Called, host string) error {
	return domain.InvalidField("handle", "guest.no_api", host).Because(&Later{Status: answer.Status})
}
