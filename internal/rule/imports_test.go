package rule

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"
)

// A ban keeps packages from knowing others. Folders stand for all that is in
// them; what is not of this module goes by its import path.
type ban struct {
	from    []string // who is bound; none: everybody
	except  []string // who of them is not
	to      []string // what they may not know
	allow   []string // what of it they may
	through bool     // neither through other packages
	tests   bool     // their tests are bound as well (in what they import themselves)
	reason  string
}

// judges see tokens only, and not the truth they are scored on.
var judges = []string{"blind", "clear", "desk", "selfcheck", "triage", "web"}

var bans = []ban{
	{
		from: []string{"blind", "desk", "web"}, to: []string{"clear"}, through: true, tests: true,
		reason: "the curtain: right of it no code can name a personal value",
	},
	{
		except: []string{"clear", "triage", "scenario", "selfcheck"}, to: []string{"clear"},
		reason: "triage alone sees both sides of the curtain (and the drill and the citizen's half, which have no other side)",
	},
	{
		from: []string{"clear"}, to: []string{"blind", "desk", "web", "triage", "cli"}, allow: []string{"blind/access", "blind/kind", "blind/token", "blind/shape"}, through: true,
		reason: "left of the curtain one prepares tokens and judges nothing: it shares the vocabulary only",
	},
	{
		from: judges, to: []string{"scenario"}, through: true,
		reason: "blind judges: no algorithm can see the truth it is scored on",
	},
	{
		except: []string{"scenario", "cli"}, to: []string{"scenario"},
		reason: "only the drill and demo commands and tests know the simulated agency",
	},
	{
		except: []string{"blind/engine/duckdb", "cli"}, to: []string{"blind/engine/duckdb"},
		reason: "engines are replaceable: only cli and tests choose one",
	},
	{
		except: []string{"blind/engine/duckdb"}, to: []string{"github.com/duckdb", "C"}, tests: true,
		reason: "DuckDB and cgo stay in blind/engine/duckdb",
	},
	{
		from: []string{"internal"}, to: []string{"blind", "clear", "desk", "web", "triage", "selfcheck", "scenario", "cli"}, through: true,
		reason: "internal/ knows no domain",
	},
	{
		from: []string{"cmd"}, to: []string{"blind", "clear", "desk", "web", "triage", "selfcheck", "scenario", "internal"},
		reason: "main calls cli.Run and nothing else, so that tests can call it too",
	},
	{
		except: []string{"cmd"}, to: []string{"cli"},
		reason: "cli is where the project is put together: nothing builds on it",
	},
	{
		from: judges, except: []string{"clear/deliver", "clear/accesslog", "web", "selfcheck"}, to: []string{"net/http", "net/smtp"},
		reason: "nothing leaves by itself: only what delivers, serves or asks speaks to the network",
	},
	{
		except: []string{"triage"}, to: []string{"internal/meet"},
		reason: "nothing leaves by itself: only the flow calls another organisation, when a person has said yes",
	},
	{
		from: judges, except: []string{"triage", "web/taxii"}, to: []string{"internal/fetch", "internal/taxii"},
		reason: "nothing is fetched unless a person named it: only the flow asks others, and what serves shares their messages",
	},
	{
		to: []string{"math/rand"}, allow: []string{"math/rand/v2"}, tests: true,
		reason: "math/rand seeds itself: take a seed with math/rand/v2, so that the same input gives the same output",
	},
}

// support is a package that only tests use, told by its name: enginetest.
func support(folder string) bool { return strings.HasSuffix(path.Base(folder), "test") }

// helpsTests reports whether an import is such a package, ours or Go's own.
func helpsTests(to string) bool {
	first, _, _ := strings.Cut(to, "/")
	return under(to, "testing") || support(to) && !strings.Contains(first, ".")
}

// graph is who imports what: folder → folders and foreign import paths, sorted.
type graph map[string][]string

// newGraph draws the imports of the files, or of their tests only.
func newGraph(files []sourceFile, tests bool) graph {
	g := graph{}
	for _, f := range files {
		if f.test == tests && !f.generator() {
			g[f.folder()] = append(g[f.folder()], f.imports()...)
		}
	}
	for folder, to := range g {
		slices.Sort(to)
		g[folder] = slices.Compact(to)
	}
	return g
}

