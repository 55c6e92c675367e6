// Package rule holds the rules of the project that no compiler checks: which
// rooms may know which, who may read a clock, what every package says of
// itself, and that the documents name what is there. They are tests, each ban
// with its reason, and each is itself tested on a made-up project that breaks
// it. The package has no code of its own.
package rule
