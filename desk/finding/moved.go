package finding

import (
	"slices"
	"strconv"
	"strings"
)

// Move is a finding that is no longer what it was.
type Move struct {
	What string `json:"what"` // key of Facts
	From string `json:"from"` // "" where there was none
	To   string `json:"to"`
}

// Moved tells which facts moved, in the order that matters to a reader. Between
// other originals everything moves, and that they are others is told first.
func Moved(before, after Facts) []Move {
	moves := []Move{}
	tell := func(what, from, to string) {
		if from != to {
			moves = append(moves, Move{what, from, to})
		}
	}
	if before.Dump != after.Dump || before.Originals != after.Originals {
		moves = append(moves, Move{"originals", strconv.Itoa(before.Originals), strconv.Itoa(after.Originals)})
	}
	tell("snapshots", strconv.Itoa(before.Snapshots), strconv.Itoa(after.Snapshots))
	tell("claim", number(before.Claim), number(after.Claim))
	tell("claimed", whole(before.Claimed), whole(after.Claimed))
	tell("class", before.Class, after.Class)
	tell("people", whole(&before.People), whole(&after.People))
	tell("size", whole(before.Size), whole(after.Size))
	tell("rows", whole(&before.Rows), whole(&after.Rows))
	tell("linked", whole(&before.Linked), whole(&after.Linked))
	if !slices.Equal(before.Kinds, after.Kinds) {
		tell("kinds", strings.Join(before.Kinds, ", "), strings.Join(after.Kinds, ", "))
	}
	tell("share", share(before.Share), share(after.Share))
	tell("copied_after", text(before.Copied.Low), text(after.Copied.Low))
	tell("copied_before", text(before.Copied.High), text(after.Copied.High))
	return moves
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func whole(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

func share(x *float64) string {
	if x == nil {
		return ""
	}
	return strconv.FormatFloat(*x, 'f', -1, 64)
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
