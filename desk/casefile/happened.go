package casefile

import "time"

// Happened is one thing that happened about a case, wherever it is kept.
type Happened struct {
	At   time.Time
	Who  string // "" where nobody here did it
	From Lane
	Code string
	What Both
}

// Lane is where something that happened is kept.
type Lane string

// The lanes.
const (
	Claims   Lane = "claim"
	Evidence Lane = "evidence"
	Findings Lane = "finding"
	Suspects Lane = "suspect"
	Alarms   Lane = "alarm"
	Acts     Lane = "act"
	Events   Lane = "event" // that clocks go by
)

var lanes = []Lane{Claims, Evidence, Findings, Suspects, Alarms, Acts, Events}

// Lanes are all there are, in the order in which they are drawn.
func Lanes() []Lane { return lanes[:len(lanes):len(lanes)] }

var laneWords = map[Lane]Both{
	Claims:   pair("affirmations", "claims"),
	Evidence: pair("preuves", "evidence"),
	Findings: pair("constats", "findings"),
	Suspects: pair("lectures suspectes", "suspect reads"),
	Alarms:   pair("alertes", "alarms"),
	Acts:     pair("décisions et actes", "decisions and acts"),
	Events:   pair("événements", "events"),
}

// Words name the lane.
func (l Lane) Words() Both { return laneWords[l] }