// folders lists who imports, sorted.
func (g graph) folders() []string {
	var all []string
	for folder := range g {
		all = append(all, folder)
	}
	slices.Sort(all)
	return all
}

// chain returns the shortest chain of imports from a folder to one that hit
// likes, the folder first, or nil. It follows rooms of this module only: no
// foreign package can import them back.
func (g graph) chain(from string, hit func(string) bool) []string {
	before := map[string]string{from: ""}
	for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
		for _, to := range g[queue[0]] {
			if _, seen := before[to]; seen {
				continue
			}
			before[to] = queue[0]
			if !hit(to) {
				queue = append(queue, to)
				continue
			}
			var chain []string
			for at := to; at != ""; at = before[at] {
				chain = append(chain, at)
			}
			slices.Reverse(chain)
			return chain
		}
	}
	return nil
}

// breaches tells who breaks which ban, and by which way.
func breaches(files []sourceFile, bans []ban) []string {
	code, tests := newGraph(files, false), newGraph(files, true)
	var all []string
	for _, b := range bans {
		hit := func(to string) bool { return underAny(to, b.to) && !underAny(to, b.allow) }
		bound := func(folder string) bool {
			return (len(b.from) == 0 || underAny(folder, b.from)) && !underAny(folder, b.except)
		}
		for _, folder := range code.folders() {
			if !bound(folder) || (support(folder) && !b.tests) {
				continue
			}
			if b.through {
				if chain := code.chain(folder, hit); chain != nil {
					all = append(all, fmt.Sprintf("%s: %s", strings.Join(chain, " imports "), b.reason))
				}
				continue
			}
			for _, to := range code[folder] {
				if hit(to) && !under(to, folder) {
					all = append(all, fmt.Sprintf("%s imports %s: %s", folder, to, b.reason))
				}
			}
		}
		if !b.tests {
			continue
		}
		for _, folder := range tests.folders() {
			for _, to := range tests[folder] {
				if bound(folder) && hit(to) {
					all = append(all, fmt.Sprintf("a test of %s imports %s: %s", folder, to, b.reason))
				}
			}
		}
	}
	for _, folder := range code.folders() {
		for _, to := range code[folder] {
			if !support(folder) && helpsTests(to) {
				all = append(all, fmt.Sprintf("%s imports %s: help for tests stays in tests", folder, to))
			}
		}
	}
	return all
}

// leaks lists the files of cli that know the scenario without being a drill.
func leaks(files []sourceFile) []string {
	var all []string
	for _, f := range files {
		name := path.Base(f.path)
		if f.test || f.folder() != "cli" || strings.Contains(name, "drill") || strings.Contains(name, "demo") {
			continue
		}
		for _, to := range f.imports() {
			if under(to, "scenario") {
				all = append(all, f.path+" imports "+to+": within cli only the files of drill and demo know the simulated agency")
			}
		}
	}
	return all
}

func TestImports(t *testing.T) {
	t.Parallel()
	report(t, breaches(sources(t), bans))
	report(t, leaks(sources(t)))
}

