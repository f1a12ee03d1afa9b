// Package account holds the people who log in here: how they sign up and in,
// their sessions and tokens. A person is also an actor (the same name, the
// same page); rights and memberships name the actor, never the account.
package account
