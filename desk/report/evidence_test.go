package report

import "testing"

func TestEvidenceInFrench(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ english, want string }{
		{"88 % of 1,680 distinct values are frequent given names", "prénoms fréquents\u00a0: 88\u00a0% de 1\u202f680 valeurs distinctes"},
		{"none of 400 distinct values are dates", "dates\u00a0: aucune de 400 valeurs distinctes"},
		{"100 % of 3,085 rows with one of 2 values are sexes or titles", "sexes ou civilités\u00a0: 100\u00a0% de 3\u202f085 lignes qui se partagent 2 valeurs"},
		{"the register knows over 99 % of 400 distinct values as e-mail", "le registre connaît plus de 99\u00a0% de 400 valeurs distinctes (adresse électronique)"},
		{"the register knows 95 % of 400 distinct values as NIR", ""},
		{"the register knows 95 % of 400 distinct values as social security number (NIR)", "le registre connaît 95\u00a0% de 400 valeurs distinctes (numéro de sécurité sociale (NIR))"},
		{`the name "code % \"d\"" says postcode`, `le nom "code % \"d\"" annonce` + "\u00a0: code postal"},
		{`the name "x" says something else`, `le nom "x" annonce` + "\u00a0: autre chose"},
		{`the name "ip" says IP address`, `le nom "ip" annonce` + "\u00a0: adresse IP"},
		{"22 cells: shape is not that of the kind", "cellules (22)\u00a0: forme qui n’est pas celle de la catégorie"},
		{"22 cells: a reason of a later version", ""},
		{"there are only 3 distinct values in 1,200 rows", "il n’y a que 3 valeurs distinctes pour 1\u202f200 lignes"},
		{"the map file says so", "le fichier de correspondance le dit"},
		{`the column "mail" already holds the e-mail`, `la colonne "mail" contient déjà cette catégorie (adresse électronique)`},
		{"a sentence of a later version", ""},
		{"", ""},
	} {
		got := french.evidence(test.english)
		want := text{Text: test.want}
		if test.want == "" {
			want = text{Text: test.english, English: true}
		}
		if got != want {
			t.Errorf("%q: %+v, want %+v", test.english, got, want)
		}
		if got := english.evidence(test.english); got != (text{Text: test.english}) {
			t.Errorf("%q: in English %+v", test.english, got)
		}
	}
}

func TestDialectInFrench(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		`separator ';', quote '"', header, UTF-8`:                  `séparateur ';', guillemet '"', en-tête, UTF-8`,
		`separator tab with blanks, escape '\', no header, UTF-16`: `séparateur tabulation entouré de blancs, échappement '\', sans en-tête, UTF-16`,
		"one column for each key, UTF-8":                           "une colonne par clé, UTF-8",
		"something else":                                           "",
	} {
		got := french.dialect(said)
		if want == "" {
			want = said
			if !got.English {
				t.Errorf("%q is not marked as English", said)
			}
		}
		if got.Text != want {
			t.Errorf("%q: %q, want %q", said, got.Text, want)
		}
	}
}
