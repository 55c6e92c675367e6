// Package access is what logs tell of who read whose records, as numbers: one
// entry for each line, or for each record that a line names. Readers left of the
// curtain make them; the trace and the watch judge them.
//
// Names of accounts, addresses and the like are numbers too, in the order in which
// they were first met; Names gives them back. Whose record was read is a token.
package access

import (
	"fmt"

	"constat.example/blind/kind"
	"constat.example/blind/token"
)

// Access is one entry.
type Access struct {
	Time   int64       // microseconds since 1970, UTC, by the clock of the source as corrected
	Line   int64       // ordinal of the line in its source, from 1; entries of one line come together
	Record token.Token // whose record: token of the record id; 0 where none is told
	Count  int64       // records returned, of the whole line; -1 where it is not told

	// How much the number that was asked for differs from the one that the same account
	// asked for before it by the same kind (days, for dates; the sign only, for what is
	// written in letters): what is left to see of a walk through ids, dates or the
	// alphabet once values are sealed. 0 where there is none.
	Step int64

	Account  Name
	Session  Name
	Address  Name // from where: a network address
	Device   Name // a browser or program, as it calls itself
	Office   Name
	Relation Name // the table, or the part of the application, that was read
	Reason   Name // the business reason that was declared

	Source uint16 // ordinal of the log
	Action Action
	By     kind.Kind // by what a search was made; Unknown where it is not told
}

// Action is what was done.
type Action uint8

// Actions.
const (
	Other   Action = iota // nothing that bears on who read what
	Read                  // one record was looked at
	Search                // records that fit a question were returned
	List                  // a page of records was returned
	Write                 // records were changed
	Export                // many records were written to a file by the application
	Copy                  // a bulk statement of the database: COPY, SELECT INTO OUTFILE
	Backup                // pg_dump, a base backup, a replica that begins
	Login                 // somebody came in
	Refused               // a login that failed
	Logout                // somebody went out
	Denied                // a read that rights forbade
	Logging               // what is logged was changed, or the log began or ended
	Actions               // how many there are
)

var actions = [Actions]string{"other", "read", "search", "list", "write", "export", "copy", "backup", "login", "refused", "logout", "denied", "logging"}

func (a Action) String() string {
	if a < Actions {
		return actions[a]
	}
	return "unknown action"
}

// ParseAction reads what String writes.
func ParseAction(s string) (Action, error) {
	for a, name := range actions {
		if name == s {
			return Action(a), nil
		}
	}
	return Other, fmt.Errorf("there is no action %q", s)
}

// Reads tells whether records may have been seen.
func (a Action) Reads() bool {
	switch a {
	case Read, Search, List, Export, Copy, Backup:
		return true
	}
	return false
}
