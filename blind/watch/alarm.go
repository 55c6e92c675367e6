package watch

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"constat.example/blind/token"
)

// Rule is a code of why an alarm was given.
type Rule string

// Rules.
const (
	Day      Rule = "day"      // more people in a day than its past and its peers let expect
	Hour     Rule = "hour"     // the same of an hour
	Slow     Rule = "slow"     // somewhat more, day after day
	Bare     Rule = "bare"     // more people without a declared reason
	Fresh    Rule = "fresh"    // more people of whom it had read none of late
	Export   Rule = "export"   // more records written to files
	Walk     Rule = "walk"     // ids, dates or the alphabet gone through in steps
	Honey    Rule = "honey"    // a made-up person was read
	Bulk     Rule = "bulk"     // a bulk statement that is rare for it
	Logging  Rule = "logging"  // what is logged was changed
	Forced   Rule = "forced"   // many failed logins, then one that succeeded
	Gathered Rule = "gathered" // many accounts at one address where they never were
	Left     Rule = "left"     // an account of somebody who left, or has not come yet, was used
	Sigma    Rule = "sigma"    // a Sigma rule that was loaded
)

var rules = []Rule{Day, Hour, Slow, Bare, Fresh, Export, Walk, Honey, Bulk, Logging, Forced, Gathered, Left, Sigma}

// Sign is a code of what makes a count weigh more.
type Sign string

// Signs.
const (
	NewAddress Sign = "new_address"
	NewDevice  Sign = "new_device"
	OddHour    Sign = "odd_hour"
	Dormant    Sign = "dormant"
	Guessed    Sign = "failed_logins"
	Walking    Sign = "walking"
	Doubled    Sign = "two_places"
)

var signs = []Sign{NewAddress, NewDevice, OddHour, Dormant, Guessed, Walking, Doubled}

// Severity says how sure and how grave.
type Severity string

// Severities.
const (
	High     Severity = "high"
	Critical Severity = "critical"
)

// Alarm is one alarm. Its id depends on account, rule and period alone.
type Alarm struct {
	ID       string    `json:"id"`
	Rule     Rule      `json:"rule"`
	Severity Severity  `json:"severity"`
	At       time.Time `json:"at"`     // of the access that raised it
	Period   string    `json:"period"` // day by the clock of the office, or "2026-03-01 14h"
	Account  string    `json:"account"`
	Office   string    `json:"office"`

	People int64         `json:"people"` // distinct people at stake: read by the account in the period
	Rows   int64         `json:"rows"`   // records returned besides, of which it is not told whose
	Sample []token.Token `json:"sample"` // the records read last, as tokens
	Usual  float64       `json:"usual"`  // people whom it reads in such a period, in the mean
	Peers  float64       `json:"peers"`  // people whom one of its office does
	Bits   float64       `json:"bits"`   // of surprise: one chance in 2 to their power
	Signs  []Sign        `json:"signs"`  // what made the count weigh more

	Address  string   `json:"address"`  // from where
	Device   string   `json:"device"`   // with what
	Relation string   `json:"relation"` // table or part of the application
	Action   string   `json:"action"`   // of the access that raised it
	By       string   `json:"by"`       // of a walk: through what
	Step     int64    `json:"step"`     // of a walk: how far from one to the next
	Run      int64    `json:"run"`      // of a walk, failed logins: how many; of accounts at an address: how many
	Since    string   `json:"since"`    // of a slow one: the day it began
	Title    string   `json:"title"`    // of a Sigma rule
	Rules    []string `json:"rules"`    // of a Sigma rule: its id, and those it joins

	Source string `json:"source"` // the log
	Line   int64  `json:"line"`   // in it, from 1
}

// identify makes the id: 12 hexadecimal digits.
func identify(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}

// Rules are all there are.
func Rules() []Rule { return append([]Rule(nil), rules...) }

// Signs are all there are.
func Signs() []Sign { return append([]Sign(nil), signs...) }
