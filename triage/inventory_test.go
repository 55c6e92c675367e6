package triage

import (
	"reflect"
	"strings"
	"testing"
)

func TestInventory(t *testing.T) {
	t.Parallel()
	got, err := parseInventory([]byte(`- name: nightly backup
  kind: backup
  since: 2024-01-01
- name: Mutuelle
  kind: partner
  until: 2025-06-30
  share: 40%
  logged: yes
- {name: stand-by, kind: replica, share: 0.5, logged: "no"}
`))
	want := []outlet{
		{Name: "nightly backup", Kind: "backup", Since: "2024-01-01", Share: 1},
		{Name: "Mutuelle", Kind: "partner", Until: "2025-06-30", Share: 0.4, Logged: true},
		{Name: "stand-by", Kind: "replica", Share: 0.5},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	if o := want[1].outlet(); o.From != 0 || o.To != 1_751_328_000_000_000 {
		t.Errorf("until the end of its last day: %+v", o)
	}
	for text, says := range map[string]string{
		"- name: x\n  kind: tape\n":                    "entry 1 has no kind",
		"- kind: backup\n":                             "entry 1 has no name",
		"- {name: x, kind: backup, share: 140%}\n":     "share",
		"- {name: x, kind: backup, since: 1/2/2024}\n": "day",
		"- {name: x, kind: backup, logged: perhaps}\n": "yes or no",
		"- {name: x, kind: backup, secret: dupont}\n":  "",
		"name: x\n": "",
		"- {name: x, kind: backup}\n- {name: y, kind: z}\n": "entry 2",
	} {
		if _, err := parseInventory([]byte(text)); err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "dupont") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// FuzzInventory: whatever the file holds, entries are whole or there is an error.
func FuzzInventory(f *testing.F) {
	f.Add([]byte("- {name: x, kind: backup, share: 40%, since: 2024-01-01, logged: yes}\n"))
	f.Add([]byte("- name: [\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		all, err := parseInventory(text)
		if err != nil {
			return
		}
		for _, o := range all {
			if o.Name == "" || o.Share < 0 || o.Share > 1 || o.Share != o.Share {
				t.Errorf("%+v", o)
			}
			_ = o.outlet() // it must not fail
		}
	})
}
