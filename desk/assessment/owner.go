package assessment

// Owner is how a sample of the dump compares with one of several registers.
type Owner struct {
	Name    string `json:"name"`
	People  int64  `json:"people"`  // in the last snapshot
	Sampled int64  `json:"sampled"` // rows looked at, the same for all registers
	Found   int64  `json:"found"`   // of Sampled: rows of people of this register
	Alone   int64  `json:"alone"`   // of Found: of people that no other register has

	Class        string   `json:"class"` // of the sample, and so on
	Refused      string   `json:"refused,omitempty"`
	GenuineShare Interval `json:"genuine_share"`
	Bits         float64  `json:"bits"` // how much likelier a copy of the register is than another source, as a logarithm to base 2

	// Score is Bits with the share found weighed too: the register with the highest
	// is the one that the dump is assessed against.
	Score  float64 `json:"score"`
	Chosen bool    `json:"chosen"`

	// Apart is the verdict on the rows that no other register has the people of; null
	// where they are too few.
	Apart *OwnerApart `json:"apart"`
}

// OwnerApart is the verdict on the rows of the sample that no other register has the
// people of.
type OwnerApart struct {
	Rows  int64 `json:"rows"` // those of nobody in any are among them
	Found int64 `json:"found"`

	Class        string   `json:"class"`
	Refused      string   `json:"refused,omitempty"`
	GenuineShare Interval `json:"genuine_share"`
	Bits         float64  `json:"bits"`
}

// Parts divides the rows of the sample by the registers that have their people: those
// that one has alone (Owner.Alone), Several and Nobody add up to Sampled.
type Parts struct {
	Sampled int64 `json:"sampled"`
	Several int64 `json:"several"`
	Nobody  int64 `json:"nobody"`
}

// Copied tells whether a class says that rows were copied from the register.
func Copied(class string) bool { return class == "genuine" || class == "mixed" }

// Sources names the registers that rows of the dump were copied from, by what the
// sample shows: the one chosen, if it is one, and each whose own rows say so.
func (a *Assessment) Sources() []string {
	var all []string
	for _, o := range a.Registers {
		if o.Apart != nil && Copied(o.Apart.Class) || o.Chosen && Copied(o.Class) {
			all = append(all, o.Name)
		}
	}
	return all
}
