package kind_test

import (
	"testing"

	"constat.example/blind/kind"
)

func TestEveryKindIsNamedAndLabelled(t *testing.T) {
	seen := map[string]kind.Kind{}
	for _, k := range kind.All() {
		info := k.Info()
		if info.Name == "" || info.English == "" || info.French == "" || info.Sensitivity < kind.Simple {
			t.Errorf("kind %d lacks a name, a label or a sensitivity: %+v", k, info)
		}
		if other, dup := seen[info.Name]; dup {
			t.Errorf("kinds %d and %d share the name %q", other, k, info.Name)
		}
		seen[info.Name] = k
		got, err := kind.Parse(info.Name)
		if err != nil || got != k {
			t.Errorf("Parse(%q) = %v, %v; want %v", info.Name, got, err, k)
		}
	}
	if kind.Count > 63 {
		t.Error("exposure masks hold at most 63 kinds in a signed 64-bit column")
	}
}

func TestParseRefusesUnknownNames(t *testing.T) {
	if _, err := kind.Parse("nom_de_jeune_fille"); err == nil {
		t.Error("a name that is no kind was accepted")
	}
}

func TestSet(t *testing.T) {
	s := kind.Set(0).With(kind.Email).With(kind.NIR)
	if !s.Has(kind.Email) || s.Has(kind.Phone) {
		t.Errorf("wrong members in %v", s.Kinds())
	}
	if ks := s.Kinds(); len(ks) != 2 || ks[0] != kind.NIR || ks[1] != kind.Email {
		t.Errorf("Kinds() = %v, want nir then email", ks)
	}
}
