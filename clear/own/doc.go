// Package own lets two organisations find out how much of a dump is one's own
// without showing each other records: a private set intersection over
// Diffie-Hellman (Meadows 1986; Huberman, Franklin and Hogg 1999) on ristretto255,
// with the hashing, blinding and evaluation of RFC 9497's OPRF mode.
//
// The asker holds a dump and a secret a, the answerer a register and a secret b,
// both made for the one meeting:
//
//	asker (dump x)                          answerer (register y)
//	                    ◄── offer             identifiers, number of points, limits
//	query               ──►                   rows, slots
//	                    ◄── accepted
//	H(x)^a by row       ──►                   raises each to b
//	                    ◄── H(y)^b
//	H(y)^ba             ──►                   compares with H(x)^ab
//	                    ◄── told              counts, in steps of five
//	heard               ──►
//
// The answerer compares, so that the side whose people might be probed for decides
// what is told. What each side learns, and what a dishonest one can do, is in
// docs/design/owner.md.
package own
