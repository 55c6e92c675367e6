package alarm_test

import (
	"strings"
	"testing"
	"time"

	"constat.example/blind/watch"
	"constat.example/desk/alarm"
)

// Every rule and sign has its words in both languages, and they take what they are given.
func TestWords(t *testing.T) {
	t.Parallel()
	for _, rule := range watch.Rules() {
		a := watch.Alarm{Rule: rule, Account: "c031", Address: "192.0.2.7", People: 1234, Usual: 41.4, Peers: 38, Bits: 31, Signs: watch.Signs(), By: "record_id", Step: 1, Run: 30, Since: "2026-03-02", Title: "many reads"}
		for _, l := range []alarm.Language{alarm.English, alarm.French} {
			text := alarm.Title(&a, l) + "\n" + strings.Join(alarm.Sentences(&a, l), "\n")
			if strings.HasPrefix(text, "\n") || strings.Contains(text, "%!") || strings.Contains(text, ", ,") || strings.Contains(text, ": ,") || !strings.Contains(text, "c031") {
				t.Errorf("%s in %s: %s", rule, l, text)
			}
			if n := len(alarm.Sentences(&a, l)); n < 2 {
				t.Errorf("%s in %s: %d sentences", rule, l, n)
			}
		}
	}
}

func TestSentences(t *testing.T) {
	t.Parallel()
	a := watch.Alarm{Rule: watch.Day, Account: "c031", Address: "192.0.2.7", People: 1234, Usual: 41.4, Peers: 38, Bits: 31, Signs: []watch.Sign{watch.NewAddress}}
	for l, want := range map[alarm.Language]string{
		alarm.English: "c031 read 1,234 people from 192.0.2.7; it usually reads 41, its office 38.|By chance alone this happens once in a billion or less.|Besides: an address that is new to it.",
		alarm.French:  "c031 a consulté 1\u202f234 personnes depuis 192.0.2.7 ; d’ordinaire 41, son service 38.|Le hasard seul le donne une fois sur un milliard ou moins.|De plus : une adresse nouvelle pour lui.",
	} {
		if got := strings.Join(alarm.Sentences(&a, l), "|"); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestCEF(t *testing.T) {
	t.Parallel()
	a := watch.Alarm{ID: "0123456789ab", Rule: watch.Sigma, Title: `a|b\`, Account: "c=1\n2", At: time.UnixMilli(1000).UTC(), Severity: watch.Critical}
	got := alarm.CEF(&a)
	if !strings.HasPrefix(got, `CEF:0|Constat|constat|1|sigma|a\|b\\|10|externalId=0123456789ab rt=1000 cnt=0 suser=c\=1`) || strings.ContainsAny(got, "\n\r") {
		t.Error(got)
	}
}

// A mail tells the gravest first, and where to look.
func TestMail(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 2, 9, 5, 0, 0, time.UTC)
	all := []watch.Alarm{
		{Rule: watch.Walk, Severity: watch.High, At: at, Account: "c031", By: "record_id", Step: 1, Run: 30, People: 30},
		{Rule: watch.Honey, Severity: watch.Critical, At: at, Account: "c7", Address: "192.0.2.7"},
	}
	caseOf := func(a *watch.Alarm) string { return "alarm-" + a.Account }
	subject, text := alarm.Mail(all, caseOf, alarm.French)
	if subject != "Constat, 2 alertes dont 1 critiques : une personne inventée a été consultée (c7)…" || !strings.HasPrefix(text, `2026-03-02 09:05 UTC  [critique] une personne inventée a été consultée
  c7 a consulté le dossier d’une personne inventée depuis 192.0.2.7 : aucun travail n’y mène.
  constat case show alarm-c7

2026-03-02 09:05 UTC  [élevée] des dossiers`) {
		t.Errorf("%s\n%s", subject, text)
	}
	subject, _ = alarm.Mail(all[:1], caseOf, alarm.English)
	if subject != "Constat, high alarm: records gone through one after the other (c031)" {
		t.Error(subject)
	}
	many := make([]watch.Alarm, 70)
	for i := range many {
		many[i] = all[0]
	}
	if _, text := alarm.Mail(many, caseOf, alarm.English); !strings.Contains(text, "… and 20 more") || strings.Count(text, "case show") != 50 {
		t.Error(text)
	}
}
