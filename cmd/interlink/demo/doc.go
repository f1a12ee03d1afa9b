// Package demo plays the story of three cities that co-produce a service
// across borders, on three nodes in one process: real databases, real HTTP,
// real signatures, through the interfaces that people and peers use. Each
// step is checked, so the demonstration is a test too.
package demo
