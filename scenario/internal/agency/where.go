package agency

// Departments lists the codes of the departments, in order.
func (w *World) Departments() []string {
	var codes []string
	for i := range w.f.Communes {
		if d := w.f.Communes[i].Department(); len(codes) == 0 || codes[len(codes)-1] != d {
			codes = append(codes, d)
		}
	}
	return codes
}

// Department is the code of the department where the k-th person lives at an instant.
func (c *Chunk) Department(k int, at int64) string {
	s, _ := c.stateAt(&c.people[c.order[k]], at)
	return c.w.f.Communes[c.homes[s.home].commune].Department()
}

// Presence is when the k-th person's entry is in the register: from an instant, 0 for
// those there at the start, up to and not with another, the end of the history for
// those who stay.
func (c *Chunk) Presence(k int) (from, to int64) {
	p := &c.people[c.order[k]]
	to = c.w.months[len(c.w.months)-1]
	for _, e := range c.events[p.events.from:p.events.to] {
		if e.what == setGone {
			to = min(to, e.at)
		}
	}
	return p.arrival, to
}
