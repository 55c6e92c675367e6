package field

import (
	"testing"

	"constat.example/blind/kind"
)

func TestSurname(t *testing.T) {
	t.Parallel()
	testCells(t, kind.BirthSurname, []cell{
		{"bidi and blanks", "\u202e dupont\u200b ", "DUPONT", Valid, NoReason},
		{"accents", "Lefèvre", "LEFEVRE", Valid, NoReason},
		{"ligature", "Lecœur", "LECOEUR", Valid, NoReason},
		{"decomposed", "Le\u0301vy", "LEVY", Valid, NoReason},
		{"apostrophe", "d’Ormesson", "D ORMESSON", Valid, NoReason},
		{"double hyphen", "DUPONT--MARTIN", "DUPONT MARTIN", Valid, NoReason},
		{"title", "Mme DUPONT", "DUPONT", Valid, NoReason},
		{"couple", "M. et Mme DUPONT", "DUPONT", Valid, NoReason},
		{"particles stay", "de la Tour", "DE LA TOUR", Valid, NoReason},
		{"born", "DUPONT (née MARTIN)", "DUPONT NEE MARTIN", Valid, NoReason},
		{"married", "MARTIN ép. DUPONT", "DUPONT NEE MARTIN", Valid, NoReason},
		{"widow", "MARTIN veuve DUPONT", "DUPONT NEE MARTIN", Valid, NoReason},
		{"born alone", "née MARTIN", "MARTIN", Valid, NoReason},
		{"the surname NEE", "NEE", "NEE", Valid, NoReason},
		{"cyrillic", "Жуков", "ZHUKOV", Valid, NoReason},
		{"other script", "王", "王", Valid, NoReason},
		{"digits", "DUP0NT", "DUP0NT", Odd, NotASCII},
		{"no letters", "12345", "12345", Invalid, Shape},
	})
	testParts(t, kind.BirthSurname, [][2]string{
		{"DUPONT", "birth_surname=DUPONT"},
		{"DUPONT (née MARTIN)", "birth_surname=MARTIN; used_surname=DUPONT"},
		{"MARTIN épouse DUPONT", "birth_surname=MARTIN; used_surname=DUPONT"},
		{"DUPONT née MARTIN veuve PETIT", "birth_surname=MARTIN; used_surname=DUPONT"},
	})
	testParts(t, kind.UsedSurname, [][2]string{
		{"DUPONT", "used_surname=DUPONT"},
		{"née MARTIN", "birth_surname=MARTIN"},
	})
}

func TestGivenNames(t *testing.T) {
	t.Parallel()
	testParts(t, kind.GivenNames, [][2]string{
		{"Jean-Pierre", "given_names=JEAN PIERRE"},
		{"Jean Pierre", "given_names=JEAN; given_names_2=PIERRE"},
		{"Jean - Pierre Marie", "given_names=JEAN PIERRE; given_names_2=MARIE"},
		{"Marie, Claude;Anne/Zoé", "given_names=MARIE; given_names_2=CLAUDE; given_names_3=ANNE"},
		{"Marie Claude, Anne", "given_names=MARIE CLAUDE; given_names_2=ANNE"},
		{"Marie,", "given_names=MARIE"},
		{"Maria de Lourdes", "given_names=MARIA DE LOURDES"},
		{"Nour Eddine Ali", "given_names=NOUR EDDINE; given_names_2=ALI"},
		{"Abd el Kader", "given_names=ABD EL KADER"},
		{"Mme Marie", "given_names=MARIE"},
		{"Isabe lle", "given_names=ISABELLE"},
		{"Marie Anne", "given_names=MARIE; given_names_2=ANNE"},
		{"--", ""},
	})
	if got := parts(kind.GivenNames, 2, "Claude"); got != "given_names_2=CLAUDE" {
		t.Errorf("a second column gives %s", got)
	}
	if got := parts(kind.GivenNames, 3, "Claude Anne"); got != "given_names_3=CLAUDE" {
		t.Errorf("a third column gives %s", got)
	}
}

