package assessment

import "fmt"

// Honey is what people who were made up for the register, and for copies of it, say
// of the dump.
type Honey struct {
	Placed  int64       `json:"placed"`  // made up, over all copies
	Found   int64       `json:"found"`   // of them: stand in the dump
	Rows    int64       `json:"rows"`    // of the dump that are theirs
	Persons int64       `json:"persons"` // of linked.persons: they are people of the register who do not exist, and are not among exposures.persons
	Copies  []HoneyCopy `json:"copies"`  // in the order in which their people were made
	Named   []string    `json:"named"`   // the copies that the dump was taken from
	// The copy was made after one, and not after the other; null where nothing says so.
	NotBefore *string `json:"not_before"`
	NotAfter  *string `json:"not_after"`
	Window    string  `json:"window"` // what that does to the window: HoneyNarrows, HoneyFits, HoneyContradicts, ""
	Refused   string  `json:"refused,omitempty"`
}

// HoneyCopy is the made-up people of one copy, or of the register.
type HoneyCopy struct {
	Name       string   `json:"name"`
	Everywhere bool     `json:"everywhere"` // they stand in the register, and so in every copy
	From       string   `json:"from"`
	Until      *string  `json:"until"` // null while they are in place
	Placed     int64    `json:"placed"`
	Found      int64    `json:"found"`
	Bits       *float64 `json:"bits"`       // how much likelier what was found is if this copy leaked; null of the register's
	Likelihood *float64 `json:"likelihood"` // that it leaked; null of the register's
}

// What the times of made-up people do to the window.
const (
	HoneyNarrows     = "narrows"
	HoneyFits        = "fits"
	HoneyContradicts = "contradicts"
)

// Why nothing is said of made-up people.
const (
	NoHoney     = "no made-up people were put into the register or its copies"
	HoneyUnseen = "the dump holds too little of people to tell made-up ones from others"
)

// NoHoneyFound is a finding that is refused.
func NoHoneyFound(why string) Honey {
	return Honey{Copies: []HoneyCopy{}, Named: []string{}, Refused: why}
}

// Adds checks that the people of the copies add up.
func (h Honey) Adds() error {
	placed, found := int64(0), int64(0)
	for _, c := range h.Copies {
		placed, found = placed+c.Placed, found+c.Found
		if c.Found > c.Placed {
			return fmt.Errorf("the made-up people of a copy do not add up: %d found of %d", c.Found, c.Placed)
		}
	}
	if placed != h.Placed || found != h.Found || h.Found > 0 && h.Rows == 0 {
		return fmt.Errorf("the made-up people do not add up: %d placed and %d found, of %d and %d; %d rows", placed, found, h.Placed, h.Found, h.Rows)
	}
	return nil
}
