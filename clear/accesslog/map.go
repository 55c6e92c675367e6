package accesslog

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"constat.example/blind/access"
	"constat.example/blind/kind"
	"constat.example/internal/failure"
)

// Map says what the parts of a log are, where their names do not.
type Map struct {
	Format  string
	Zone    *time.Location
	Fields  map[field]string // path or header of each field that is named
	Actions map[string]access.Action
	Paths   []pattern

	Tables  []string             // of databases: the relations whose reads count; none: all
	Keys    []string             // of databases: the columns that hold the record id; none: id
	Columns map[string]kind.Kind // of databases: what columns hold, as far as people are sought by it
	Reasons []string             // business reasons that may be told in words; others are free text
}

// sql is made to look at statements.
func (m *Map) sql() sql {
	s := sql{keys: [][]byte{[]byte("id")}}
	if m == nil {
		return s
	}
	if len(m.Keys) > 0 {
		s.keys = nil
	}
	for _, key := range m.Keys {
		s.keys = append(s.keys, []byte(key))
	}
	for _, table := range m.Tables {
		s.tables = append(s.tables, []byte(table))
	}
	s.columns = m.Columns
	return s
}

func (m *Map) format() string {
	if m == nil {
		return ""
	}
	return m.Format
}

const mapHint = `Write it as YAML, for example:
format: json
zone: Europe/Paris
fields:
  time: ts
  account: user.login
  record: dossier.id
actions:
  CONSULTATION: read
paths:
  - match: /api/dossiers/{record}
    action: read`

// largestMap is far more than a map takes.
const largestMap = 1 << 20

// ReadMap reads a map file.
func ReadMap(path string) (*Map, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, failure.New(failure.BadInput, "Check the path given to --map.", "reading the map file: %w", err)
	}
	if info.Size() > largestMap {
		return nil, failure.New(failure.BadInput, mapHint, "the map file %s is larger than %d bytes", path, largestMap)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, failure.New(failure.BadInput, "Check the path given to --map.", "reading the map file: %w", err)
	}
	m, err := parseMap(text)
	if err != nil {
		return nil, failure.New(failure.BadInput, mapHint, "the map file %s: %w", path, err)
	}
	return m, nil
}

func parseMap(text []byte) (*Map, error) {
	var file struct {
		Format  string            `yaml:"format"`
		Zone    string            `yaml:"zone"`
		Fields  map[string]string `yaml:"fields"`
		Actions map[string]string `yaml:"actions"`
		Paths   []struct {
			Match  string `yaml:"match"`
			Action string `yaml:"action"`
		} `yaml:"paths"`
		Tables  []string          `yaml:"tables"`
		Keys    []string          `yaml:"keys"`
		Columns map[string]string `yaml:"columns"`
		Reasons []string          `yaml:"reasons"`
	}
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.DisallowUnknownField()).Decode(&file); err != nil {
		if e, ok := errors.AsType[yaml.Error](err); ok && e.GetToken() != nil {
			return nil, fmt.Errorf("line %d is not as expected", e.GetToken().Position.Line)
		}
		return nil, errors.New("it is not the YAML expected")
	}
	m := &Map{Format: file.Format, Fields: map[field]string{}, Actions: map[string]access.Action{}, Tables: file.Tables, Keys: file.Keys, Columns: map[string]kind.Kind{}, Reasons: file.Reasons}
	if m.Format != "" && !slices.Contains(Formats(), m.Format) {
		return nil, fmt.Errorf("there is no format %q; the formats are %s", m.Format, strings.Join(Formats(), ", "))
	}
	if file.Zone != "" {
		zone, err := time.LoadLocation(file.Zone)
		if err != nil {
			return nil, fmt.Errorf("there is no time zone %q; they are named like Europe/Paris", file.Zone)
		}
		m.Zone = zone
	}
	for _, name := range slices.Sorted(maps.Keys(file.Fields)) {
		i := slices.Index(fieldNames[:], name)
		if i < 0 {
			return nil, fmt.Errorf("there is no field %q; the fields are %s", name, strings.Join(fieldNames[:], ", "))
		}
		m.Fields[field(i)] = file.Fields[name]
	}
	for _, name := range slices.Sorted(maps.Keys(file.Actions)) {
		a, err := access.ParseAction(file.Actions[name])
		if err != nil {
			return nil, err
		}
		m.Actions[name] = a
	}
	for _, name := range slices.Sorted(maps.Keys(file.Columns)) {
		k, err := kind.Parse(file.Columns[name])
		if err != nil {
			return nil, fmt.Errorf("the column %q: %w", name, err)
		}
		m.Columns[strings.ToLower(name)] = k
	}
	for _, p := range file.Paths {
		made, err := parsePattern(p.Match, p.Action)
		if err != nil {
			return nil, err
		}
		m.Paths = append(m.Paths, made)
	}
	return m, nil
}

// action reads what a log calls an action: by the map, else by words that say it.
func (m *Map) action(word []byte) (access.Action, bool) {
	if m != nil {
		if a, ok := m.Actions[string(word)]; ok {
			return a, true
		}
	}
	a, ok := verbs[string(word)]
	if !ok {
		a, ok = verbs[string(bytes.ToLower(word))]
	}
	return a, ok
}

// freeText stands for reasons that somebody wrote out, in which people may be named.
var freeText = []byte("(free text)")

// reason is a business reason as far as it may be told: one that the map lists, or a code.
func (m *Map) reason(text []byte) []byte {
	if len(text) == 0 {
		return nil
	}
	if m != nil {
		for _, one := range m.Reasons {
			if one == string(text) {
				return text
			}
		}
	}
	figures := 0
	for _, c := range text {
		switch {
		case isDigit(c):
			figures++
		case c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == '-' || c == '.' || c == '/':
		default:
			return freeText
		}
	}
	if len(text) > 24 || figures > 4 {
		return freeText
	}
	return text
}

// verbs are words that applications use for what was done.
var verbs = map[string]access.Action{
	"read": access.Read, "view": access.Read, "get": access.Read, "open": access.Read, "consult": access.Read, "consultation": access.Read, "lecture": access.Read, "show": access.Read, "display": access.Read, "affichage": access.Read,
	"search": access.Search, "find": access.Search, "query": access.Search, "recherche": access.Search, "lookup": access.Search,
	"list": access.List, "page": access.List, "liste": access.List, "browse": access.List,
	"write": access.Write, "update": access.Write, "create": access.Write, "edit": access.Write, "delete": access.Write, "modification": access.Write, "creation": access.Write, "suppression": access.Write, "insert": access.Write,
	"export": access.Export, "download": access.Export, "extraction": access.Export, "extract": access.Export, "print": access.Export, "telechargement": access.Export,
	"copy": access.Copy, "bulk": access.Copy, "dump": access.Backup, "backup": access.Backup, "sauvegarde": access.Backup,
	"login": access.Login, "logon": access.Login, "signin": access.Login, "connexion": access.Login, "authentication_success": access.Login,
	"login_failed": access.Refused, "login_failure": access.Refused, "refused": access.Refused, "authentication_failure": access.Refused, "echec_connexion": access.Refused, "failed_login": access.Refused,
	"logout": access.Logout, "logoff": access.Logout, "signout": access.Logout, "deconnexion": access.Logout,
	"denied": access.Denied, "forbidden": access.Denied, "refus": access.Denied, "logging": access.Logging,
}
