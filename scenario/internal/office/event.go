// Package office simulates the accounts of an agency at work: who logs in when and
// from where, whose records they look at, and why. A day is made from the seed and its
// number alone, so that years of it stream through little memory, many days at a time.
//
// Instants are microseconds since 1970, UTC.
package office

import "constat.example/blind/access"

// Event is one line of the log.
type Event struct {
	At      int64
	Record  uint32 // number of the record that was looked at; 0: none is named
	Count   int32  // records returned; -1: not told
	Account int32
	Session uint32 // 0: none
	Address uint32 // IPv4
	Device  uint32 // see Staff.AppendDevice
	First   uint32 // the records of a page are Day.Records[First:Last]
	Last    uint32
	Page    uint16 // from 1; 0: none
	Action  access.Action
	Reason  Reason
	Theft   bool // done by a thief
}

// Reason is the business reason that was declared.
type Reason uint8

// Reasons.
const (
	NoReason Reason = iota
	Appointment
	FollowUp
	Call
	Letter
	Request
	Check
	Reasons int = iota // how many there are
)

var reasons = [Reasons]string{"", "rdv", "suivi", "appel", "courrier", "demande", "controle"}

func (r Reason) String() string { return reasons[r] }

// Day is what happens in a day of UTC, in order of time.
type Day struct {
	Events  []Event
	Records []uint32
}

func (d *Day) reset() { d.Events, d.Records = d.Events[:0], d.Records[:0] }

// Of is the records that a page names.
func (d *Day) Of(e *Event) []uint32 { return d.Records[e.First:e.Last] }
