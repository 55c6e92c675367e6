package watch

import "unsafe"

// PerAccount is the bytes of one account in memory.
const PerAccount = unsafe.Sizeof(account{})

// LogTail is logTail.
var LogTail = logTail

// CountPeople counts n people, each twice.
func CountPeople(n int) uint32 {
	var p people
	for range 2 {
		for i := range n {
			p.add(mix(int64(i) * 977))
		}
	}
	return p.n
}
