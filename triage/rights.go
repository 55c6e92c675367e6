package triage

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"constat.example/blind/access"
	"constat.example/blind/kind"
	"constat.example/blind/reach"
	"constat.example/blind/token"
	"constat.example/internal/failure"
	"constat.example/internal/visible"
)

const rightsHint = `Write it as YAML, for example:
accounts: accounts.csv      # columns account and, if known, role, office, left
offices: offices.csv        # columns record, office; or department, office
rights:
  - {role: adviser, people: office}
  - {role: physician, people: assigned, files: patients.csv}   # columns account, record and, if known, from, to
  - {account: nightly, people: all, kinds: [record_id, postcode]}`

// largestRights is far more than a file of rights takes; the lists lie beside it.
const largestRights = 1 << 20

// holder is an account as the organisation lists it.
type holder struct {
	role    string
	offices []string
	left    time.Time // zero: not known to have
	listed  bool
}

// rights are who may read whom.
type rights struct {
	path     string
	accounts string // files beside it, or ""
	offices  string
	all      []right
}

type right struct {
	roles, accounts, offices []string // whom it is for; none: everybody
	people                   string   // all, office, assigned
	files                    string
	kinds                    kind.Set
}

// everyKind is what a right lets see that names no kinds.
const everyKind = ^kind.Set(0) >> 1

// fits reports whether a right is for an account.
func (r *right) fits(name string, h *holder) bool {
	return (len(r.accounts) == 0 || slices.Contains(r.accounts, name)) &&
		(len(r.roles) == 0 || slices.Contains(r.roles, h.role)) &&
		(len(r.offices) == 0 || slices.ContainsFunc(h.offices, func(o string) bool { return slices.Contains(r.offices, o) }))
}

// some is a name or a list of names.
type some []string

// UnmarshalYAML reads either.
func (s *some) UnmarshalYAML(read func(any) error) error {
	var one string
	if read(&one) == nil {
		*s = some{one}
		return nil
	}
	var all []string
	err := read(&all)
	*s = all
	return err
}

func readRights(path string) (*rights, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, failure.New(failure.BadInput, "Check the path given to --rights.", "reading the rights: %w", err)
	}
	if info.Size() > largestRights {
		return nil, failure.New(failure.BadInput, rightsHint, "the rights %s are larger than %d bytes", path, largestRights)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, failure.New(failure.BadInput, "Check the path given to --rights.", "reading the rights: %w", err)
	}
	r, err := parseRights(text)
	if err != nil {
		return nil, badRights(path, err)
	}
	r.path = path
	return r, nil
}

func badRights(path string, err error) error {
	return failure.New(failure.BadInput, rightsHint, "the rights %s: %w", path, err)
}

func parseRights(text []byte) (*rights, error) {
	var file struct {
		Accounts string `yaml:"accounts"`
		Offices  string `yaml:"offices"`
		Rights   []struct {
			Role    some   `yaml:"role"`
			Account some   `yaml:"account"`
			Office  some   `yaml:"office"`
			People  string `yaml:"people"`
			Files   string `yaml:"files"`
			Kinds   some   `yaml:"kinds"`
		} `yaml:"rights"`
	}
	if err := decodeYAML(text, &file); err != nil {
		return nil, err
	}
	if len(file.Rights) == 0 {
		return nil, errors.New("it declares no rights")
	}
	out := &rights{accounts: file.Accounts, offices: file.Offices}
	for i, one := range file.Rights {
		r := right{roles: one.Role, accounts: one.Account, offices: one.Office, people: one.People, files: one.Files, kinds: everyKind}
		switch {
		case r.people != "all" && r.people != "office" && r.people != "assigned":
			return nil, fmt.Errorf("right %d is over no people of all, office, assigned", i+1)
		case (r.people == "assigned") != (r.files != ""):
			return nil, fmt.Errorf("right %d: files go with people: assigned", i+1)
		case r.people == "office" && out.offices == "":
			return nil, fmt.Errorf("right %d is over the people of offices, and no file says who follows whom", i+1)
		case len(r.roles) > 0 && out.accounts == "":
			return nil, fmt.Errorf("right %d is for a role, and no file lists accounts", i+1)
		}
		if len(one.Kinds) > 0 {
			r.kinds = 0
			for _, name := range one.Kinds {
				k, err := kind.Parse(name)
				if err != nil {
					return nil, fmt.Errorf("right %d: there is no kind %q; \"constat help kinds\" lists them", i+1, visible.Text(name, 40))
				}
				r.kinds = r.kinds.With(k)
			}
		}
		out.all = append(out.all, r)
	}
	return out, nil
}

