package register

import (
	"bytes"
	"testing"
	"time"

	"constat.example/blind/kind"
	"constat.example/blind/token"
)

func sample() Manifest {
	at := time.Date(2026, 4, 15, 8, 30, 0, 0, time.UTC)
	return Manifest{
		KeyID:  "k",
		Layout: token.LayoutOf([]kind.Kind{kind.RecordID, kind.Email, kind.Email}),
		Snapshots: []Snapshot{
			{ID: "0000", AsOf: at, People: 5, Added: 5, Columns: []SourceColumn{{Name: "mél", Kind: kind.Email}}, Files: []File{{Name: "0000-values.parquet", Bytes: 1, SHA256: "00"}}},
			{ID: "0001", AsOf: at.AddDate(0, 1, 0), People: 4, Added: 1, Gone: 2, ChangedValues: map[string]int64{"email": 1, "email_2": 2}, Filled: map[string]int64{"email": 4}},
		},
	}
}

func TestManifestThatDoesNotHoldTogether(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		spoil func(m *Manifest)
	}{
		{"snapshots out of order", func(m *Manifest) { m.Snapshots[1].AsOf = m.Snapshots[0].AsOf }},
		{"a snapshot that is missing", func(m *Manifest) { m.Snapshots = m.Snapshots[1:] }},
		{"people who do not add up", func(m *Manifest) { m.Snapshots[1].Gone = 1 }},
		{"more values than people", func(m *Manifest) { m.Snapshots[1].Filled["email"] = 5 }},
		{"fewer values than none", func(m *Manifest) { m.Snapshots[1].Filled["email"] = -1 }},
		{"changes that do not add up", func(m *Manifest) { m.Snapshots[1].History = &History{Read: 2, Applied: 1} }},
		{"a file elsewhere", func(m *Manifest) { m.Snapshots[0].Files[0].Name = "../0000-values.parquet" }},
		{"another segment's file", func(m *Manifest) { m.Snapshots[0].Files[0].Name = "0001-values.parquet" }},
	} {
		m := sample()
		test.spoil(&m)
		data, err := encode(m)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := decode(data); err == nil {
			t.Errorf("%s: accepted", test.name)
		}
	}
}

func FuzzDecode(f *testing.F) {
	data, err := encode(sample())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add(data[:len(data)/2])
	f.Add([]byte(`{"schema":"constat.register/2","columns":["email"],"snapshots":[]}`))
	f.Add([]byte(`{"schema":"constat.register/3","columns":["email"],"snapshots":[{"id":"0000","history":{"read":1,"same":1}}]}`))
	f.Add([]byte(`{"schema":"constat.register/1"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := decode(data)
		if err != nil {
			return
		}
		once, err := encode(m)
		if err != nil {
			t.Skipf("a year beyond 9999 is read and not written: %v", err)
		}
		again, err := decode(once)
		if err != nil {
			t.Fatal(err)
		}
		twice, err := encode(again)
		if err != nil || !bytes.Equal(once, twice) {
			t.Errorf("%s\nthen\n%s: %v", once, twice, err)
		}
	})
}
