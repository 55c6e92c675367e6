package triage

import (
	"bytes"
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
	"constat.example/blind/kind"
	"constat.example/blind/token"
	"constat.example/blind/watch"
	"constat.example/blind/watch/sigma"
	"constat.example/clear/field"
	"constat.example/clear/seal"
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

// madeUp is records of made-up people.
type madeUp map[token.Token]bool

// Has is of watch.MadeUp.
func (m madeUp) Has(t token.Token) bool { return m[t] }

// readWatchRules reads a rules file into the options of a watch. Files that it names lie
// beside it; the record ids in them are sealed as they are read.
func readWatchRules(path string, key *seal.Key, o *watch.Options) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return failure.New(failure.BadInput, "Check the path given to --rules.", "reading the rules: %w", err)
	}
	var file struct {
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
		Sigma  []string `yaml:"sigma"`
		Quiet  float64  `yaml:"quiet"`
		Least  int64    `yaml:"least"`
	}
	bad := func(err error) error {
		return failure.New(failure.BadInput, watchRulesHint, "the rules %s: %w", path, err)
	}
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.DisallowUnknownField()).Decode(&file); err != nil {
		if e, ok := errors.AsType[yaml.Error](err); ok && e.GetToken() != nil {
			return bad(fmt.Errorf("line %d is not as expected", e.GetToken().Position.Line))
		}
		return bad(errors.New("it is not the YAML expected"))
	}
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
	beside := func(name string) string {
		if filepath.IsAbs(name) {
			return name
		}
		return filepath.Join(filepath.Dir(path), name)
	}
	if file.MadeUp != "" {
		all := madeUp{}
		err := readCells(beside(file.MadeUp), []string{"record"}, nil, func(c []string) error {
			all[sealer.token(c[0])] = true
			return nil
		})
		if err != nil {
			return bad(err)
		}
		o.Honey = all
	}
	var all [][]byte
	for _, name := range file.Sigma {
		text, err := os.ReadFile(beside(name))
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
	for _, one := range file.Reasons {
		r.declared = append(r.declared, one.Declared...)
		if one.Assigned != "" {
			err := readCells(beside(one.Assigned), []string{"account", "record"}, []string{"from", "to"}, func(c []string) error {
				s := span{-1 << 63, 1<<63 - 1}
				for i, at := range []*int64{&s.from, &s.to} {
					if c[2+i] == "" {
						continue
					}
					t, err := time.Parse(time.RFC3339, c[2+i])
					if err != nil {
						if t, err = time.ParseInLocation(time.DateOnly, c[2+i], zoneOf(o)); err != nil {
							return errors.New("a time is written 2026-03-01 or 2026-03-01T08:00:00Z")
						}
						if i == 1 {
							t = t.AddDate(0, 0, 1) // the last day counts
						}
					}
					*at = t.UnixMicro()
				}
				a := assignment{c[0], sealer.token(c[1])}
				r.assigned[a] = append(r.assigned[a], s)
				return nil
			})
			if err != nil {
				return bad(err)
			}
		}
		if one.SameOffice != "" {
			err := readCells(beside(one.SameOffice), []string{"record", "office"}, nil, func(c []string) error {
				r.offices[sealer.token(c[0])] = c[1]
				return nil
			})
			if err != nil {
				return bad(err)
			}
		}
	}
	o.Reasons = r
	return nil
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
			return fmt.Errorf("%s has no column %s", filepath.Base(path), name)
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
