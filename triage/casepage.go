package triage

import (
	"cmp"
	"context"
	"time"

	"constat.example/desk/casefile"
	"constat.example/desk/form"
	"constat.example/desk/report"
)

// CasePage gathers what the page of a case is drawn from, as it stands now. It opens no key.
func (b Bench) CasePage(ctx context.Context, id string) (*report.Case, error) {
	c, err := b.Case(id)
	if err != nil {
		return nil, err
	}
	d, err := b.Desk(ctx, id)
	if err != nil {
		return nil, err
	}
	compared, err := b.CompareClaims(id)
	if err != nil {
		return nil, err
	}
	page := &report.Case{
		State: d.Case, Team: d.Team, At: b.Now().UTC().Truncate(time.Second), Opened: sooner(c.Opened, d.Case.Opened),
		Assessment: c.Assessment, Claims: compared.Claims, Established: compared.Lines, Titles: map[string]casefile.Both{},
	}
	for _, f := range form.Forms() {
		page.Titles[f.Name] = f.Title
	}
	if page.Severity, err = severityOf(d.Case, c.Assessment); err != nil {
		return nil, err
	}
	clock, err := b.reckon(d.Case)
	if err != nil {
		return nil, err
	}
	if clock != nil {
		page.At, page.Clock, page.Duties = clock.At, clock.Case, clock.Duties
	}
	page.Happened, err = happened(c, d, compared.Lines)
	return page, err
}

// CasesPage gathers the same of all cases of the home.
func (b Bench) CasesPage(ctx context.Context) ([]report.CaseRow, error) {
	cases, err := b.ListCases()
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(cases))
	for i, c := range cases {
		ids[i] = c.ID
	}
	desks, err := b.Desks(ctx, ids)
	if err != nil {
		return nil, err
	}
	rows := make([]report.CaseRow, len(cases))
	for i, c := range cases {
		d := desks[c.ID]
		rows[i] = report.CaseRow{State: d.Case, Opened: sooner(c.Opened, d.Case.Opened), Alarms: int64(len(c.Alarms)), People: c.People}
		clock, err := b.Clock(d.Case)
		if err != nil {
			return nil, err
		}
		if clock != nil {
			rows[i].Clock, rows[i].Duties = clock.Case, clock.Duties
		}
	}
	return rows, nil
}

// sooner is the earlier of two times that are told.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return cmp.Or(b, a)
	}
	return a
}
