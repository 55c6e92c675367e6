package field

import (
	"constat.example/blind/kind"
	"constat.example/blind/token"
)

// Variants yields the variants of a canonical value of family f, the value
// itself as Form first. Same input, same order; no duplicates. The text
// yielded is void after yield returns.
func Variants(f kind.Family, canonical []byte, yield func(token.Class, []byte)) {
	if len(canonical) == 0 || f == kind.NoFamily {
		return
	}
	yield(token.Form, canonical)
}