func TestFullName(t *testing.T) {
	t.Parallel()
	testParts(t, kind.FullName, [][2]string{
		{"DUPONT, Marie", "birth_surname=DUPONT; given_names=MARIE"},
		{"Marie DUPONT", "birth_surname=DUPONT; given_names=MARIE"},
		{"DUPONT Marie Claude", "birth_surname=DUPONT; given_names=MARIE; given_names_2=CLAUDE"},
		{"de LA TOUR Marie", "birth_surname=DE LA TOUR; given_names=MARIE"},
		{"Marie-Claude d'ARTAGNAN", "birth_surname=D ARTAGNAN; given_names=MARIE CLAUDE"},
		{"M. Marie DUPONT", "birth_surname=DUPONT; given_names=MARIE"},
		{"DUPONT MARIE", "birth_surname=DUPONT; given_names=MARIE"},
		{"marie dupont", "birth_surname=DUPONT; given_names=MARIE"},
		{"MARTIN BERNARD", "birth_surname=MARTIN; given_names=BERNARD"},
		{"DE LA TOUR JEAN PIERRE", "birth_surname=DE LA TOUR; given_names=JEAN; given_names_2=PIERRE"},
		{"zachazuah miell", "birth_surname=MIELL; given_names=ZACHAZUAH"},
		{"Marie DUPONT née MARTIN", "birth_surname=MARTIN; used_surname=DUPONT; given_names=MARIE"},
		{"DUPONT née MARTIN Marie", "birth_surname=MARTIN; used_surname=DUPONT; given_names=MARIE"},
		{"Dupont", "birth_surname=DUPONT"},
	})
	testCells(t, kind.FullName, []cell{
		{"given names with commas", "Dupont, Marie, Anne", "DUPONT, MARIE, ANNE", Valid, NoReason},
		{"surname and comma", "DE LA TOUR,", "DE LA TOUR,", Valid, NoReason},
		{"signs", "!!! ???", "", Empty, NoReason},
	})
}

func TestSex(t *testing.T) {
	t.Parallel()
	for want, cells := range map[string][]string{
		"1": {"M", "m.", "H", "1", "1.0", "Homme", "male", "Masculin", "Monsieur", "Mr", "M"},
		"2": {"F", "2", "Femme", "FEMALE", "féminin", "Mme", "Mlle", "Mrs", "Ms", "Madame"},
	} {
		for _, in := range cells {
			if got := parts(kind.Sex, 1, in); got != "sex="+want {
				t.Errorf("%q gives %s", in, got)
			}
		}
	}
	testCells(t, kind.Sex, []cell{
		{"couple", "M. et Mme", "M ET MME", Odd, Unlisted},
		{"a word", "rouge", "ROUGE", Invalid, Shape},
		{"unknown", "0", "", Empty, NoReason},
	})
}

