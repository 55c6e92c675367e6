package reminder_test

import (
	"strings"
	"testing"
	"time"

	"constat.example/desk/deadline"
	"constat.example/desk/reminder"
)

var aware = time.Date(2026, 4, 20, 12, 17, 0, 0, time.UTC)

// of reminds at an instant after the awareness of a breach.
func of(t *testing.T, after time.Duration, within ...time.Duration) ([]reminder.Reminder, int) {
	t.Helper()
	c, err := deadline.Parse([]byte(`case: forum
parties:
  - {id: agency, name: The agency, country: FR, controller: true, nis2: none, financial: none, telecom: false, health: false}
events:
  - {kind: aware, party: agency, at: "2026-04-20T12:17Z"}
`))
	if err != nil {
		t.Fatal(err)
	}
	book, err := deadline.Rules()
	if err != nil {
		t.Fatal(err)
	}
	duties, err := deadline.Duties(book, c, aware.Add(after))
	if err != nil {
		t.Fatal(err)
	}
	return reminder.Of(c, duties, within, aware.Add(after))
}

func TestOf(t *testing.T) {
	t.Parallel()
	ids := map[string]bool{}
	for _, c := range []struct {
		after  time.Duration
		want   string // how long before; "-": no reminder
		unsure int    // the complaint of who is insured, which nobody said
	}{
		{47 * time.Hour, "-", 0},
		{48 * time.Hour, "24h0m0s", 1},
		{68 * time.Hour, "4h0m0s", 1},
		{72 * time.Hour, "4h0m0s", 1},
		{72*time.Hour + time.Second, "", 1},
		{900 * time.Hour, "", 1},
	} {
		all, unsure := of(t, c.after, 24*time.Hour, 4*time.Hour)
		got := "-"
		if len(all) > 0 {
			got = all[0].Within
			ids[all[0].ID] = true
			if r := all[0]; r.Overdue != (got == "") || r.Rule != "gdpr-33-1" || !r.What.Whole() || !r.Article.Whole() || !r.Standing.Whole() || !r.Due.Equal(aware.Add(72*time.Hour)) {
				t.Errorf("after %s: %+v", c.after, r)
			}
		}
		if got != c.want || len(all) > 1 || unsure != c.unsure {
			t.Errorf("after %s: %q (%d, %d unsure), want %q", c.after, got, len(all), unsure, c.want)
		}
	}
	if len(ids) != 3 {
		t.Errorf("%d reminders of three times", len(ids))
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	soon, _ := of(t, 70*time.Hour, 24*time.Hour)
	late, _ := of(t, 80*time.Hour, 24*time.Hour)
	for _, c := range []struct {
		all               []reminder.Reminder
		lang, subject, in string
	}{
		{soon, "en", "Constat, due soon: CNIL: notification of the breach (forum)", "Case forum – The agency\n  CNIL: notification of the breach (GDPR 33(1))\n  2 h left, until Thursday 23 April 2026, 14:17.\n  Noted 2026-04-23 10:17 UTC.\n  constat case deadlines forum\n"},
		{late, "fr", "Constat, échéance passée\u00a0: CNIL\u00a0: notification de la violation (forum)", "Dossier forum – The agency\n"},
		{append(soon, late...), "en", "Constat, 2 deadlines (overdue: 1): CNIL: notification of the breach (forum)…", "8 h ago"},
		{append(late, soon...), "fr", "Constat, 2 échéances (passées\u00a0: 1)\u00a0: CNIL\u00a0: notification de la violation (forum)…", "aucune donnée des personnes"},
	} {
		subject, text := reminder.Mail(c.all, c.lang)
		if subject != c.subject || !strings.Contains(text, c.in) {
			t.Errorf("%q\n%s", subject, text)
		}
	}
	if got := reminder.CEF(&late[0]); !strings.HasPrefix(got, "CEF:0|Constat|constat|1|deadline|CNIL: notification of the breach|10|externalId="+late[0].ID+" rt=1776975420000 end=1776946620000 cs1Label=case cs1=forum") || !strings.Contains(got, "msg=Nothing is recorded") {
		t.Error(got)
	}
}
