package fold

import (
	"bytes"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestClean(t *testing.T) {
	for _, test := range []struct {
		name, in, want string
		damage         Damage
	}{
		{"nothing", "", "", Intact},
		{"blanks only", " \t\u00a0\u200b\ufeff ", "", Intact},
		{"byte order mark and bidi controls", "\ufeff\u202eabc\u202c", "abc", Intact},
		{"zero width inside", "a\u200bb\u2060c", "abc", Intact},
		{"non-breaking blanks", "\u00a0le\u202fjour\u00a0", "le jour", Intact},
		{"quotes", `""abc""`, "abc", Intact},
		{"spreadsheet text", `="0123"`, "0123", Intact},
		{"spreadsheet apostrophe", "'0123", "0123", Intact},
		{"guillemets", "«abc»", "abc", Intact},
		{"full width", "ＡＢ１２", "AB12", Intact},
		{"arabic digits", "٠١٢٣", "0123", Intact},
		{"decomposed", "e\u0301te\u0301", "été", Intact},
		{"dashes and apostrophes", "L’Haÿ–les", "L'Haÿ-les", Intact},
		{"cp1252 bytes", "Andr\xe9 \x9cuvre", "André œuvre", Intact},
		{"misread once", "AndrÃ©", "André", Repaired},
		{"misread twice", "AndrÃƒÂ©", "André", Repaired},
		{"misread apostrophe", "lâ€™Ã©tÃ©", "l'été", Repaired},
		{"misread ligature", "cÅ“ur", "cœur", Repaired},
		{"misread capital", "Ã‰TIENNE", "ÉTIENNE", Repaired},
		{"misread byte order mark", "ï»¿abc", "abc", Repaired},
		{"text that means what it says", "CAFÉ»", `CAFÉ"`, Intact},
		{"portuguese stays", "JOÃO", "JOÃO", Intact},
		{"vietnamese stays", "NGUYỄN VÂN", "NGUYỄN VÂN", Intact},
		{"lost characters", "Ren\ufffd", "Ren", Lost},
		{"nul and controls", "a\x00b\x1bc", "abc", Intact},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var c Cleaner
			got, damage := c.Clean([]byte(test.in), false)
			if string(got) != test.want || damage != test.damage {
				t.Errorf("got %q (damage %d), want %q (%d)", got, damage, test.want, test.damage)
			}
		})
	}
}

func TestWords(t *testing.T) {
	none := SetOf("")
	for _, test := range []struct{ name, in, want string }{
		{"accents", "éàüçñÿ", "EAUCNY"},
		{"ligatures", "Œuvre Ægir Straße ĳ", "OEUVRE AEGIR STRASSE IJ"},
		{"decomposed", "e\u0301", "E"},
		{"nordic and polish", "Øystein Łukasz Þór Đorđe", "OYSTEIN LUKASZ THOR DORDE"},
		{"cyrillic", "Щукин Жуков Юлия", "SHCHUKIN ZHUKOV IULIIA"},
		{"greek", "Γεώργιος Παπαδόπουλος", "GEORGIOS PAPADOPOULOS"},
		{"vietnamese", "Nguyễn", "NGUYEN"},
		{"presentation forms", "ﬁn", "FIN"},
		{"punctuation parts words", "D'Arc--Le.Goff", "D ARC LE GOFF"},
		{"other scripts stay", "王小明 אברהם", "王小明 אברהם"},
		{"nothing but signs", "÷×©", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := string(Words(nil, []byte(test.in), none)); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// The hand-written table agrees with Unicode wherever Unicode decomposes.
func TestLatinTable(t *testing.T) {
	if len(latin) != 0x180-0xC0 {
		t.Fatalf("the table has %d letters", len(latin))
	}
	for r := rune(0xC0); r < 0x180; r++ {
		d := norm.NFD.String(string(r))
		if len(d) == utf8.RuneLen(r) || d[0] >= utf8.RuneSelf {
			continue
		}
		if got, _ := appendLatin(nil, r); string(got) != string(unicode.ToUpper(rune(d[0]))) {
			t.Errorf("%U folds to %q, Unicode says %c", r, got, d[0])
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"", "AndrÃ©", "\"'=\"a\"'", "e\u0301\u200b", "i\u0307", "\u1100\u1161", "Ã\u0081\u00a0", "\xff\xc3\xa9", "ã©"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		var c, d Cleaner
		once, _ := c.Clean(bytes.Clone(in), true)
		if !utf8.Valid(once) {
			t.Fatalf("not UTF-8: %q", once)
		}
		twice, _ := d.Clean(bytes.Clone(once), true)
		if !bytes.Equal(once, twice) {
			t.Fatalf("cleaning %q gives %q, then %q", in, once, twice)
		}
		keep := SetOf("-")
		words := Words(nil, once, keep)
		if again := Words(nil, words, keep); !bytes.Equal(words, again) {
			t.Fatalf("folding %q gives %q, then %q", once, words, again)
		}
	})
}
