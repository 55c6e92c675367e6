package seal_test

import (
	"strings"
	"testing"

	"constat.example/blind/kind"
	"constat.example/blind/token"
	"constat.example/clear/mention"
	"constat.example/clear/seal"
)

func TestMentions(t *testing.T) {
	t.Parallel()
	kinds := []kind.Kind{kind.Email, kind.FreeText, kind.Unknown, kind.Unknown}
	s := seal.NewSealer(testKey(), seal.Columns{Kinds: kinds, Layout: token.LayoutOf(kinds), Search: []bool{false, true, true, false}})
	src := rows(4,
		"a@courriel.example", "tel 0639981234", "b@courriel.example", "voir c@courriel.example pour la suite du dossier",
		"", "NIR 1 85 05 78 006 084 91", "écrire à b@courriel.example au sujet du contrat", "",
		"", "", "", "",
	)
	got := s.Mentions(src)
	whole := func(k kind.Kind, text string) token.Token {
		return testKey().Token(token.Column{Kind: k, Occurrence: 1}, []byte(text))
	}
	want := []token.Mention{
		{Row: 100, Kind: kind.Phone, Value: whole(kind.Phone, "+33639981234")},
		{Row: 101, Kind: kind.NIR, Value: whole(kind.NIR, "1850578006084"), Checked: true},
		{Row: 101, Kind: kind.Email, Value: whole(kind.Email, "b@courriel.example")},
	}
	if len(got) != len(want) {
		t.Fatalf("%d mentions, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("mention %d is a %s of row %d", i, got[i].Kind, got[i].Row)
		}
	}
	if h := s.Heard(); h != (seal.Heard{Cells: 3, Mentions: 3}) {
		t.Errorf("heard %+v", h)
	}
	s.Mentions(rows(4, "", strings.Repeat("d@courriel.example ", mention.Most+5), "", ""))
	if h := s.Heard(); h != (seal.Heard{Cells: 4, Mentions: 3 + mention.Most + 5, Untold: 5}) {
		t.Errorf("heard %+v", h)
	}
	plain, _ := sealer(kind.FreeText)
	if got := plain.Mentions(rows(1, "a@courriel.example")); len(got) > 0 {
		t.Error("a source that is not to be searched was")
	}
}
