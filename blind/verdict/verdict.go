// Package verdict judges a claim: where a dump comes from, when the copy was made,
// how many people it holds. Its findings are pure functions of counts, so that each
// can be tried on counts that are made up, and its counts are SQL over the tables
// that linking leaves.
package verdict
