package web

import (
	"errors"
	"net/url"
	"strings"

	"interlink/domain"
	"interlink/web/view"
)

// whole is the handle of somebody here whose name was typed without a server.
func (p *Portal) whole(typed string) string {
	name := strings.TrimPrefix(typed, "@")
	if name == "" || strings.ContainsAny(name, "@/:") {
		return typed
	}
	return "@" + name + "@" + p.Namespace.HandleHost()
}

// notFound says why what was typed into a field was not found: what is wrong
// with it, or what its server, or the rules of this one, have to do with it.
func notFound(field, typed string, err error) error {
	return unknown(field, err, "follow.not_found", typed)
}

// unknown is [notFound] with a sentence of its own for what is not there.
func unknown(field string, err error, key string, args ...any) error {
	var why *domain.Error
	if errors.As(err, &why) && why.Key != "error.not_found" {
		key, args = why.Key, why.Args
	}
	return domain.InvalidField(field, key, args...).Because(err)
}

// lookup finds an actor by handle or address, or leads to what an address names.
// Only who is signed in makes the node ask another server.
func (p *Portal) lookup(q *request) error {
	page := view.LookupPage{Frame: q.frame(), Query: strings.TrimSpace(q.URL.Query().Get("q"))}
	if page.Query == "" {
		return q.show(page)
	}
	if to := p.knownAt(q, page.Query); to != "" {
		return q.redirect(to)
	}
	typed := p.whole(page.Query)
	if !p.ofHere(typed) && q.account == nil {
		return p.lookupKnown(q, typed)
	}
	found, err := p.Directory.Lookup(q.Context(), typed)
	if err == nil {
		found, err = p.Network.Actor(q.Context(), q.viewer, found.ID)
	}
	if code := domain.CodeOf(err); code != domain.OK && code != domain.Internal && code != domain.Unavailable {
		var to string
		if to, err = p.openAddress(q, page.Query, err); err == nil {
			return q.redirect(to)
		}
	}
	if domain.Ours(err) {
		return err
	}
	if err != nil {
		page.Form = view.Failed(q.URL.Query(), notFound("q", page.Query, err))
		return q.showFor(err, page)
	}
	card, err := p.actorCard(q, found)
	if err != nil {
		return err
	}
	page.Found = &card
	return q.show(page)
}

// knownAt is the page of what an address names that is kept here; "" for anything
// else.
func (p *Portal) knownAt(q *request, typed string) string {
	iri, err := domain.ParseIRI(typed)
	if err != nil {
		return ""
	}
	if p.Namespace.Owns(iri) {
		return p.Namespace.Path(iri)
	}
	x, err := p.Communities.PostByIRI(q.Context(), q.viewer, iri)
	if err != nil {
		return ""
	}
	if _, err := p.Participation.Call(q.Context(), q.viewer, x.ID); err == nil {
		return "/role-calls/" + string(x.ID)
	}
	return "/posts/" + string(x.ID)
}

// lookupKnown leads a visitor to the page of somebody elsewhere who is known here;
// to ask another server for others they sign in first.
func (p *Portal) lookupKnown(q *request, handle string) error {
	name, host, _ := strings.Cut(strings.TrimPrefix(handle, "@"), "@") // an address leads them to sign in
	a, err := p.Network.ActorByHandle(q.Context(), q.viewer, name, host)
	if err != nil || a.Local() {
		return q.signedIn()
	}
	return q.redirect(a.Page(p.Namespace))
}

// ofHere reports whether a handle is of this node. An address is no handle,
// however it ends.
func (p *Portal) ofHere(handle string) bool {
	name, host, _ := strings.Cut(strings.TrimPrefix(handle, "@"), "@")
	return !strings.Contains(name, "/") && p.Namespace.Here(host)
}

// openAddress finds the page of what an address names, which is no actor: so says
// none, which is returned where nothing better is known.
func (p *Portal) openAddress(q *request, typed string, none error) (string, error) {
	iri, err := domain.ParseIRI(typed)
	if err != nil {
		return "", none
	}
	to, err := p.Directory.Object(q.Context(), iri)
	if id, found := strings.CutPrefix(to, "/posts/"); err == nil && found {
		if _, hidden := p.Communities.PostByID(q.Context(), q.viewer, domain.ID(id)); domain.CodeOf(hidden) == domain.NotFound {
			err = domain.Fail(domain.Forbidden, "error.refused", iri.Host()) // it is for some readers alone
		}
	}
	if domain.CodeOf(err) == domain.NotFound {
		return "", none
	}
	return to, err
}

// resolves leads who pastes a handle or an address, where words are looked for, to
// what it names.
func resolves(list handler) handler {
	return func(q *request) error {
		if words := q.URL.Query().Get("q"); pasted(words) {
			return q.redirect("/lookup?" + url.Values{"q": {strings.TrimSpace(words)}}.Encode())
		}
		return list(q)
	}
}

// pasted reports whether somebody looks for one thing by its handle or address,
// in place of words.
func pasted(typed string) bool {
	typed = strings.TrimSpace(typed)
	name, host, found := strings.Cut(strings.TrimPrefix(typed, "@"), "@")
	return strings.HasPrefix(typed, "https://") || strings.HasPrefix(typed, "http://") || found && name != "" && strings.Contains(host, ".") && !strings.Contains(typed, " ")
}
