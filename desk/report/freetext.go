package report

// Spoken lists the kinds exposed through free text, in the order of the chart,
// with how many people.
func (e edition) Spoken() []string {
	var kinds []string
	for _, x := range e.Exposures {
		if n := x.N.FreeText; n > 0 {
			kinds = append(kinds, middle(x.Name)+" ("+e.Int(n)+")")
		}
	}
	return kinds
}
