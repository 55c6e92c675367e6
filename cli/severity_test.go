package cli

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"constat.example/blind/kind"
	"constat.example/desk/casefile"
	"constat.example/desk/severity"
)

func TestSeverityRequest(t *testing.T) {
	t.Parallel()
	b := newBundle()
	r := want[DeskRequest](t, b, 0, "case", "severity", "forum", "--state", "malice=yes", "--adjust", "dpc-1:public", "--adjust", "ei=limited:context", "--take-back", "dpc:volume", "--reason", "x", "--seen", "3", "--lang", "fr")
	if got := fmt.Sprint(r.Act.Weighs); r.Case != "forum" || r.Seen != 3 || r.Act.Do != casefile.Weigh || r.Act.Reason != "x" || got != "[malice=yes dpc-1:public ei=limited:context dpc:volume]" {
		t.Errorf("%+v", r)
	}
	if !strings.Contains(b.out, "Un risque élevé est-il probable") {
		t.Error("it is not told in French")
	}
	for _, args := range []string{"--state malice", "--adjust volume", "--take-back x", "--reason x", "--lang de"} {
		if code := newBundle().run(append([]string{"case", "severity", "forum"}, strings.Fields(args)...)...); code != 2 {
			t.Errorf("%s: exit code %d", args, code)
		}
	}
}

func TestRemindRequest(t *testing.T) {
	t.Parallel()
	r := want[RemindRequest](t, newBundle(), 0, "case", "remind", "forum", "--within", "48h,4h", "--webhook", "http://x/", "--syslog", "y:1", "--outputs", "z", "--yes")
	got := []any{r.Case, r.Within, r.Webhook, r.Syslog, r.Outputs, r.Yes}
	if wanted := []any{"forum", []time.Duration{48 * time.Hour, 4 * time.Hour}, "http://x/", "y:1", "z", true}; !reflect.DeepEqual(got, wanted) {
		t.Errorf("asked for\n%v, want\n%v", got, wanted)
	}
	if r := want[RemindRequest](t, newBundle(), 0, "case", "remind"); r.Case != "" || len(r.Within) != 1 || r.Within[0] != 24*time.Hour || r.Yes {
		t.Errorf("%+v", r)
	}
}

func TestPageRequest(t *testing.T) {
	t.Parallel()
	b := newBundle()
	if r := want[PageRequest](t, b, 0, "case", "page", "forum", "--lang", "fr"); r.Case != "forum" || r.Lang != "fr" || b.out != "<!DOCTYPE html>" {
		t.Errorf("%+v, %q", r, b.out)
	}
	if r := want[PageRequest](t, newBundle(), 0, "case", "list", "--page", t.TempDir()+"/x.html"); r.Case != "" || r.Lang != "en" {
		t.Errorf("%+v", r)
	}
}

// TestClock: after a command on a case its clock is told, whichever way the case was
// named; not where the command failed or shows it itself.
func TestClock(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args string
		want string
	}{
		{"case mark forum --tlp red", "constat: clock of forum: A: 3 h left\n"},
		{"claim list --case forum", "constat: clock of forum: A: 3 h left\n"},
		{"assess a.csv", "constat: clock of forum-2026-04: A: 3 h left\n"},
		{"case mark late --tlp red", "attention: clock of late: A: 3 h ago; overdue besides: 1; next, C: 9 h left\n"},
		{"case mark none --tlp red", ""},
		{"case show forum", ""},
		{"case deadlines forum", ""},
		{"case mark forum --tlp pink", ""},
		{"case list", ""},
	} {
		b := newBundle()
		b.services.Clock = func(_ context.Context, r CaseRequest) ([]NextDuty, error) {
			switch r.Case {
			case "none":
				return nil, nil
			case "late":
				return []NextDuty{{What: "A", Standing: "3 h ago", Overdue: true}, {What: "B", Standing: "1 h ago", Overdue: true}, {What: "C", Standing: "9 h left"}}, nil
			}
			return []NextDuty{{What: "A", Standing: "3 h left"}, {What: "B", Standing: "9 h left"}}, nil
		}
		b.run(strings.Fields(c.args)...)
		at := strings.Index(b.err, "clock of")
		if got := b.err[strings.LastIndex(b.err[:max(at, 0)], "\n")+1:]; at < 0 && c.want != "" || at >= 0 && got != c.want {
			t.Errorf("%s says %q, want %q", c.args, b.err, c.want)
		}
	}
}

// TestSeverityView: what is said is shown before anything is assessed too, and arguments
// stand side by side within the width.
func TestSeverityView(t *testing.T) {
	t.Parallel()
	w, err := casefile.ParseAdjustment("dpc+1:volume")
	if err != nil {
		t.Fatal(err)
	}
	bare, err := severity.Assess(severity.Breach{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	severityView(&out, &Severity{Case: "forum", Said: []casefile.Weighed{{Weighing: w, Reason: "a year of files", Who: casefile.Person{Account: "dan"}}}, Assessment: bare}, "en", style{}, 80)
	if want := "Said, and counted once kinds of data are established: data (much data about each person): +1: a year of files (dan)"; !strings.Contains(out.String(), want) {
		t.Errorf("%q is not said in\n%s", want, &out)
	}
	yes := true
	full, err := severity.Assess(severity.Breach{People: 200_000, Stale: 150_000, Exposed: []severity.Exposed{{Kind: kind.IBAN, People: 9}, {Kind: kind.FullName, People: 9}}, Confidentiality: severity.Full, Malice: &yes, Unintelligible: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	out.Reset()
	severityView(&out, &Severity{Case: "forum", Assessed: true, Assessment: full}, "fr", style{}, 80)
	text := out.String()
	sides := text[strings.Index(text, "  Pour"):]
	for line := range strings.Lines(sides) {
		if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > 82 {
			t.Errorf("%d wide: %q", n, line)
		}
	}
	for _, want := range []string{"Plus de cent mille personnes", "incompréhensibles", "Il manque", "  Pour", "Contre"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not said", want)
		}
	}
}
