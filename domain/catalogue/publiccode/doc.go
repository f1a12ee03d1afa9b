// Package publiccode reads and writes publiccode.yml, the description of
// software that public administrations publish
// (https://yml.publiccode.tools, versions 0.4 to 0.7).
//
// Software is known by the address of its source: read again, it is the same
// Interlinker. Names, mail addresses and telephone numbers of people are not
// read.
package publiccode
