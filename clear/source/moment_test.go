package source

import (
	"strings"
	"testing"
	"time"

	"constat.example/blind/token"
	"constat.example/clear/table"
	"constat.example/internal/failure"
)

func TestInstant(t *testing.T) {
	t.Parallel()
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Skip("this machine has no time zones")
	}
	at := func(text string) int64 {
		when, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			t.Fatal(err)
		}
		return when.UnixMicro()
	}
	exact := func(text string) [2]int64 { return [2]int64{at(text), at(text)} }
	for text, want := range map[string][2]int64{
		"2026-01-31T18:00:00Z":           exact("2026-01-31T18:00:00Z"),
		"2026-01-31T18:00:00.123456789Z": exact("2026-01-31T18:00:00.123456Z"),
		"2026-01-31 18:00:00.5+02":       exact("2026-01-31T16:00:00.5Z"),
		"2026-01-31 18:00:00+02:00":      exact("2026-01-31T16:00:00Z"),
		"2026-01-31 18:00:00":            exact("2026-01-31T17:00:00Z"), // of Paris
		"2026-07-31 18:00":               exact("2026-07-31T16:00:00Z"),
		"2026-10-25 02:30:00":            exact("2026-10-25T00:30:00Z"), // there twice: the first
		"31/01/2026 18:00:00":            exact("2026-01-31T17:00:00Z"),
		"20260131180000":                 exact("2026-01-31T17:00:00Z"),
		"1769882400":                     exact("2026-01-31T18:00:00Z"),
		"1769882400123":                  exact("2026-01-31T18:00:00.123Z"),
		"1769882400123456":               exact("2026-01-31T18:00:00.123456Z"),
		"2026-01-31":                     {at("2026-01-30T23:00:00Z"), at("2026-01-31T23:00:00Z")},
		"2026-03-29":                     {at("2026-03-28T23:00:00Z"), at("2026-03-29T22:00:00Z")}, // of 23 hours
		"31/01/2026":                     {at("2026-01-30T23:00:00Z"), at("2026-01-31T23:00:00Z")},
		"":                               {token.Never, token.Never},
		"NULL":                           {token.Never, token.Never},
		"infinity":                       {token.Never, token.Never},
		"9999-12-31":                     {token.Never, token.Never},
		"1900-01-01 00:00:00":            {token.Always, token.Always},
		"-infinity":                      {token.Always, token.Always},
	} {
		from, to, ok := (&Clock{zone: paris}).instant([]byte(text), token.Never)
		if !ok || from != want[0] || to != want[1] {
			t.Errorf("%q: %v to %v, %v", text, time.UnixMicro(from).UTC(), time.UnixMicro(to).UTC(), ok)
		}
	}
	for _, text := range []string{"soon", "2026-13-01", "2026-02-30", "12", "2026-01-31 18:00:00 XYZ", "2026-01-31T25:00:00Z"} {
		if _, _, ok := (&Clock{zone: paris}).instant([]byte(text), token.Never); ok {
			t.Errorf("%q is taken for a time", text)
		}
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	batch := func(rows ...string) *table.Batch {
		b := new(table.Batch)
		b.Reset(0, 4)
		for i, r := range rows {
			for cell := range strings.SplitSeq(r, "|") {
				b.AppendString(cell)
			}
			b.EndRow(int64(i + 1))
		}
		return b
	}
	names := []string{"id", "Date début", "date_fin", "op"}
	c, err := NewClock(names, Times{}, true)
	if err != nil || strings.Join(c.Columns(), ",") != "Date début,date_fin,op" {
		t.Fatal(c, err)
	}
	moments, err := c.Read(batch("1|2026-01-01|2026-01-31|I", "2|2026-01-05||suppression"))
	if err != nil || len(moments) != 2 || moments[0].Gone || !moments[1].Gone || moments[1].End != token.Never || moments[0].EndTo-moments[0].End != 86_400_000_000 || !c.Days() {
		t.Errorf("%+v, %v", moments, err)
	}
	if moments, err = c.Read(batch("1|2026-01-01 10:00||")); err != nil || c.Days() || moments[0].Row != 1 || moments[0].Gone {
		t.Errorf("%+v, %v", moments, err)
	}
	for row, says := range map[string]string{
		"1|secret||":               `row 2: what stands in column "Date début" is no time`,
		"1|2026-01-01|secret|":     `row 2: what stands in column "date_fin" is no time`,
		"1|2026-01-02|2025-01-01|": `row 2: what stands in column "date_fin" is earlier`,
		"1|2026-01-02||secret":     `row 2: what stands in column "op" is no operation`,
		"1|infinity||":             `row 2: what stands in column "Date début" is no time`,
	} {
		_, err := c.Read(batch("1|2026-01-01||", row))
		if failure.CodeOf(err) != failure.BadInput || failure.HintOf(err) == "" || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", row, err)
		}
	}
	for _, test := range []struct {
		names    []string
		times    Times
		versions bool
		says     string
	}{
		{[]string{"id", "nom"}, Times{}, true, "no column tells when"},
		{[]string{"valid_from", "sys_start"}, Times{}, true, "may both be meant"},
		{[]string{"id", "a"}, Times{From: "b"}, true, `no column "b"`},
		{[]string{"id", "a"}, Times{From: "a", To: "a"}, false, "two things"},
	} {
		if _, err := NewClock(test.names, test.times, test.versions); failure.CodeOf(err) != failure.BadInput || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%v: %v", test.names, err)
		}
	}
	if c, err := NewClock([]string{"id", "horodatage"}, Times{}, true); err != nil || c.from != 1 || c.to != -1 {
		t.Errorf("an audit table: %+v, %v", c, err)
	}
}

func FuzzInstant(f *testing.F) {
	for _, text := range []string{"2026-01-31T18:00:00Z", "31/01/2026", "infinity", "1769882400", "2026-01-31 18:00:00.5+02", "9999-12-31"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c := &Clock{zone: time.UTC}
		from, to, ok := c.instant([]byte(text), token.Never)
		if ok && (to < from || to-from > 86_400_000_000) {
			t.Errorf("%q: from %d to %d", text, from, to)
		}
	})
}