func TestBirthDate(t *testing.T) {
	t.Parallel()
	testCells(t, kind.BirthDate, []cell{
		{"hostile", "1950-01-01'; DROP TABLE x", "1950 01 01 DROP TABLE X", Invalid, Shape},
		{"long", "11111111111111111111111", "11111111111111111111111", Invalid, Length},
		{"iso", "1951-05-06", "1951-05-06", Valid, NoReason},
		{"iso with time", "1951-05-06T00:00:00.000+02:00", "1951-05-06", Valid, NoReason},
		{"sql with time", "1951-05-06 00:00:00", "1951-05-06", Valid, NoReason},
		{"french", "06/05/1951", "1951-05-06", Valid, NoReason},
		{"short french", "6.5.1951", "1951-05-06", Valid, NoReason},
		{"two digits", "06-05-51", "1951-05-06", Odd, TwoDigits},
		{"two digits of this century", "06/05/12", "2012-05-06", Odd, TwoDigits},
		{"two digits, year first", "84-06-15", "1984-06-15", Odd, TwoDigits},
		{"month first by its figures", "05/16/1951", "1951-05-16", Odd, MonthFirst},
		{"eight digits", "19510506", "1951-05-06", Valid, NoReason},
		{"float", "19510506.0", "1951-05-06", Valid, NoReason},
		{"eight digits, day first", "06051951", "1951-05-06", Valid, NoReason},
		{"zero lost", "6051951", "1951-05-06", Odd, ZeroLost},
		{"six digits", "150684", "1984-06-15", Odd, TwoDigits},
		{"year and month in six", "198506", "1985-06-00", Odd, Partial},
		{"french words", "1er février 1950", "1950-02-01", Valid, NoReason},
		{"french short", "12 janv. 1950", "1950-01-12", Valid, NoReason},
		{"english words", "March 12, 1950", "1950-03-12", Valid, NoReason},
		{"english short", "12-MAR-50", "1950-03-12", Odd, TwoDigits},
		{"weekday", "lundi 6 mai 1951", "1951-05-06", Valid, NoReason},
		{"spreadsheet", "18750", "1951-05-02", Odd, Serial},
		{"year", "1950", "1950-00-00", Odd, Partial},
		{"year and month", "1950-03", "1950-03-00", Odd, Partial},
		{"month and year", "03/1950", "1950-03-00", Odd, Partial},
		{"unknown day", "00/03/1950", "1950-03-00", Odd, Partial},
		{"crossed out", "XX/XX/1950", "1950-00-00", Odd, Partial},
		{"month that is none", "19479316.0", "1947-93-16", Invalid, MonthWrong},
		{"day that is none", "31/02/1950", "1950-02-31", Invalid, DayWrong},
		{"not a leap year", "29/02/1900", "1900-02-29", Invalid, DayWrong},
		{"leap year", "29/02/2000", "2000-02-29", Valid, NoReason},
		{"to come", "2050-01-02", "2050-01-02", Invalid, YearWrong},
		{"seven digits", "1951956", "1951956", Invalid, Length},
		{"full width", "１９５１-０５-０６", "1951-05-06", Valid, NoReason},
		{"words", "hier", "HIER", Invalid, Shape},
	})
	var s Splitter
	s.MonthFirst(true)
	for in, want := range map[string]string{"03/04/1990": "1990-03-04", "25/04/1990": "1990-04-25", "1990-03-04": "1990-03-04"} {
		if ps, _, _ := s.Split(kind.BirthDate, 1, []byte(in)); string(ps[0].Text) != want {
			t.Errorf("month first, %s is %s", in, ps[0].Text)
		}
	}
}

func TestPlace(t *testing.T) {
	t.Parallel()
	testCells(t, kind.City, []cell{
		{"hyphens", "Villiers-sur-Marne", "VILLIERS SUR MARNE", Valid, NoReason},
		{"apostrophe", "L’Haÿ-les-Roses", "L HAY LES ROSES", Valid, NoReason},
		{"saint", "ST GERMAIN EN LAYE", "SAINT GERMAIN EN LAYE", Valid, NoReason},
		{"sainte", "Ste-Marie", "SAINTE MARIE", Valid, NoReason},
		{"sur", "Air s/ l'Adour", "AIR SUR L ADOUR", Valid, NoReason},
		{"sous", "Saint Didier s/s Ecouves", "SAINT DIDIER SOUS ECOUVES", Valid, NoReason},
		{"cedex", "PARIS CEDEX 07", "PARIS", Valid, NoReason},
		{"arrondissement", "Paris 15e Arrondissement", "PARIS", Valid, NoReason},
		{"arrondissement in figures", "LYON 3EME", "LYON", Valid, NoReason},
		{"arrondissement with zero", "Marseille 08", "MARSEILLE", Valid, NoReason},
		{"département", "Rennes (35)", "RENNES", Valid, NoReason},
		{"postcode", "35000 Rennes", "RENNES", Valid, NoReason},
		{"a number alone", "35000", "35000", Invalid, Shape},
	})
	testCells(t, kind.BirthPlaceCode, []cell{
		{"plain", "35238", "35238", Valid, NoReason},
		{"corsica", "2a004", "2A004", Valid, NoReason},
		{"zero lost", "1004", "01004", Odd, ZeroLost},
		{"float", "1004.0", "01004", Odd, ZeroLost},
		{"abroad", "99352", "99352", Valid, NoReason},
		{"abroad, short", "352", "99352", Odd, ZeroLost},
		{"arrondissement", "75115", "75056", Valid, NoReason},
		{"merged", "01091", "01033", Valid, NoReason},
		{"corsica of old", "20004", "2A004", Valid, NoReason},
		{"seine of old", "75012", "92012", Valid, NoReason},
		{"letters", "2C004", "2C004", Invalid, Shape},
		{"short", "12", "12", Invalid, Length},
	})
	testCells(t, kind.Country, []cell{
		{"french", "Algérie", "DZ", Valid, NoReason},
		{"english", "Algeria", "DZ", Valid, NoReason},
		{"insee", "99352", "DZ", Valid, NoReason},
		{"iso 3", "fra", "FR", Valid, NoReason},
		{"namibia", "NA", "NA", Valid, NoReason},
		{"apostrophe", "Côte d'Ivoire", "CI", Valid, NoReason},
		{"unlisted", "Atlantide", "ATLANTIDE", Odd, Unlisted},
	})
	testCells(t, kind.Region, []cell{
		{"number", "35", "35", Valid, NoReason},
		{"zero lost", "1", "01", Valid, NoReason},
		{"zero too many", "035", "35", Valid, NoReason},
		{"name", "Ille-et-Vilaine", "35", Valid, NoReason},
		{"both", "75 - Paris", "75", Valid, NoReason},
		{"region", "Bretagne", "BRETAGNE", Valid, NoReason},
		{"state", "nsw", "NSW", Odd, Unlisted},
	})
	testCells(t, kind.PostCode, []cell{
		{"plain", "35000", "35000", Valid, NoReason},
		{"zero lost", "1400", "01400", Odd, ZeroLost},
		{"float", "1400.0", "01400", Odd, ZeroLost},
		{"spreadsheet", `="01400"`, "01400", Valid, NoReason},
		{"blank", "35 000", "35000", Valid, NoReason},
		{"prefix", "F-35000", "35000", Valid, NoReason},
		{"abroad", "SW1A 1AA", "SW1A1AA", Odd, Foreign},
		{"zeros", "00000", "", Empty, NoReason},
	})
}

