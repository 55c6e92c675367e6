package reach

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"constat.example/blind/kind"
)

// agency is counts of a small agency: 1,000 people in two offices.
func agency() *Counts {
	return &Counts{
		People: 1000, Offices: map[int64]int64{0: 100, 10: 600, 20: 300}, From: epoch, To: epoch + 90*day, Entries: 500,
		Grants: []Grant{
			{Account: 1, All: everything, Listed: true, Role: 7},
			{Account: 2, All: everything, Listed: true, Role: 7},
			{Account: 3, Office: everything, Offices: []int64{10}, Listed: true, Role: 8},
			{Account: 4, Office: everything, Assigned: everything, Offices: []int64{20}, Listed: true, Role: 8},
			{Account: 5, All: kind.Set(0).With(kind.City), Listed: true},
			{Account: 6, All: everything, Listed: true, Left: epoch + 10*day},
			{Account: 7, Offices: []int64{10}},
		},
		Lists: []Share{{4, 10, 5}, {4, 20, 9}, {6, 10, 3}},
		Seen: []Seen{
			{Account: 1, First: epoch, Last: epoch + 89*day, Lines: 90, Shared: 2},
			{Account: 2, First: epoch, Last: epoch + 59*day, Lines: 90, Shared: 3, Unnamed: 40},
			{Account: 3, First: epoch, Last: epoch + 89*day, Lines: 90},
			{Account: 4, First: epoch, Last: epoch + 89*day, Lines: 90, Bulk: 1, Untold: 1},
			{Account: 6, First: epoch, Last: epoch + 89*day, Lines: 9, AfterLeft: 3},
			{Account: 7, First: epoch, Last: epoch + 89*day, Lines: 9},
		},
		Read: []Read{
			{Account: 1, Now: 90, Within: 90, Needed: 80},
			{Account: 2, Now: 90, Within: 90, Needed: 30},
			{Account: 3, Now: 50, Gone: 2, Unknown: 1, Within: 44, Needed: 40},
			{Account: 4, Now: 60, Within: 60, Needed: 60},
			{Account: 6, Now: 5, Within: 5},
			{Account: 7, Now: 8},
		},
		Whole: Whole{Reachable: 1000, Read: 200, Needed: 150},
	}
}

var (
	everything = kind.Set(0).With(kind.BirthSurname).With(kind.NIR).With(kind.City)
	full       = Rules{Rights: true, Listed: true, Reasons: true, Kinds: everything}
)

func TestJudge(t *testing.T) {
	t.Parallel()
	f, err := Judge(agency(), full)
	if err != nil || f.Refused != "" {
		t.Fatalf("%q, %v", f.Refused, err)
	}
	type told struct {
		account, could, beyond, unread int64
		cost                           float64
		flags                          string
	}
	var all []told
	for _, a := range f.Accounts {
		all = append(all, told{a.Account, a.Could, a.Beyond, a.Unread, a.Cost, strings.Join(a.Flags, " ")})
	}
	want := []told{
		{6, 1000, 0, 995, 1000, "left used_after"},
		{2, 1000, 0, 870, 1000, "asleep shared counted"},
		{1, 1000, 0, 910, 1000, ""},
		{3, 606, 6, 556, 606, "beyond_rights"},
		{4, 305, 0, 0, 305, "bulk"},
		{5, 1000, 0, 1000, 62.5, "asleep"},
		{7, 8, 8, 0, 8, "unlisted beyond_rights"},
	}
	if !reflect.DeepEqual(all, want) {
		t.Errorf("accounts\n%+v, not\n%+v", all, want)
	}
	if f.Could != 4919 || f.Read != 303 || f.Needed != 210 {
		t.Errorf("doors: %d, %d, %d", f.Could, f.Read, f.Needed)
	}
	steps := []Step{
		{Code: StepRevoke, Accounts: []int64{6, 2, 5}, Doors: 3000},
		{Code: StepProtect, Accounts: []int64{1, 3, 4, 7}, Doors: 1919},
		{Code: StepEnforce, Accounts: []int64{7, 3}, Doors: 14},
		{Code: StepSeparate, Accounts: []int64{2}, Doors: 1000},
		{Code: StepList, Accounts: []int64{7}, Doors: 8},
		{Code: StepName, Accounts: []int64{2}, Doors: 40, Count: 40},
	}
	if !reflect.DeepEqual(f.Steps, steps) {
		t.Errorf("steps\n%+v, not\n%+v", f.Steps, steps)
	}
}

// TestNarrow: roles are said to be wide by what their accounts cannot have read.
func TestNarrow(t *testing.T) {
	t.Parallel()
	c := agency()
	c.Seen[1].Last = c.To - 1 // account 2 is awake: of role 7 two are at work
	f, err := Judge(c, full)
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(f.Steps, func(s Step) bool { return s.Code == StepNarrow })
	if want := (Step{Code: StepNarrow, Roles: []int64{7}, Accounts: []int64{2, 1}, Doors: 1780}); at < 0 || !reflect.DeepEqual(f.Steps[at], want) {
		t.Errorf("steps %+v, without %+v", f.Steps, want)
	}
	c.Seen[1].Untold = 1 // who knows what it copied
	if f, err = Judge(c, full); err != nil || slices.ContainsFunc(f.Steps, func(s Step) bool { return s.Code == StepNarrow }) {
		t.Errorf("steps %+v, %v", f.Steps, err)
	}
}

// TestWithoutLists: what was not declared is only bounded.
func TestWithoutLists(t *testing.T) {
	t.Parallel()
	c := agency()
	c.Grants, c.Lists, c.Whole.Reachable = nil, nil, c.Whole.Read
	for i := range c.Read {
		c.Read[i].Within, c.Read[i].Needed = 0, 0
	}
	c.Whole.Needed = 0
	f, err := Judge(c, Rules{Kinds: everything})
	if err != nil {
		t.Fatal(err)
	}
	if a := f.Accounts[0]; len(f.Accounts) != 6 || a.Account != 1 || a.Could != 90 || a.Cost != 90 || a.Beyond != 0 || a.Declared != 0 || a.Unread != 0 {
		t.Errorf("%+v", f.Accounts)
	}
	for _, a := range f.Accounts {
		if a.Is(Beyond) || a.Is(Unlisted) {
			t.Errorf("%+v", a)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	c := agency()
	for i := range c.Read {
		c.Read[i] = Read{Account: c.Read[i].Account, Unknown: 9}
	}
	c.Whole = Whole{}
	if f, err := Judge(c, full); err != nil || f.Refused != NoJoin {
		t.Errorf("%+v, %v", f, err)
	}
	c.Read, c.Nameless = nil, c.Entries
	if f, err := Judge(c, full); err != nil || f.Refused != NoReads {
		t.Errorf("%+v, %v", f, err)
	}
}

// TestSumsThatDoNotAddUp are errors.
func TestSumsThatDoNotAddUp(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*Counts){
		"offices":  func(c *Counts) { c.Offices[10]++ },
		"needed":   func(c *Counts) { c.Whole.Needed = c.Whole.Read + 1 },
		"reach":    func(c *Counts) { c.Whole.Reachable = c.People + 1 },
		"within":   func(c *Counts) { c.Read[2].Within = 51 },
		"explains": func(c *Counts) { c.Read[2].Needed = 51 },
		"beyond":   func(c *Counts) { c.Read[5].Now = 1001 },
	} {
		c := agency()
		spoil(c)
		if f, err := Judge(c, full); err == nil {
			t.Errorf("%s: %+v", name, f)
		}
	}
}