func TestImportRulesCanFail(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		files map[string]string
		want  string // part of the one breach; empty: none
	}{
		{"straight through the curtain", map[string]string{"blind/link/a.go": "package link\nimport _ \"constat.example/clear/field\"\n"}, "blind/link imports clear/field: the curtain"},
		{
			"through others", map[string]string{
				"desk/report/a.go":   "package report\nimport _ \"constat.example/internal/x\"\n",
				"internal/x/a.go":    "package x\nimport _ \"constat.example/selfcheck/y\"\n",
				"selfcheck/y/a.go":   "package y\nimport _ \"constat.example/clear/seal\"\n",
				"clear/seal/seal.go": "package seal\n",
			}, "desk/report imports internal/x imports selfcheck/y imports clear/seal: the curtain",
		},
		{"a test behind the curtain", map[string]string{"web/a_test.go": "package web_test\nimport _ \"constat.example/clear/seal\"\n"}, "a test of web imports clear/seal: the curtain"},
		{"a file of another system", map[string]string{"blind/link/a_plan9.go": "//go:build plan9\n\npackage link\nimport _ \"constat.example/clear/field\"\n"}, "the curtain"},
		{"a room that looks alike", map[string]string{"blind/link/a.go": "package link\nimport _ \"constat.example/clearing\"\n"}, ""},
		{"triage sees both sides", map[string]string{"triage/a.go": "package triage\nimport _ \"constat.example/clear/field\"\nimport _ \"constat.example/blind/link\"\n"}, ""},
		{"cli sees one side", map[string]string{"cli/a.go": "package cli\nimport _ \"constat.example/clear/seal\"\n"}, "cli imports clear/seal: triage alone"},
		{"vocabulary is shared", map[string]string{"clear/seal/a.go": "package seal\nimport _ \"constat.example/blind/token\"\n"}, ""},
		{"judging before the curtain", map[string]string{"clear/seal/a.go": "package seal\nimport _ \"constat.example/blind/link\"\n"}, "judges nothing"},
		{"a judge that knows the truth", map[string]string{"triage/a.go": "package triage\nimport _ \"constat.example/scenario\"\n"}, "blind judges"},
		{"a test that knows the truth", map[string]string{"triage/a_test.go": "package triage\nimport _ \"constat.example/scenario\"\n"}, ""},
		{"the drill command", map[string]string{"cli/drill.go": "package cli\nimport _ \"constat.example/scenario\"\n"}, ""},
		{"another command", map[string]string{"cli/assess.go": "package cli\nimport _ \"constat.example/scenario\"\n"}, "cli/assess.go imports scenario"},
		{"a fixed engine", map[string]string{"triage/a.go": "package triage\nimport _ \"constat.example/blind/engine/duckdb\"\n"}, "engines are replaceable"},
		{"a test's engine", map[string]string{"triage/a_test.go": "package triage\nimport _ \"constat.example/blind/engine/duckdb\"\n"}, ""},
		{"DuckDB elsewhere", map[string]string{"blind/register/a_test.go": "package register\nimport _ \"github.com/duckdb/duckdb-go/v2\"\n"}, "DuckDB and cgo"},
		{"a domain in internal", map[string]string{"internal/clock/a.go": "package clock\nimport _ \"constat.example/desk/ledger\"\n"}, "internal/ knows no domain"},
		{"a fat main", map[string]string{"cmd/constat/main.go": "package main\nimport _ \"constat.example/triage\"\n"}, "main calls cli.Run"},
		{"test support in production", map[string]string{"triage/a.go": "package triage\nimport _ \"constat.example/internal/pgtest\"\n"}, "help for tests"},
		{"Go's test support in production", map[string]string{"triage/a.go": "package triage\nimport _ \"net/http/httptest\"\n"}, "help for tests"},
		{"testing in production", map[string]string{"triage/a.go": "package triage\nimport _ \"testing\"\n"}, "help for tests"},
		{"test support of tests", map[string]string{"internal/pgtest/a.go": "package pgtest\nimport _ \"testing\"\n"}, ""},
		{"a library called so", map[string]string{"triage/a.go": "package triage\nimport _ \"golang.org/x/nettest\"\n"}, ""},
		{"a generator is no part", map[string]string{"scenario/gen.go": "//go:build ignore\n\npackage main\nimport _ \"math/rand\"\n"}, ""},
		{"a judge that fetches", map[string]string{"desk/exchange/intake/a.go": "package intake\nimport _ \"constat.example/internal/fetch\"\n"}, "nothing is fetched"},
		{"the flow fetches", map[string]string{"triage/a.go": "package triage\nimport _ \"constat.example/internal/taxii\"\n"}, ""},
		{"chance without a seed", map[string]string{"scenario/a.go": "package scenario\nimport _ \"math/rand\"\n"}, "math/rand seeds itself"},
		{"chance with a seed", map[string]string{"scenario/a.go": "package scenario\nimport _ \"math/rand/v2\"\n"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			files := parseAll(t, c.files)
			got := append(breaches(files, bans), leaks(files)...)
			found := slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, c.want) })
			if c.want == "" && len(got) > 0 || c.want != "" && !found {
				t.Errorf("breaches %q, want one with %q", got, c.want)
			}
		})
	}
}

func TestEveryBanSaysWhy(t *testing.T) {
	t.Parallel()
	for i, b := range bans {
		if b.reason == "" || len(b.to) == 0 {
			t.Errorf("ban %d lacks a reason or bans nothing", i)
		}
	}
}
