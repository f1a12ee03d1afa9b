// Package config reads the settings of a node from a TOML file and the
// environment, checks them, and says everything that is wrong at once. One
// table (see table.go) drives reading, checking, printing and the
// documentation. What is not set has a default; the file goes before the
// default, the environment before the file.
package config
