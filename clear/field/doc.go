// Package field holds the values of every kind in the clear: how messy text is
// parsed, what its canonical form is, whether it is valid and why not, and
// which variants of it a typing error, a nickname or a sound would give.
//
// It is one of the few rooms where a personal value may be in the clear, in
// memory. Value prints redacted; the canonical bytes leave only through
// Value.Canonical and Splitter.Split, for sealing.
package field
