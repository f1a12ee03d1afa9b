package network

import "interlink/domain"

// App is what this node is to a server that lets programs ask who somebody is
// (OAuth 2, as Mastodon's client API has it): it is registered there once.
type App struct {
	Host     string     // of the server
	Name     string     // as people there read it
	Website  string     // of this node
	Redirect domain.IRI // where the server sends people back to
	Scope    string     // what it may ask, the least that the server has
	ID       string     // client id
	Secret   string     // client secret
}
