// Package exchange takes catalogues in from elsewhere: it tells formats apart,
// reads files and addresses into bundles, and keeps the sources from which a
// node imports by itself.
package exchange