// holders reads the list of accounts; none where there is no list.
func (r *rights) holders(zone *time.Location) (map[string]*holder, error) {
	all := map[string]*holder{}
	if r.accounts == "" {
		return all, nil
	}
	err := readCells(beside(r.path, r.accounts), []string{"account"}, []string{"role", "office", "left"}, func(c []string) error {
		if c[0] == "" {
			return errors.New("an account has no name")
		}
		h := all[c[0]]
		if h == nil {
			h = &holder{role: c[1], listed: true}
			all[c[0]] = h
		}
		if h.role != c[1] {
			return errors.New("an account has two roles")
		}
		if c[2] != "" && !slices.Contains(h.offices, c[2]) {
			h.offices = append(h.offices, c[2])
		}
		if c[3] != "" {
			at, err := ruleTime(c[3], zone, true)
			if err != nil {
				return err
			}
			h.left = at
		}
		return nil
	})
	if err != nil {
		return nil, badRights(r.path, err)
	}
	return all, nil
}

// grant is what an account may read.
func (r *rights) grant(name string, h *holder, names *access.Names) reach.Grant {
	g := reach.Grant{Account: int64(names.Number([]byte(name))), Listed: h.listed, Role: int64(names.Number([]byte(h.role)))}
	for _, one := range r.all {
		if !one.fits(name, h) {
			continue
		}
		switch one.people {
		case "all":
			g.All |= one.kinds
		case "office":
			g.Office |= one.kinds
		default:
			g.Assigned |= one.kinds
		}
	}
	for _, o := range h.offices {
		g.Offices = append(g.Offices, int64(names.Number([]byte(o))))
	}
	slices.Sort(g.Offices)
	if !h.left.IsZero() {
		g.Left = h.left.UnixMicro()
	}
	return g
}

// lists writes whose files are assigned by the rights that an account has; "" where no
// right is over assigned people.
func (r *rights) lists(dir string, sealer *recordSealer, zone *time.Location, who func(string) *holder, names *access.Names) (string, error) {
	var w *numberFile
	for _, one := range r.all {
		if one.people != "assigned" {
			continue
		}
		if w == nil {
			var err error
			if w, err = newNumberFile(dir, "rights-files", "account", "record", "since", "until"); err != nil {
				return "", err
			}
		}
		if err := readAssigned(beside(r.path, one.files), sealer, zone, func(account string, record token.Token, s span) error {
			h := who(account)
			if h == nil || !one.fits(account, h) {
				return nil
			}
			return w.put(int64(names.Number([]byte(account))), record, s.from, s.to)
		}); err != nil {
			return "", errors.Join(badRights(r.path, err), w.Close())
		}
	}
	if w == nil {
		return "", nil
	}
	return w.path, w.Close()
}

// follows reads which office follows whom: by record, into a file of records and offices;
// or by département.
func (r *rights) follows(dir string, sealer *recordSealer, names *access.Names) (path string, places map[string]int64, err error) {
	from := beside(r.path, r.offices)
	places = map[string]int64{}
	if err = readCells(from, []string{"department", "office"}, nil, func(c []string) error {
		d := departmentCode(c[0])
		if !slices.Contains(departments, d) {
			return errors.New("there is no such département")
		}
		n := int64(names.Number([]byte(c[1])))
		if was, twice := places[d]; twice && was != n {
			return errors.New("a département has two offices")
		}
		places[d] = n
		return nil
	}); err == nil {
		return "", places, nil
	}
	if !errors.Is(err, errNoColumn) {
		return "", nil, badRights(r.path, err)
	}
	w, err := newNumberFile(dir, "rights-offices", "record", "office")
	if err != nil {
		return "", nil, err
	}
	if err := readCells(from, []string{"record", "office"}, nil, func(c []string) error {
		return w.put(sealer.token(c[0]), int64(names.Number([]byte(c[1]))))
	}); err != nil {
		return "", nil, errors.Join(badRights(r.path, err), w.Close())
	}
	return w.path, nil, w.Close()
}

// departmentCode writes a département as codes of communes do: 75, 01, 2A, 971.
func departmentCode(text string) string {
	text = strings.ToUpper(strings.TrimSpace(text))
	if len(text) == 3 {
		text = strings.TrimPrefix(text, "0")
	}
	if len(text) == 1 {
		text = "0" + text
	}
	return text
}
