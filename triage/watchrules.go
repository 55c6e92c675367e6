package triage

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/goccy/go-yaml"

	"constat.example/blind/access"
	"constat.example/blind/engine"
	"constat.example/blind/honey"
	"constat.example/blind/kind"
	"constat.example/blind/token"
	"constat.example/blind/watch"
	"constat.example/blind/watch/sigma"
	"constat.example/clear/field"
	"constat.example/clear/seal"
	deskhoney "constat.example/desk/honey"
	"constat.example/internal/failure"
)

const watchRulesHint = `Write it as YAML, for example:
reasons:
  - declared: [rdv, appel]
  - assigned: files.csv
  - same_office: offices.csv
known:
  - account: sauvegarde
    action: backup
made_up: honey.csv
staff: staff.csv
sigma: [logins.yml]
quiet: 1
least: 60`

// reasons explain reads. A read that one of them covers is explained.
type reasons struct {
	declared []string
	assigned map[assignment][]span
	offices  map[token.Token]string
}

type assignment struct {
	account string
	record  token.Token
}

// span is when an assignment held, in microseconds since 1970.
type span struct{ from, to int64 }

// Explains is of watch.Reasons.
func (r *reasons) Explains(account, office, reason string, record token.Token, at time.Time) bool {
	if reason != "" && slices.Contains(r.declared, reason) {
		return true
	}
	if of, ok := r.offices[record]; ok && office != "" && of == office {
		return true
	}
	now := at.UnixMicro()
	return slices.ContainsFunc(r.assigned[assignment{account, record}], func(s span) bool { return s.from <= now && now < s.to })
}

// spanOf reads from when to when something holds; "" is always. A last day counts.
func spanOf(from, to string, zone *time.Location) (span, error) {
	s := span{-1 << 63, 1<<63 - 1}
	for i, text := range []string{from, to} {
		if text == "" {
			continue
		}
		t, err := ruleTime(text, zone, i == 1)
		if err != nil {
			return s, err
		}
		if i == 0 {
			s.from = t.UnixMicro()
		} else {
			s.to = t.UnixMicro()
		}
	}
	return s, nil
}

// staff is what accounts there are: the posts of each, one after the other.
type staff map[string][]post

type post struct {
	role, office string
	span
}

// readStaff reads the list of staff: columns account, role and, if known, office, since
// and until.
func readStaff(path string, zone *time.Location) (staff, error) {
	all := staff{}
	return all, readCells(path, []string{"account", "role"}, []string{"office", "since", "until"}, func(c []string) error {
		s, err := spanOf(c[3], c[4], zone)
		all[c[0]] = append(all[c[0]], post{c[1], c[2], s})
		return err
	})
}

// at is the post of an account at a time; its last one and false where it has one at
// other times only.
func (s staff) at(account string, at time.Time) (post, bool) {
	all, now := s[account], at.UnixMicro()
	for _, p := range all {
		if p.from <= now && now < p.to {
			return p, true
		}
	}
	if len(all) == 0 {
		return post{}, true
	}
	return all[len(all)-1], false
}

// Peers is of watch.Staff: those of the same role and office.
func (s staff) Peers(account, office string, at time.Time) string {
	p, _ := s.at(account, at)
	office = cmp.Or(p.office, office)
	if p.role == "" || office == "" {
		return cmp.Or(p.role, office)
	}
	return p.role + ", " + office
}

// Left is of watch.Staff.
func (s staff) Left(account string, at time.Time) bool {
	_, ok := s.at(account, at)
	return !ok
}

// madeUp is records of made-up people.
type madeUp map[token.Token]bool

// Has is of watch.MadeUp.
func (m madeUp) Has(t token.Token) bool { return m[t] }