func TestNIR(t *testing.T) {
	t.Parallel()
	testCells(t, kind.NIR, []cell{
		{"blanks", "2 95 10 99 126 111 93", "2951099126111", Valid, NoReason},
		{"corsica 2B", "253072B07300470", "253072B073004", Valid, NoReason},
		{"corsica 2A", "253072A07300443", "253072A073004", Valid, NoReason},
		{"lower case", "253072a07300443", "253072A073004", Valid, NoReason},
		{"département 2C", "253072C07300443", "253072C073004", Invalid, Shape},
		{"wrong key", "295109912611199", "2951099126111", Invalid, KeyMismatch},
		{"no key", "2951099126111", "2951099126111", Odd, KeyMissing},
		{"month unknown", "2 84 20 2B 321 025 28", "284202B321025", Odd, MonthUnknown},
		{"month that is none", "2951399126111", "2951399126111", Invalid, MonthWrong},
		{"provisional", "7112312345678", "7112312345678", Odd, Provisional},
		{"migrant", "5112312345678", "5112312345678", Odd, Provisional},
		{"series 3", "3951099126111", "3951099126111", Odd, SeriesRare},
		{"short", "2 84 05 88 321 30", "284058832130", Invalid, Length},
		{"scientific", "2.92027648267166E+14", "2920276482671", Odd, Scientific},
		{"rounded", "1.92E+14", "192", Invalid, DigitsLost},
		{"zeros", "0000000000000", "", Empty, NoReason},
	})
	testParts(t, kind.NIR, [][2]string{
		{"2 95 10 99 126 111 93", "nir=2951099126111; nir_head=2951099; nir_tail=126111"},
		{"2 95 10 99 126 11", "nir=295109912611; nir_head=2951099; nir_tail=912611"},
		{"1.92E+14", ""},
	})
	if got := NIRKey([]byte("284052A321025")); got != 52 {
		t.Errorf("key %d, want 52", got)
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	testCells(t, kind.TaxNumber, []cell{
		{"plain", "30 23 217 600 053", "3023217600053", Valid, NoReason},
		{"float", "3023217600053.0", "3023217600053", Valid, NoReason},
		{"wrong key", "3023217600054", "3023217600054", Odd, KeyMismatch},
		{"first digit", "9701987765432", "9701987765432", Invalid, Shape},
		{"short", "07019877654", "07019877654", Invalid, Length},
	})
	testCells(t, kind.SIRET, []cell{
		{"siret", "732 829 320 00074", "73282932000074", Valid, NoReason},
		{"siren", "404833048", "404833048", Valid, NoReason},
		{"wrong digit", "73282932000079", "73282932000079", Invalid, KeyMismatch},
		{"post office", "356 000 000 09075", "35600000009075", Valid, NoReason},
		{"vat", "Fr 40 303 265 045", "303265045", Valid, NoReason},
		{"register", "RCS Nancy B 323 159 715", "323159715", Valid, NoReason},
	})
	testCells(t, kind.IBAN, []cell{
		{"french", "FR14 2004 1010 0505 0001 3M02 606", "FR1420041010050500013M02606", Valid, NoReason},
		{"greek", "GR16 0110 1050 0000 1054 7023 795", "GR1601101050000010547023795", Valid, NoReason},
		{"label", "IBAN: BE31435411161155", "BE31435411161155", Valid, NoReason},
		{"wrong digit", "FR1420041010050500013M02607", "FR1420041010050500013M02607", Invalid, KeyMismatch},
		{"rib", "20041 01005 0500013M026 06", "FR1420041010050500013M02606", Odd, BareRIB},
		{"masked", "FR14 **** **** **** **** *** 606", "FR14*******************606", Odd, Masked},
		{"short", "FR14", "FR14", Invalid, Length},
	})
	testParts(t, kind.IBAN, [][2]string{
		{"FR1420041010050500013M02606", "iban=FR1420041010050500013M02606; iban_head=FR142004101; iban_tail=00013M02606"},
		{"FR14 **** **** **** **** *** 606", ""},
	})
	testCells(t, kind.IDCard, []cell{
		{"old", "880692310285", "880692310285", Valid, NoReason},
		{"new", "X4RTBPFW4", "X4RTBPFW4", Valid, NoReason},
		{"abroad", "123-45.67", "1234567", Odd, Foreign},
		{"signs", "a=b&c=d", "A=B&C=D", Invalid, Shape},
	})
	testCells(t, kind.Passport, []cell{
		{"french", "12 AB 34567", "12AB34567", Valid, NoReason},
		{"abroad", "C01X00T47", "C01X00T47", Odd, Foreign},
	})
	testCells(t, kind.Permit, []cell{
		{"neph", "86 02 75 1001 23", "860275100123", Valid, NoReason},
		{"card", "13AA00002", "13AA00002", Valid, NoReason},
	})
	testCells(t, kind.RecordID, []cell{
		{"zeros stay", "000123", "000123", Valid, NoReason},
		{"float", "123.0", "123", Valid, NoReason},
		{"case", "rec-070-Org", "REC-070-ORG", Valid, NoReason},
		{"a zero", "0", "0", Valid, NoReason},
	})
	testCells(t, kind.Login, []cell{{"case", " JDupont42 ", "jdupont42", Valid, NoReason}})
	testParts(t, kind.Identifier, [][2]string{{"abc-1234", "identifier=ABC-1234; identifier_head=ABC; identifier_tail=234"}, {"abc", "identifier=ABC"}})
	testCells(t, kind.HouseNumber, []cell{
		{"plain", "154", "154", Valid, NoReason},
		{"float", "4.0", "4", Valid, NoReason},
		{"bis", "12bis", "12 BIS", Valid, NoReason},
		{"short bis", "12 B", "12 BIS", Valid, NoReason},
		{"letter", "12a", "12 A", Valid, NoReason},
		{"sign", "n° 0012", "12", Valid, NoReason},
		{"range", "12-14", "12", Odd, Several},
	})
}

func TestEmail(t *testing.T) {
	t.Parallel()
	testCells(t, kind.Email, []cell{
		{"case", " Jean.DUPONT@Mail.Example ", "jean.dupont@mail.example", Valid, NoReason},
		{"wrapped", `"Jean Dupont" <jean@mail.example>`, "jean@mail.example", Valid, NoReason},
		{"link", "mailto:jean@mail.example?subject=x", "jean@mail.example", Valid, NoReason},
		{"tag stays", "jean+achats@mail.example", "jean+achats@mail.example", Valid, NoReason},
		{"accents", "chloé@mail.example", "chloé@mail.example", Odd, NotASCII},
		{"international domain", "jean@société.example", "jean@xn--socit-esab.example", Odd, NotASCII},
		{"two", "a.b@mail.example; c@mail.example", "a.b@mail.example", Odd, Several},
		{"spelt out", "jean[at]mail.example", "jean@mail.example", Odd, Repairable},
		{"no domain", "jean@", "jean@", Invalid, Shape},
		{"no sign", "jean.mail.example", "jean.mail.example", Invalid, Shape},
		{"one label", "jean@localhost", "jean@localhost", Invalid, Shape},
	})
	testParts(t, kind.Email, [][2]string{
		{"j.dupont+x@mail.example", "email=j.dupont+x@mail.example; email_head=jdupont"},
	})
}

func TestPhone(t *testing.T) {
	t.Parallel()
	testCells(t, kind.Phone, []cell{
		{"blanks", "06 39 98 01 23", "+33639980123", Valid, NoReason},
		{"dots", "01.99.00.12.34", "+33199001234", Valid, NoReason},
		{"international", "+33 6 39 98 01 23", "+33639980123", Valid, NoReason},
		{"trunk zero", "+33 (0)6 39 98 01 23", "+33639980123", Valid, NoReason},
		{"double zero", "0033639980123", "+33639980123", Valid, NoReason},
		{"no plus", "33639980123", "+33639980123", Valid, NoReason},
		{"zero lost", "639980123", "+33639980123", Odd, ZeroLost},
		{"float", "639980123.0", "+33639980123", Odd, ZeroLost},
		{"label and extension", "Tél : 01 99 00 12 34 poste 12", "+33199001234", Valid, NoReason},
		{"two", "0639980123 / 0199001234", "+33639980123", Odd, Several},
		{"réunion", "0692 12 34 56", "+262692123456", Valid, NoReason},
		{"british", "+44 20 7946 0018", "+442079460018", Valid, NoReason},
		{"special", "0800 12 34 56", "+33800123456", Odd, Special},
		{"filler", "0600000000", "+33600000000", Odd, Filler},
		{"zeros", "0000000000", "", Empty, NoReason},
		{"short", "3646", "3646", Invalid, Length},
		{"no country", "+0639980123", "+33639980123", Valid, NoReason},
		{"words", "voir fiche", "VOIR FICHE", Invalid, Shape},
		{"rounded", "6.4E+08", "64", Invalid, DigitsLost},
		{"scientific", "6.39980123E+08", "+33639980123", Odd, ZeroLost},
	})
	testParts(t, kind.Phone, [][2]string{
		{"06 39 98 01 23", "phone=+33639980123; phone_head=+3363998; phone_tail=0123"},
	})
	if got := parts(kind.Phone, 2, "0639980123"); got != "phone_2=+33639980123; phone_2_head=+3363998; phone_2_tail=0123" {
		t.Errorf("a second column gives %s", got)
	}
}

func TestAddress(t *testing.T) {
	t.Parallel()
	testParts(t, kind.Address, [][2]string{
		{"154 Avenue Chardonnet", "address=AVENUE CHARDONNET; house_number=154"},
		{"12 bis, av. du Gal de Gaulle", "address=AVENUE DU GENERAL DE GAULLE; house_number=12 BIS"},
		{"12B R de l’Église", "address=RUE DE L EGLISE; house_number=12 BIS"},
		{"12 D'Artagnan", "address=D ARTAGNAN; house_number=12"},
		{"12-14 rue du 8 mai 1945", "address=RUE DU 8 MAI 1945; house_number=12"},
		{"12 bis av. Foch\n94350 Villiers-s/-Marne CEDEX 2\nFrance", "address=AVENUE FOCH; house_number=12 BIS; postcode=94350; city=VILLIERS SUR MARNE"},
		{"Immeuble Plein-Centre 60, avenue du Centre 78180 Montigny-le-Bretonneux", "address=AVENUE DU CENTRE; house_number=60; postcode=78180; city=MONTIGNY LE BRETONNEUX"},
		{"BP 80111 159, avenue Jacques-Douzans 31604 Muret", "address=AVENUE JACQUES DOUZANS; house_number=159; postcode=31604; city=MURET"},
		{"32bis Rue des Vosges93290", "address=RUE DES VOSGES; house_number=32 BIS; postcode=93290"},
		{"12e étage Rue Gustave-Delory 59017 Lille", "address=RUE GUSTAVE DELORY; postcode=59017; city=LILLE"},
		{"20 avenue de Ségur TSA 30719 75334 Paris Cedex 07", "address=AVENUE DE SEGUR TSA 30719; house_number=20; postcode=75334; city=PARIS"},
		{"94260 FRESNES", "postcode=94260; city=FRESNES"},
		{"Le Haut de la Rue du Bois", "address=LE HAUT DE LA RUE DU BOIS"},
		{"8 Stanley St", "address=STANLEY STREET; house_number=8"},
		{"12345 Main Street", "address=MAIN STREET; house_number=12345"},
		{"R. du Dr Roux", "address=RUE DU DOCTEUR ROUX"},
		{"Place St Pierre", "address=PLACE SAINT PIERRE"},
		{"BP 18", "address=BP 18"},
	})
	testCells(t, kind.Address, []cell{
		{"whole", "12 bis av Foch, 94350 Villiers", "12BIS AVENUE FOCH, 94350 VILLIERS", Odd, WholeAddress},
		{"no street", "94260 FRESNES", "94260 FRESNES", Odd, NoStreet},
	})
	testCells(t, kind.AddressExtra, []cell{
		{"building", "Bât. B, Esc. 2, Appt 12", "BATIMENT B ESCALIER 2 APPARTEMENT 12", Valid, NoReason},
		{"residence", "Rés. Les Lilas", "RESIDENCE LES LILAS", Valid, NoReason},
	})
}

func TestOtherKinds(t *testing.T) {
	t.Parallel()
	testCells(t, kind.IPAddress, []cell{
		{"4", "192.168.1.1", "192.168.1.1", Valid, NoReason},
		{"4 and port", "192.168.1.1:443", "192.168.1.1", Valid, NoReason},
		{"6", "2001:DB8:0:0::1", "2001:db8::1", Valid, NoReason},
		{"6 and port", "[2001:db8::1]:443", "2001:db8::1", Valid, NoReason},
		{"4 in 6", "::ffff:192.0.2.1", "192.0.2.1", Valid, NoReason},
		{"too large", "300.1.1.1", "300.1.1.1", Invalid, Shape},
	})
	testCells(t, kind.DateTime, []cell{
		{"rfc 3339", "2024-01-02T03:04:05.600+02:00", "2024-01-02T03:04:05.6+02:00", Valid, NoReason},
		{"sql", "2024-01-02 03:04:05", "2024-01-02T03:04:05", Valid, NoReason},
		{"french", "02/01/2024 03:04", "2024-01-02T03:04:00", Valid, NoReason},
		{"english", "2024-01-02 03:04:05 PM", "2024-01-02T15:04:05", Valid, NoReason},
		{"date", "2024-01-02", "2024-01-02", Valid, NoReason},
		{"seconds", "1700000000", "2023-11-14T22:13:20Z", Odd, Timestamp},
		{"milliseconds", "1700000000123", "2023-11-14T22:13:20.123Z", Odd, Timestamp},
		{"compact", "20240102030405", "2024-01-02T03:04:05", Valid, NoReason},
		{"hour that is none", "2024-01-02 25:00:00", "2024-01-02T25:00:00", Invalid, Shape},
	})
	for text, want := range map[string]Hash{
		"5f4dcc3b5aa765d61d8327deb882cf99":                                   Hex32,
		"0x5f4dcc3b5aa765d61d8327deb882cf99":                                 Hex32,
		"5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8":                           Hex40,
		"5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8":   Hex64,
		"*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19":                          MySQL41,
		"$2y$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy":       Bcrypt,
		"$argon2id$v=19$m=65536,t=2,p=1$gZiV/M1gPc22ElAH/Jh1Hw$CWOrkoo7oJBQ": Argon2,
		"$6$rounds=5000$saltsalt$abcdefgh":                                   Crypt,
		"{SSHA}0c0blFTXXNuAMHECS4uxrj3ZieMoWImr":                             LDAP,
		"XrY7u+Ae7tCTyyK7j1rNww==":                                           Base64,
		"azerty123":                                                          NoHash,
	} {
		if got := HashOf([]byte(text)); got != want {
			t.Errorf("%.12s… is %s, want %s", text, got, want)
		}
	}
	testCells(t, kind.Password, []cell{{"clear", "azerty 123", "azerty 123", Odd, NotHashed}})
	testCells(t, kind.FreeText, []cell{{"text", " bonjour ", "bonjour", Valid, NoReason}})
}
