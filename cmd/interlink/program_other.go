//go:build !linux

package main

// releaseProgram does nothing: how to is known for Linux alone.
func releaseProgram() {}