// honeyToWatch is the records of the made-up people of the home, beside those of the rules:
// by the ids that they were given, and by those that the registers have of them.
func (b Bench) honeyToWatch(ctx context.Context, key *seal.Key, besides watch.MadeUp) (_ watch.MadeUp, err error) {
	kept, err := b.Honey()
	if err != nil {
		return nil, err
	}
	kept = slices.DeleteFunc(kept, func(s deskhoney.Set) bool { return s.Key != key.ID() })
	if len(kept) == 0 {
		return besides, nil
	}
	names, err := b.Registers()
	if err != nil {
		return nil, err
	}
	all := madeUp{}
	if named, ok := besides.(madeUp); ok {
		all = named
	}
	add := func(row []any) error {
		if id, ok := row[0].(int64); ok {
			all[id] = true
		}
		return nil
	}
	dir, done, err := b.scratch()
	if err != nil {
		return nil, err
	}
	defer done()
	people := int64(0)
	for _, set := range kept {
		people += set.People
	}
	// Each in a session of its own: the views are of one register.
	for _, name := range append([]string{""}, names...) {
		err := b.inSession(ctx, dir, func(s engine.Session) error {
			layout, err := b.viewHoney(ctx, s, kept)
			if err != nil {
				return err
			}
			if name == "" {
				if !layout.Has(kind.RecordID) {
					return nil
				}
				return s.Query(ctx, fmt.Sprintf("SELECT DISTINCT %s FROM %s", token.Column{Kind: kind.RecordID, Occurrence: 1}.Name(), honey.Table), add)
			}
			reg, err := b.openRegister(name)
			if err != nil {
				return err
			}
			if m := reg.Manifest(); m.KeyID != key.ID() || len(m.Snapshots) == 0 {
				return nil
			}
			if err := reg.Views(ctx, s); err != nil {
				return err
			}
			if err := honeyPeople(ctx, s, reg.Manifest(), layout, people); err != nil {
				return err
			}
			return s.Query(ctx, "SELECT DISTINCT p.record_id FROM honey_person h JOIN reg_people p ON p.person = h.person", add)
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// readWatchRules reads a rules file into the options of a watch. Files that it names lie
// beside it; the record ids in them are sealed as they are read.
func readWatchRules(path string, key *seal.Key, o *watch.Options) error {
	file, err := readRulesFile(path)
	if err != nil {
		return err
	}
	bad := func(err error) error { return badRules(path, err) }
	if file.Quiet < 0 || file.Least < 0 {
		return bad(errors.New("quiet and least are numbers above 0"))
	}
	o.Quiet, o.Least = file.Quiet, file.Least
	for _, k := range file.Known {
		a, err := access.ParseAction(k.Action)
		if err != nil || a != access.Copy && a != access.Backup {
			return bad(errors.New("what is known is a copy or a backup"))
		}
		o.Allowed = append(o.Allowed, watch.Permit{Account: k.Account, Relation: k.Relation, Action: a})
	}
	sealer := recordSealer{key: key}
	if file.MadeUp != "" {
		all := madeUp{}
		err := readCells(beside(path, file.MadeUp), []string{"record"}, nil, func(c []string) error {
			all[sealer.token(c[0])] = true
			return nil
		})
		if err != nil {
			return bad(err)
		}
		o.Honey = all
	}
	if file.Staff != "" {
		if o.Staff, err = readStaff(beside(path, file.Staff), zoneOf(o)); err != nil {
			return bad(err)
		}
	}
	var all [][]byte
	for _, name := range file.Sigma {
		text, err := os.ReadFile(beside(path, name))
		if err != nil {
			return bad(fmt.Errorf("reading a file that they name: %w", err))
		}
		all = append(all, text)
	}
	if len(all) > 0 {
		rules, err := sigma.Parse(bytes.Join(all, []byte("\n---\n")))
		if err != nil {
			return bad(fmt.Errorf("sigma: %w", err))
		}
		o.Matcher = rules
	}
	if len(file.Reasons) == 0 {
		return nil
	}
	r := &reasons{assigned: map[assignment][]span{}, offices: map[token.Token]string{}}
	if err := file.reasons(path, &sealer, zoneOf(o), r); err != nil {
		return err
	}
	o.Reasons = r
	return nil
}

func (r *reasons) declare(reason string) error {
	r.declared = append(r.declared, reason)
	return nil
}

func (r *reasons) assign(account string, record token.Token, s span) error {
	a := assignment{account, record}
	r.assigned[a] = append(r.assigned[a], s)
	return nil
}

func (r *reasons) follow(record token.Token, office string) error {
	r.offices[record] = office
	return nil
}

// rulesFile is a file of rules.
type rulesFile struct {
	Reasons []struct {
		Declared   []string `yaml:"declared"`
		Assigned   string   `yaml:"assigned"`
		SameOffice string   `yaml:"same_office"`
	} `yaml:"reasons"`
	Known []struct {
		Account  string `yaml:"account"`
		Action   string `yaml:"action"`
		Relation string `yaml:"relation"`
	} `yaml:"known"`
	MadeUp string   `yaml:"made_up"`
	Staff  string   `yaml:"staff"`
	Sigma  []string `yaml:"sigma"`
	Quiet  float64  `yaml:"quiet"`
	Least  int64    `yaml:"least"`
}

func badRules(path string, err error) error {
	return failure.New(failure.BadInput, watchRulesHint, "the rules %s: %w", path, err)
}

func readRulesFile(path string) (*rulesFile, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, failure.New(failure.BadInput, "Check the path given to --rules.", "reading the rules: %w", err)
	}
	file := &rulesFile{}
	if err := decodeYAML(text, file); err != nil {
		return nil, badRules(path, err)
	}
	return file, nil
}

// decodeYAML reads YAML that has no other fields. Its error tells the line, and no value.
func decodeYAML(text []byte, to any) error {
	err := yaml.NewDecoder(bytes.NewReader(text), yaml.DisallowUnknownField()).Decode(to)
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[yaml.Error](err); ok && e.GetToken() != nil {
		return fmt.Errorf("line %d is not as expected", e.GetToken().Position.Line)
	}
	return errors.New("it is not the YAML expected")
}

// beside is where a file lies that the file at path names.
func beside(path, name string) string { return inFolder(filepath.Dir(path), name) }

// reasonTaker takes what explains reads, record ids sealed.
type reasonTaker interface {
	declare(reason string) error
	assign(account string, record token.Token, s span) error
	follow(record token.Token, office string) error
}

// reasons reads the reasons of the rules at path, and the files that they name.
func (file *rulesFile) reasons(path string, sealer *recordSealer, zone *time.Location, to reasonTaker) error {
	for _, one := range file.Reasons {
		for _, reason := range one.Declared {
			if err := to.declare(reason); err != nil {
				return err
			}
		}
		if one.Assigned != "" {
			if err := readAssigned(beside(path, one.Assigned), sealer, zone, to.assign); err != nil {
				return badRules(path, err)
			}
		}
		if one.SameOffice != "" {
			if err := readCells(beside(path, one.SameOffice), []string{"record", "office"}, nil, func(c []string) error {
				return to.follow(sealer.token(c[0]), c[1])
			}); err != nil {
				return badRules(path, err)
			}
		}
	}
	return nil
}

// readAssigned reads whose file is assigned to whom, from when to when.
func readAssigned(path string, sealer *recordSealer, zone *time.Location, each func(string, token.Token, span) error) error {
	return readCells(path, []string{"account", "record"}, []string{"from", "to"}, func(c []string) error {
		s, err := spanOf(c[2], c[3], zone)
		if err != nil {
			return err
		}
		return each(c[0], sealer.token(c[1]), s)
	})
}

// ruleTime reads a time in a file that rules name. A day is its first instant, or its end.
func ruleTime(text string, zone *time.Location, end bool) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, text)
	if err == nil {
		return t, nil
	}
	if t, err = time.ParseInLocation(time.DateOnly, text, zone); err != nil {
		return t, errors.New("a time is written 2026-03-01 or 2026-03-01T08:00:00Z")
	}
	if end {
		t = t.AddDate(0, 0, 1) // the last day counts
	}
	return t, nil
}

func zoneOf(o *watch.Options) *time.Location {
	if o.Zone == nil {
		return time.UTC
	}
	return o.Zone
}

// sealers are what seals the record ids of logs while they are read.
func sealers(key *seal.Key) func() func([]byte) token.Token {
	return func() func([]byte) token.Token { return (&recordSealer{key: key}).bytes }
}

// recordSealer makes tokens of record ids, as the register's own are sealed when they are
// imported.
type recordSealer struct {
	key   *seal.Key
	split field.Splitter
}

func (s *recordSealer) token(id string) token.Token { return s.bytes([]byte(id)) }

// bytes is 0 for what is no record id.
func (s *recordSealer) bytes(id []byte) token.Token {
	parts, validity, _ := s.split.Split(kind.RecordID, 1, id)
	if validity == field.Empty || len(parts) == 0 {
		return 0
	}
	return s.key.Token(token.Column{Kind: kind.RecordID, Occurrence: 1}, parts[0].Text)
}

var errNoColumn = errors.New("has no column")

// readCells reads a CSV file with a header. Its columns are found by name: all that must
// be there, then those that may.
func readCells(path string, must, may []string, each func([]string) error) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("reading a file that they name: %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	in := csv.NewReader(f)
	in.ReuseRecord = true
	header, err := in.Read()
	if err != nil {
		return fmt.Errorf("%s has no header", filepath.Base(path))
	}
	var at []int
	for i, name := range slices.Concat(must, may) {
		found := slices.Index(header, name)
		if found < 0 && i < len(must) {
			return fmt.Errorf("%s %w %s", filepath.Base(path), errNoColumn, name)
		}
		at = append(at, found)
	}
	cells := make([]string, len(at))
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			line := 0
			if e, ok := errors.AsType[*csv.ParseError](err); ok {
				line = e.Line
			}
			return fmt.Errorf("%s is no CSV at line %d", filepath.Base(path), line)
		}
		for i, c := range at {
			if cells[i] = ""; c >= 0 {
				cells[i] = string([]byte(record[c]))
			}
		}
		if err := each(cells); err != nil {
			line, _ := in.FieldPos(0)
			return fmt.Errorf("%s, line %d: %w", filepath.Base(path), line, err)
		}
	}
}
