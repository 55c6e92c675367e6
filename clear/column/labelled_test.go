package column_test

import (
	"cmp"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"constat.example/internal/datatest"
	"constat.example/internal/publicfile"
)

// world is what people are drawn from: all names and communes of INSEE with
// their counts, not the short lists that typing knows.
type world struct {
	given    [3]weighted // by sex
	surnames weighted
	towns    weighted
	town     []town
	streets  []string
}

type town struct{ name, code, post string }

// weighted draws values in proportion to their counts.
type weighted struct {
	values []string
	upTo   []int
}

func (w *weighted) add(value string, n int) {
	if n <= 0 {
		return
	}
	total := n
	if len(w.upTo) > 0 {
		total += w.upTo[len(w.upTo)-1]
	}
	w.values, w.upTo = append(w.values, value), append(w.upTo, total)
}

func (w *weighted) index(r *rand.Rand) int {
	x := r.IntN(w.upTo[len(w.upTo)-1]) + 1
	i, _ := slices.BinarySearch(w.upTo, x)
	return i
}

func (w *weighted) draw(r *rand.Rand) string { return w.values[w.index(r)] }

var theWorld struct {
	sync.Once
	*world
	err error
}

// loadWorld makes the world once, or skips the test where its figures are missing.
func loadWorld(t testing.TB) *world {
	t.Helper()
	names, surnames := datatest.Path(t, "insee-prenoms/nat2022.csv.zip"), datatest.Path(t, "insee-noms/noms2008nat_txt.zip")
	communes, streets := datatest.Path(t, "fr-communes/communes.csv.gz"), datatest.Path(t, "fr-voies/carte-scolaire-35-voies.csv.gz")
	theWorld.Do(func() { theWorld.world, theWorld.err = makeWorld(names, surnames, communes, streets) })
	if theWorld.err != nil {
		t.Fatal(theWorld.err)
	}
	return theWorld.world
}

func makeWorld(names, surnames, communes, schools string) (*world, error) {
	w := &world{}
	perName := [3]map[string]int{{}, {}, {}}
	if err := publicfile.EachLine(names, func(line string) error {
		f := strings.Split(line, ";")
		sex, _ := strconv.Atoi(f[0])
		year, _ := strconv.Atoi(f[2])
		n, _ := strconv.Atoi(f[3])
		if year >= 1935 && year <= 2006 && !strings.HasPrefix(f[1], "_") {
			perName[sex][f[1]] += n
		}
		return nil
	}); err != nil {
		return nil, err
	}
	for sex := 1; sex <= 2; sex++ {
		for _, name := range sortedKeys(perName[sex]) {
			w.given[sex].add(name, perName[sex][name])
		}
	}
	if err := publicfile.EachLine(surnames, func(line string) error {
		f := strings.Split(line, "\t")
		total := 0
		for _, n := range f[1:] {
			x, _ := strconv.Atoi(n)
			total += x
		}
		if !strings.HasPrefix(f[0], "AUTRES") {
			w.surnames.add(f[0], total)
		}
		return nil
	}); err != nil {
		return nil, err
	}
	rows, err := publicfile.Rows(communes)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		people, _ := strconv.Atoi(r[5])
		posts := strings.Fields(strings.NewReplacer("|", " ", ",", " ", ";", " ", "/", " ").Replace(r[6]))
		if r[2] == "commune-actuelle" && len(posts) > 0 {
			w.towns.add(r[1], people)
			if people > 0 {
				w.town = append(w.town, town{r[1], r[0], posts[len(posts)/2]})
			}
		}
	}
	streets := map[string]bool{}
	rows, err = publicfile.Rows(schools)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		for _, cell := range r {
			for _, kind := range []string{"RUE ", "AVENUE ", "BOULEVARD ", "ALLEE ", "IMPASSE ", "CHEMIN ", "PLACE ", "ROUTE ", "SQUARE ", "COURS ", "QUAI "} {
				if strings.HasPrefix(strings.ToUpper(plain(cell)), kind) {
					streets[cell] = true
				}
			}
		}
	}
	for s := range streets {
		w.streets = append(w.streets, s)
	}
	slices.Sort(w.streets)
	if len(w.streets) == 0 {
		return nil, fmt.Errorf("no streets")
	}
	return w, nil
}

func sortedKeys(m map[string]int) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func plain(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		if r < 0x300 || r > 0x36F {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// citizen is an invented person.
type citizen struct {
	sex                                      int
	given, second, birth, used               string
	born                                     time.Time
	birthTown, town                          town
	order                                    int
	street, mail, login, mobile, fixed, iban string
	number                                   int
}

func (w *world) citizen(r *rand.Rand) citizen {
	c := citizen{sex: 1 + r.IntN(2), birth: w.surnames.draw(r), birthTown: w.town[w.towns.index(r)], town: w.town[w.towns.index(r)]}
	c.given, c.second = w.given[c.sex].draw(r), w.given[c.sex].draw(r)
	c.used = c.birth
	if c.sex == 2 && r.IntN(2) == 0 {
		c.used = w.surnames.draw(r)
	}
	c.born = time.Date(1935+r.IntN(70), 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, r.IntN(365))
	c.order, c.number = 1+r.IntN(600), 1+r.IntN(200)
	c.street = w.streets[r.IntN(len(w.streets))]
	letters := strings.NewReplacer(" ", "", "-", "", "'", "")
	g, s := letters.Replace(strings.ToLower(plain(c.given))), letters.Replace(strings.ToLower(plain(c.used)))
	c.mail = fmt.Sprintf("%s.%s%d@courrier%d.example", g, s, r.IntN(90), r.IntN(9))
	c.login = g[:1] + s + strconv.Itoa(r.IntN(100))
	c.mobile = fmt.Sprintf("063998%04d", r.IntN(10000))
	c.fixed = []string{"019900", "026191", "035301", "046571", "053649"}[r.IntN(5)] + fmt.Sprintf("%04d", r.IntN(10000))
	account := fmt.Sprintf("%05d%05d%011d", 10000+r.IntN(80000), r.IntN(100000), r.Int64N(1e11))
	bank, _ := strconv.Atoi(account[:5])
	branch, _ := strconv.Atoi(account[5:10])
	number, _ := strconv.Atoi(account[10:])
	bban := account + fmt.Sprintf("%02d", 97-(89*bank+15*branch+3*number)%97)
	n, _ := new(big.Int).SetString(bban+"152700", 10)
	c.iban = fmt.Sprintf("FR%02d%s", 98-new(big.Int).Mod(n, big.NewInt(97)).Int64(), bban)
	return c
}

func (c *citizen) nir() string {
	s := fmt.Sprintf("%d%02d%02d%s%03d", c.sex, c.born.Year()%100, c.born.Month(), c.birthTown.code, c.order)
	n, err := strconv.Atoi(strings.NewReplacer("2A", "19", "2B", "18").Replace(s))
	if err != nil {
		panic("a code that is no number")
	}
	return s + fmt.Sprintf("%02d", 97-n%97)
}

// maker makes a column: a label, headers it may have in the wild, and a
// function that chooses a format and then gives one value after another.
// Without a header the label is bare, where that differs.
type maker struct {
	label, bare string
	headers     string
	format      func(*rand.Rand) func(*rand.Rand, *citizen, int) string
}

// one is a format for all columns of a maker.
func one(f func(r *rand.Rand, c *citizen, row int) string) func(*rand.Rand) func(*rand.Rand, *citizen, int) string {
	return func(*rand.Rand) func(*rand.Rand, *citizen, int) string { return f }
}

// among draws one of several formats per column.
func among(fs ...func(r *rand.Rand, c *citizen, row int) string) func(*rand.Rand) func(*rand.Rand, *citizen, int) string {
	return func(r *rand.Rand) func(*rand.Rand, *citizen, int) string { return fs[r.IntN(len(fs))] }
}

// styled draws how letters are written: as they are, capitals, title case, without accents.
func styled(f func(r *rand.Rand, c *citizen, row int) string) func(*rand.Rand) func(*rand.Rand, *citizen, int) string {
	return func(r *rand.Rand) func(*rand.Rand, *citizen, int) string {
		style := r.IntN(4)
		return func(r *rand.Rand, c *citizen, row int) string {
			s := f(r, c, row)
			switch style {
			case 0:
				return strings.ToUpper(plain(s))
			case 1:
				return title(s)
			case 2:
				return strings.ToLower(s)
			}
			return s
		}
	}
}

func title(s string) string {
	out := []rune(strings.ToLower(s))
	for i := range out {
		if i == 0 || out[i-1] == ' ' || out[i-1] == '-' || out[i-1] == '\'' {
			out[i] = []rune(strings.ToUpper(string(out[i])))[0]
		}
	}
	return string(out)
}

func dated(of func(r *rand.Rand, c *citizen) time.Time, layouts ...string) func(*rand.Rand) func(*rand.Rand, *citizen, int) string {
	return func(r *rand.Rand) func(*rand.Rand, *citizen, int) string {
		layout := layouts[r.IntN(len(layouts))]
		return func(r *rand.Rand, c *citizen, _ int) string { return of(r, c).Format(layout) }
	}
}

func numbers(low, high int, format string) func(*rand.Rand) func(*rand.Rand, *citizen, int) string {
	return one(func(r *rand.Rand, _ *citizen, _ int) string { return fmt.Sprintf(format, low+r.IntN(high-low)) })
}

func choice(values ...string) func(*rand.Rand) func(*rand.Rand, *citizen, int) string {
	return one(func(r *rand.Rand, _ *citizen, _ int) string { return values[r.IntN(len(values))] })
}

var days = []string{"2006-01-02", "02/01/2006", "02-01-2006", "20060102", "02.01.2006", "02/01/06", "2006-01-02 00:00:00", "02012006", "2006/01/02", "1/2/2006"}

func birthday(_ *rand.Rand, c *citizen) time.Time { return c.born }

func lately(r *rand.Rand, _ *citizen) time.Time {
	return time.Date(2016, 3, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(r.Int64N(int64(8 * 365 * 24 * time.Hour))))
}

func luhn(s string) string {
	sum := 0
	for i := range s {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return s + strconv.Itoa((10-sum%10)%10)
}

func spaced(s string, groups ...int) string {
	var out []string
	for _, g := range groups {
		out, s = append(out, s[:g]), s[g:]
	}
	return strings.Join(append(out, s), " ")
}

// makers are columns of persons.
var makers = []maker{
	{"birth_surname", "birth_surname|used_surname", "nom;Nom;NOM;nom_famille;Nom de famille;surname;last_name;LastName;cli_nom;nom_naissance;NOM_NAISSANCE;nom de naissance;nomNaissance;patronyme;NOM_PATRONYMIQUE;t_nom;NomFamille;family name", styled(func(_ *rand.Rand, c *citizen, _ int) string { return c.birth })},
	{"given_names", "", "prenom;Prénom;PRENOM;prenoms;Prénoms;first_name;FirstName;given_name;Given Names;cli_prenom;prenom_usuel;PRENOM1;forename;prénom", styled(func(r *rand.Rand, c *citizen, _ int) string {
		switch r.IntN(8) {
		case 0:
			return c.given + " " + c.second
		case 1:
			return c.given + ", " + c.second
		}
		return c.given
	})},
	{"full_name", "", "nom_complet;Nom Prénom;NOM_PRENOM;full_name;FullName;nom et prénom;identite;Nom complet;titulaire;nomPrenom;display_name", func(r *rand.Rand) func(*rand.Rand, *citizen, int) string {
		style := r.IntN(5)
		return func(_ *rand.Rand, c *citizen, _ int) string {
			switch style {
			case 0:
				return strings.ToUpper(plain(c.used)) + " " + title(c.given)
			case 1:
				return title(c.given) + " " + title(c.used)
			case 2:
				return c.used + ", " + title(c.given)
			case 3:
				return strings.ToUpper(plain(c.given + " " + c.used))
			}
			return map[int]string{1: "M. ", 2: "Mme "}[c.sex] + title(c.given) + " " + strings.ToUpper(c.used)
		}
	}},
	{"sex", "", "sexe;SEXE;sex;gender;Genre;civilite;Civilité;civ;CODE_SEXE;lib_civilite;cli_sexe;title", among(
		func(_ *rand.Rand, c *citizen, _ int) string { return [...]string{"", "M", "F"}[c.sex] },
		func(_ *rand.Rand, c *citizen, _ int) string { return [...]string{"", "H", "F"}[c.sex] },
		func(_ *rand.Rand, c *citizen, _ int) string { return [...]string{"", "M.", "Mme"}[c.sex] },
		func(r *rand.Rand, c *citizen, _ int) string {
			return [...]string{"", "Monsieur", []string{"Madame", "Mademoiselle"}[r.IntN(2)]}[c.sex]
		},
		func(_ *rand.Rand, c *citizen, _ int) string { return [...]string{"", "male", "female"}[c.sex] },
	)},
	{"sex", "sex|unknown", "sexe;SEXE;sex;gender;Genre;code_sexe;CIVILITE", one(func(_ *rand.Rand, c *citizen, _ int) string { return strconv.Itoa(c.sex) })},
	{"birth_date", "", "date_naissance;DATE_NAISSANCE;Date de naissance;dt_naiss;DDN;ddn;dateNaissance;birth_date;date_of_birth;DOB;dob;birthday;Né(e) le;DATENAISS;naissance;cli_date_naiss;birthDate;datnais", dated(birthday, days...)},
	{"birth_place", "birth_place|city", "lieu_naissance;Lieu de naissance;LIEU_NAISS;commune_naissance;ville_naissance;birth_place;place_of_birth;Ville de naissance;lieuNaissance;libcom_naiss;birthplace", styled(func(_ *rand.Rand, c *citizen, _ int) string { return c.birthTown.name })},
	{"birth_place_code", "birth_place_code|city_code|unknown", "code_commune_naissance;naissance_insee;CODE_INSEE_NAISSANCE;insee_naiss;lieu_naissance_code;codeCommuneNaissance;code_lieu_naissance;birth_place_code;COM_NAIS_INSEE", one(func(_ *rand.Rand, c *citizen, _ int) string { return c.birthTown.code })},
	{"birth_country", "birth_country|country", "pays_naissance;Pays de naissance;PAYS_NAISS;birth_country;country_of_birth;paysNaissance;lib_pays_naissance", choice("FRANCE", "FRANCE", "FRANCE", "ALGERIE", "MAROC", "PORTUGAL", "ITALIE", "TUNISIE", "ESPAGNE", "SENEGAL")},
	{"nir", "", "nir;NIR;numSecu;num_secu;numero_securite_sociale;N° sécurité sociale;NSS;nss;num_ss;ssn;SecuriteSociale;numero de secu;cli_nir;soc_sec_id;NUM_INSEE", among(
		func(_ *rand.Rand, c *citizen, _ int) string { return c.nir() },
		func(_ *rand.Rand, c *citizen, _ int) string { return c.nir() },
		func(_ *rand.Rand, c *citizen, _ int) string { return c.nir()[:13] },
		func(_ *rand.Rand, c *citizen, _ int) string { return spaced(c.nir(), 1, 2, 2, 2, 3, 3) },
	)},
	{"tax_number", "", "spi;SPI;num_fiscal;numero_fiscal;Numéro fiscal;NIF;nif;tax_number;reference_fiscale;numFiscal;TAX_ID;num_spi", one(func(r *rand.Rand, _ *citizen, _ int) string {
		n := r.IntN(3_300_000_000)
		return fmt.Sprintf("%010d%03d", n, n%511)
	})},
	{"email", "", "email;Email;EMAIL;mail;courriel;mel;adresse_mail;e-mail;adresse email;Courriel;email_address;user_email;mail1;MEL_PERSO;contact", styled(func(_ *rand.Rand, c *citizen, _ int) string { return c.mail })},
	{"phone", "", "telephone;Téléphone;TEL;tel;portable;mobile;phone;phone_number;tel_portable;tel_fixe;num_tel;telephone1;Tél. mobile;gsm;TelDomicile;PHONE_MOBILE;contact", among(
		func(_ *rand.Rand, c *citizen, _ int) string { return c.mobile },
		func(_ *rand.Rand, c *citizen, _ int) string { return c.fixed },
		func(_ *rand.Rand, c *citizen, _ int) string { return spaced(c.mobile, 2, 2, 2, 2) },
		func(_ *rand.Rand, c *citizen, _ int) string {
			return strings.ReplaceAll(spaced(c.fixed, 2, 2, 2, 2), " ", ".")
		},
		func(_ *rand.Rand, c *citizen, _ int) string { return "+33" + c.mobile[1:] },
		func(_ *rand.Rand, c *citizen, _ int) string { return "0033" + c.mobile[1:] },
		func(r *rand.Rand, c *citizen, _ int) string { return []string{c.mobile, c.fixed}[r.IntN(2)] },
		func(_ *rand.Rand, c *citizen, _ int) string { return "+33 " + spaced(c.mobile[1:], 1, 2, 2, 2) },
	)},
	{"phone", "phone|unknown", "telephone;TEL;portable;mobile;phone;tel_fixe;num_tel;gsm", one(func(_ *rand.Rand, c *citizen, _ int) string { return c.mobile[1:] })},
	{"address", "", "adresse;Adresse;ADRESSE;adresse1;address;address_1;Adresse postale;adr;ADR1;libelle_voie;rue;street;voie;adresse_ligne_1;addressLine1;cli_adresse", func(r *rand.Rand) func(*rand.Rand, *citizen, int) string {
		number := r.IntN(3) > 0
		return styled(func(r *rand.Rand, c *citizen, _ int) string {
			if !number {
				return c.street
			}
			return strconv.Itoa(c.number) + []string{" ", " ", " ", ", ", " bis "}[r.IntN(5)] + c.street
		})(r)
	}},
	{"address_extra", "", "complement_adresse;Complément d'adresse;adresse2;ADRESSE_2;address_line_2;compl_adr;batiment;ADR2;complement;addressLine2", one(func(r *rand.Rand, _ *citizen, _ int) string {
		switch r.IntN(6) {
		case 0:
			return fmt.Sprintf("Apt %d", r.IntN(80))
		case 1:
			return fmt.Sprintf("BAT %c", 'A'+r.IntN(6))
		case 2:
			return fmt.Sprintf("Résidence %d étage %d", r.IntN(9), r.IntN(9))
		case 3:
			return fmt.Sprintf("Appartement %d", r.IntN(200))
		}
		return ""
	})},
	{"house_number", "house_number|unknown", "numero_voie;num_voie;N° de voie;street_number;house_number;num_rue;NUMERO_VOIE;houseNumber", one(func(r *rand.Rand, c *citizen, _ int) string {
		return strconv.Itoa(c.number) + []string{"", "", "", "", "", "", " bis", "B"}[r.IntN(8)]
	})},
	{"postcode", "", "code_postal;Code Postal;CP;cp;codpos;postcode;zip;ZipCode;CODE_POST;postal_code;cli_cp;codepostal", one(func(_ *rand.Rand, c *citizen, _ int) string { return c.town.post })},
	{"postcode", "postcode|unknown", "code_postal;CP;cp;codpos;postcode;zip;postal_code", one(func(_ *rand.Rand, c *citizen, _ int) string { return strings.TrimPrefix(c.town.post, "0") })},
	{"city", "city|birth_place", "ville;Ville;VILLE;commune;Commune;city;town;localite;libelle_commune;NOM_COMMUNE;cli_ville;ville_residence;LIBCOM", styled(func(_ *rand.Rand, c *citizen, _ int) string { return c.town.name })},
	{"city_code", "city_code|birth_place_code|unknown", "code_commune;code_insee;insee;commune_insee;CODE_INSEE;INSEE_COM;codeCommune;depcom;codgeo;city_code", one(func(_ *rand.Rand, c *citizen, _ int) string { return c.town.code })},
	{"region", "region|unknown", "departement;Département;dept;DEP;region;code_departement;num_dept;code_dep", one(func(_ *rand.Rand, c *citizen, _ int) string { return c.town.code[:2] })},
	{"region", "", "region;libelle_region;REGION;state;nom_region", choice("Bretagne", "Normandie", "Occitanie", "Île-de-France", "Grand Est", "Hauts-de-France", "Corse", "Nouvelle-Aquitaine")},
	{"country", "country|unknown", "pays;PAYS;country;country_code;code_pays;pays_residence", choice("FR", "FR", "FR", "BE", "ES", "DE", "MA")},
	{"country", "country|birth_country", "pays;PAYS;country;libelle_pays;Pays de résidence", choice("France", "France", "Belgique", "Espagne", "Allemagne", "Maroc", "Suisse")},
	{"iban", "", "iban;IBAN;num_iban;RIB;rib;compte_bancaire;bank_account;IBAN_CLIENT", among(
		func(_ *rand.Rand, c *citizen, _ int) string { return c.iban },
		func(_ *rand.Rand, c *citizen, _ int) string { return spaced(c.iban, 4, 4, 4, 4, 4, 4) },
	)},
	{"passport", "", "passeport;num_passeport;passport_number;PASSEPORT;passport;numero_passeport", one(func(r *rand.Rand, _ *citizen, _ int) string {
		return fmt.Sprintf("%02d%c%c%05d", r.IntN(24), 'A'+r.IntN(26), 'A'+r.IntN(26), r.IntN(100000))
	})},
	{"id_card", "id_card|unknown", "cni;CNI;num_cni;carte_identite;numero_carte_identite;id_card_number", among(
		func(r *rand.Rand, _ *citizen, _ int) string {
			return fmt.Sprintf("%02d%02d%03d%05d", r.IntN(24), 1+r.IntN(12), 1+r.IntN(95), r.IntN(100000))
		},
		func(r *rand.Rand, _ *citizen, _ int) string {
			return fmt.Sprintf("%c%d%c%cX%d%c%d%d", 'A'+r.IntN(26), r.IntN(10), 'A'+r.IntN(26), 'A'+r.IntN(26), r.IntN(10), 'A'+r.IntN(26), r.IntN(10), r.IntN(10))
		},
	)},
	{"permit", "permit|unknown", "permis;num_permis;permis_conduire;driving_licence;NEPH;driver_license_number", one(func(r *rand.Rand, _ *citizen, _ int) string {
		return fmt.Sprintf("%02d%02d%02d%06d", r.IntN(24), 1+r.IntN(12), 1+r.IntN(95), r.IntN(1000000))
	})},
	{"siret", "", "siret;SIRET;num_siret;siret_entreprise;numero_siret", one(func(r *rand.Rand, _ *citizen, _ int) string {
		return luhn(fmt.Sprintf("%08d%05d", 3e7+r.IntN(6e7), r.IntN(99)))
	})},
	{"siret", "", "siren;SIREN;num_siren", one(func(r *rand.Rand, _ *citizen, _ int) string { return luhn(fmt.Sprintf("%08d", 3e7+r.IntN(6e7))) })},
	{"login", "login|unknown", "login;username;identifiant_connexion;pseudo;user_name;LOGIN;nom_utilisateur", one(func(_ *rand.Rand, c *citizen, _ int) string { return c.login })},
	{"password", "", "password;mot_de_passe;password_hash;mdp;pwd;empreinte;hash", among(
		func(r *rand.Rand, _ *citizen, _ int) string {
			return fmt.Sprintf("%016x%016x%08x", r.Uint64(), r.Uint64(), r.Uint32())
		},
		func(r *rand.Rand, _ *citizen, _ int) string { return fmt.Sprintf("%016x%016x", r.Uint64(), r.Uint64()) },
		func(r *rand.Rand, _ *citizen, _ int) string {
			return fmt.Sprintf("$2y$10$%016x%016x%016x%05x", r.Uint64(), r.Uint64(), r.Uint64(), r.IntN(1<<20))
		},
	)},
	{"ip_address", "", "ip;IP;ip_address;adresse_ip;last_ip;client_ip;IP_CONNEXION", one(func(r *rand.Rand, _ *citizen, _ int) string {
		return fmt.Sprintf("%d.%d.%d.%d", 1+r.IntN(220), r.IntN(256), r.IntN(256), r.IntN(256))
	})},
	{"date_time", "", "date_creation;created_at;date_inscription;DATE_MAJ;last_login;derniere_connexion;updatedAt;horodatage;timestamp;date_commande;Date d'adhésion", dated(lately, "2006-01-02 15:04:05", "2006-01-02T15:04:05Z", "02/01/2006 15:04", "2006-01-02 15:04:05.000")},
	{"date_time", "date_time|unknown", "date_creation;created_at;date_inscription;DATE_MAJ;last_login;date_entree;updatedAt;date_commande;date_fin", dated(lately, "2006-01-02", "02/01/2006", "20060102")},
	{"free_text", "free_text|unknown", "commentaire;note;notes;observations;remarque;comment;description;message;Commentaires", choice("Client rappelé le lendemain, reste en attente", "a demandé une attestation par courrier simple", "RAS", "dossier incomplet il manque un justificatif de domicile récent", "", "préfère être contacté le soir après dix-huit heures", "erreur de saisie corrigée par le service")},
	{"record_id", "identifier|record_id|unknown", "rec_id;record_id;id_personne;id_client;customer_id;ID;id;idPersonne;person_id;id_usager", func(r *rand.Rand) func(*rand.Rand, *citizen, int) string {
		style := r.IntN(3)
		return func(r *rand.Rand, _ *citizen, row int) string {
			switch style {
			case 0:
				return strconv.Itoa(100000 + 7*row)
			case 1:
				return fmt.Sprintf("P%08d", 31*row+17)
			}
			return fmt.Sprintf("rec-%d", row)
		}
	}},
	{"payment_card", "", "carte_bancaire;num_cb;card_number;pan;credit_card;N° carte bancaire;cc_number", among(
		func(r *rand.Rand, _ *citizen, _ int) string { return luhn(fmt.Sprintf("4970%011d", r.Int64N(1e11))) },
		func(r *rand.Rand, _ *citizen, _ int) string {
			return spaced(luhn(fmt.Sprintf("5%d%013d", 1+r.IntN(5), r.Int64N(1e13))), 4, 4, 4)
		},
		func(r *rand.Rand, _ *citizen, _ int) string { return luhn(fmt.Sprintf("37%012d", r.Int64N(1e12))) },
	)},
	{"identifier", "identifier|record_id|unknown", "num_adherent;numero_client;matricule;num_allocataire;NumeroDossier;N° adhérent;id_psp;numero_abonne;customer_number;member_no", among(
		func(r *rand.Rand, _ *citizen, _ int) string { return fmt.Sprintf("A%07d", r.IntN(1e7)) },
		func(r *rand.Rand, _ *citizen, _ int) string { return fmt.Sprintf("%08d", r.IntN(1e8)) },
		func(r *rand.Rand, _ *citizen, _ int) string {
			return fmt.Sprintf("%c%c-%05d", 'A'+r.IntN(26), 'A'+r.IntN(26), r.IntN(1e5))
		},
	)},
}

// decoys are columns that hold no kind, and look like one.
var decoys = []maker{
	{"unknown", "", "annee;year;Année;exercice;annee_bac;AN", numbers(1990, 2025, "%d")},
	{"unknown", "", "num_commande;order_id;order_number;N° commande;ref_commande;NumFacture;invoice_no", among(
		func(r *rand.Rand, _ *citizen, row int) string { return fmt.Sprintf("%d", 2023000000+row) },
		func(r *rand.Rand, _ *citizen, _ int) string { return fmt.Sprintf("CMD-%06d", r.IntN(1e6)) },
		func(r *rand.Rand, _ *citizen, _ int) string { return fmt.Sprintf("%013d", 1e12+r.Int64N(8e12)) },
		func(r *rand.Rand, _ *citizen, _ int) string { return fmt.Sprintf("%d", 1e14+r.Int64N(8e14)) },
		func(r *rand.Rand, _ *citizen, _ int) string { return fmt.Sprintf("%05d", r.IntN(1e5)) },
		func(r *rand.Rand, _ *citizen, _ int) string { return fmt.Sprintf("%09d", 1e8+r.IntN(8e8)) },
		func(r *rand.Rand, _ *citizen, _ int) string { return fmt.Sprintf("%014d", 1e13+r.Int64N(8e13)) },
		func(r *rand.Rand, _ *citizen, _ int) string { return fmt.Sprintf("%010d", 1e9+r.Int64N(8e9)) },
	)},
	{"unknown", "", "montant;amount;prix_ttc;total;solde;Montant HT;balance;revenu", among(
		func(r *rand.Rand, _ *citizen, _ int) string { return fmt.Sprintf("%.2f", r.Float64()*5000) },
		func(r *rand.Rand, _ *citizen, _ int) string {
			return fmt.Sprintf("%d,%02d €", r.IntN(9000), r.IntN(100))
		},
		func(r *rand.Rand, _ *citizen, _ int) string { return strconv.Itoa(100 * (120 + r.IntN(500))) },
		func(r *rand.Rand, _ *citizen, _ int) string { return strconv.Itoa(10000 + r.IntN(80000)) },
	)},
	{"unknown", "", "ean;EAN13;code_barre;barcode;gtin;product_code;code_produit", one(func(r *rand.Rand, _ *citizen, _ int) string {
		s := fmt.Sprintf("3%011d", r.Int64N(1e11))
		sum := 0
		for i := range s {
			sum += int(s[i]-'0') * (1 + 2*(i%2))
		}
		return s + strconv.Itoa((10-sum%10)%10)
	})},
	{"unknown", "", "actif;is_active;optin;newsletter;consentement;valide;has_phone;email_verified;flag_mobile", among(
		func(r *rand.Rand, _ *citizen, _ int) string { return strconv.Itoa(r.IntN(2)) },
		func(r *rand.Rand, _ *citizen, _ int) string { return []string{"true", "false"}[r.IntN(2)] },
		func(r *rand.Rand, _ *citizen, _ int) string { return []string{"O", "N"}[r.IntN(2)] },
		func(r *rand.Rand, _ *citizen, _ int) string { return []string{"OUI", "NON"}[r.IntN(2)] },
		func(r *rand.Rand, _ *citizen, _ int) string { return []string{"V", "F"}[r.IntN(2)] },
		func(r *rand.Rand, _ *citizen, _ int) string { return []string{"T", "F"}[r.IntN(2)] },
	)},
	{"unknown", "", "code;type;categorie;segment;code_motif;TYPE_CONTRAT;groupe;code_statut;classe", among(
		func(r *rand.Rand, _ *citizen, _ int) string { return []string{"A", "B", "C", "D"}[r.IntN(4)] },
		func(r *rand.Rand, _ *citizen, _ int) string { return fmt.Sprintf("C%02d", r.IntN(40)) },
		func(r *rand.Rand, _ *citizen, _ int) string { return []string{"10", "20", "30", "35"}[r.IntN(4)] },
		func(r *rand.Rand, _ *citizen, _ int) string { return []string{"1", "2", "3"}[r.IntN(3)] },
		func(r *rand.Rand, _ *citizen, _ int) string {
			return fmt.Sprintf("%04d%c", r.IntN(10000), 'A'+r.IntN(26))
		},
	)},
	{"unknown", "", "statut;status;etat;Statut dossier;situation;state_order;etat_commande;account_status", choice("ACTIF", "EN ATTENTE", "RESILIE", "SUSPENDU", "CLOS")},
	{"unknown", "", "statut;status;situation_familiale;marital_status", choice("Célibataire", "Marié", "Divorcé", "Veuf", "Pacsé")},
	{"unknown", "unknown|identifier", "uuid;session_id;guid;token;transaction_id", one(func(r *rand.Rand, _ *citizen, _ int) string {
		return fmt.Sprintf("%08x-%04x-4%03x-a%03x-%012x", r.Uint32(), r.IntN(1<<16), r.IntN(1<<12), r.IntN(1<<12), r.Int64N(1<<48))
	})},
	{"unknown", "", "latitude;lat;LAT;geo_lat;y;Latitude", one(func(r *rand.Rand, _ *citizen, _ int) string { return fmt.Sprintf("%.6f", 42+r.Float64()*8) })},
	{"unknown", "", "longitude;lng;lon;LONG;x;Longitude", one(func(r *rand.Rand, _ *citizen, _ int) string { return fmt.Sprintf("%.5f", -4+r.Float64()*12) })},
	{"unknown", "", "coordonnees;gps;geoloc;position", one(func(r *rand.Rand, _ *citizen, _ int) string {
		return fmt.Sprintf("%.5f,%.5f", 42+r.Float64()*8, -4+r.Float64()*12)
	})},
	{"unknown", "", "indicatif;indicatif_pays;country_calling_code;phone_prefix;dial_code", choice("33", "33", "33", "32", "41", "49", "+33")},
	{"unknown", "", "quantite;nb_enfants;nombre;qty;NB_LIGNES;age;points;nb_connexions;score", numbers(0, 90, "%d")},
	{"unknown", "", "produit;product_name;libelle_produit;article;designation;PRODUCT", choice("Chaise en bois", "Table basse", "Lampe rouge", "Bureau d'angle", "Fauteuil", "Canapé convertible", "Etagère murale", "Tapis berbère", "Miroir", "Commode", "Lit double", "Coussin", "Rideau", "Vase", "Cadre photo")},
	{"unknown", "", "url;site_web;avatar;lien;photo;profile_url;website", one(func(r *rand.Rand, c *citizen, _ int) string {
		return fmt.Sprintf("https://www.site%d.example/u/%s", r.IntN(9), c.login)
	})},
	{"unknown", "", "version;app_version;VERSION;build", one(func(r *rand.Rand, _ *citizen, _ int) string {
		return fmt.Sprintf("%d.%d.%d", r.IntN(4), r.IntN(20), r.IntN(30))
	})},
	{"unknown", "", "couleur;color;marque;modele;Marque véhicule", choice("rouge", "bleu", "vert", "noir", "blanc", "gris", "jaune")},
	{"unknown", "", "nom_fichier;file_name;filename;fichier;document", one(func(r *rand.Rand, c *citizen, _ int) string { return fmt.Sprintf("%s_%d.pdf", c.login, r.IntN(100)) })},
	{"unknown", "", "langue;language;locale;lang;devise;currency", choice("fr_FR", "en_GB", "de_DE", "es_ES")},
	{"unknown", "", "profession;metier;job_title;csp;Poste occupé", choice("Infirmier", "Professeur des écoles", "Ouvrier qualifié", "Cadre administratif", "Artisan", "Retraité", "Agent de maîtrise", "Technicien", "Étudiant", "Comptable", "Vendeur", "Ingénieur", "Chauffeur", "Employé de bureau")},
	{"unknown", "", "nom_entreprise;company;raison_sociale;societe;employeur;company_name", one(func(r *rand.Rand, c *citizen, _ int) string {
		return []string{"SARL ", "Ets ", "SAS ", "Groupe "}[r.IntN(4)] + title(c.birth) + []string{"", " et fils", " Services", " Conseil"}[r.IntN(4)]
	})},
	{"unknown", "", "pourcentage;taux;rate;remise;discount", one(func(r *rand.Rand, _ *citizen, _ int) string { return fmt.Sprintf("%d.%d%%", r.IntN(100), r.IntN(10)) })},
	{"unknown", "", "row;ligne;num_ligne;rang;index;ordre", one(func(_ *rand.Rand, _ *citizen, row int) string { return strconv.Itoa(row + 1) })},
	{"unknown", "", "sku;ref_produit;reference_article;code_article;modele", one(func(r *rand.Rand, _ *citizen, _ int) string {
		return fmt.Sprintf("%c%c%c-%03d-%c", 'A'+r.IntN(26), 'A'+r.IntN(26), 'A'+r.IntN(26), r.IntN(1000), 'A'+r.IntN(26))
	})},
	{"unknown", "", "duree;temps;duration;delai_jours", numbers(30, 4000, "%d")},
	{"unknown", "", "ville_agence;agence;nom_agence;magasin;store", choice("Paris 15", "Lyon Part-Dieu", "Lille centre", "Nantes", "Rennes gare")},
	{"unknown", "", "nationalite;nationality;Nationalité", choice("Française", "Belge", "Marocaine", "Portugaise", "Algérienne")},
	{"unknown", "", "email_status;phone_verified;type_tel;adresse_type;nom_valide;date_type;nir_certifie;iban_status", choice("valid", "invalid", "unknown")},
	{"unknown", "", "mois;month;jour;nb_jours;heure;jour_naissance;mois_naissance;rang_naissance", numbers(1, 28, "%02d")},
	{"unknown", "unknown|region", "dep_naissance;departement_naissance;dpt_naiss", one(func(_ *rand.Rand, c *citizen, _ int) string { return c.birthTown.code[:2] })},
	{"unknown", "", "code_guichet;code_agence;code_naf;num_lot;ref;ref_interne_lot", numbers(0, 100000, "%05d")},
	{"unknown", "", "cle_nir;cle_rib;cle;key", numbers(1, 97, "%02d")},
	{"unknown", "", "imei;numero_serie;serial_number;icc", one(func(r *rand.Rand, _ *citizen, _ int) string { return luhn(fmt.Sprintf("35%012d", r.Int64N(1e12))) })},
	{"unknown", "", "card_number;num_carte;pan_masque;carte", one(func(r *rand.Rand, _ *citizen, _ int) string {
		return fmt.Sprintf("497%03dXXXXXX%04d", r.IntN(1000), r.IntN(10000))
	})},
	{"unknown", "", "num_colis;tracking_number;suivi;ref_colis", among(
		func(r *rand.Rand, _ *citizen, _ int) string { return fmt.Sprintf("4%015d", r.Int64N(1e15)) },
		func(r *rand.Rand, _ *citizen, _ int) string { return fmt.Sprintf("6A%011d", r.Int64N(1e11)) },
	)},
	{"unknown", "", "bic;BIC;swift;code_bic", choice("AGRIFRPP", "BNPAFRPP", "CEPAFRPP", "PSSTFRPP", "SOGEFRPP")},
	{"unknown", "", "domaine;domain;hostname;serveur", one(func(r *rand.Rand, _ *citizen, _ int) string {
		return fmt.Sprintf("srv%d.site%d.example", r.IntN(90), r.IntN(90))
	})},
	{"unknown", "unknown|birth_surname|used_surname", "medecin_traitant;nom_medecin;conseiller;nom_conseiller;nom_conjoint;nom_mere", one(func(_ *rand.Rand, c *citizen, _ int) string { return strings.ToUpper(c.used) })},
	{"unknown", "", "taille;poids;height;weight;salaire;loyer", numbers(40, 2500, "%d")},
	{"unknown", "", "titre_film;book_title;libelle_offre;nom_campagne;event_name", choice("Les Choses", "Retour vers hier", "Le grand soir", "Offre de printemps", "Soirée Martin", "La Rose et Paul", "Été indien", "Noël à Lyon", "Paris plage", "Salon du livre")},
	{"unknown", "", "vide;champ_libre_3;reserve;prenom2;tel3", one(func(*rand.Rand, *citizen, int) string { return "" })},
}

// labelled is one column with the kinds it may be typed as.
type labelled struct {
	header, label string
	decoy         bool
}

// makeFile draws a file: a subset of columns, each with a format of its own,
// some cells missing, some astray, a header in words, a cryptic one or none.
// A length of 0 draws one.
func makeFile(w *world, r *rand.Rand, length int) ([][]string, []labelled) {
	var chosen []maker
	taken := map[string]bool{}
	for _, i := range r.Perm(len(makers)) {
		if m := makers[i]; len(chosen) < 14 && (!taken[m.label] || m.label == "phone") && !(taken["city"] && m.bare == "birth_place|city" && r.IntN(2) == 0) {
			taken[m.label] = true
			chosen = append(chosen, m)
		}
	}
	for _, i := range r.Perm(len(decoys))[:7] {
		chosen = append(chosen, decoys[i])
	}
	r.Shuffle(len(chosen), func(i, j int) { chosen[i], chosen[j] = chosen[j], chosen[i] })
	style := r.IntN(8)
	bare, cryptic := style < 2, style == 2
	columns := make([]labelled, len(chosen))
	formats := make([]func(*rand.Rand, *citizen, int) string, len(chosen))
	missing := make([]float64, len(chosen))
	for i, m := range chosen {
		headers := strings.Split(m.headers, ";")
		columns[i] = labelled{header: headers[r.IntN(len(headers))], label: m.label, decoy: m.label == "unknown"}
		if bare || cryptic {
			columns[i].header = ""
			if cryptic {
				columns[i].header = fmt.Sprintf("Z%c%cW%02d", 'B'+r.IntN(20), 'B'+r.IntN(20), r.IntN(100))
			}
			if m.bare != "" {
				columns[i].label = m.bare
			}
		}
		formats[i] = m.format(r)
		if m.label != "record_id" && r.IntN(3) == 0 {
			missing[i] = r.Float64() * .6
		}
	}
	rows := make([][]string, cmp.Or(length, []int{12, 40, 200, 1000}[r.IntN(4)]+r.IntN(200)))
	noise := float64(r.IntN(3)) * .02
	null := []string{"", "", "NULL", "-"}[r.IntN(4)]
	for i := range rows {
		c := w.citizen(r)
		rows[i] = make([]string, len(chosen))
		for j := range chosen {
			if rows[i][j] = formats[j](r, &c, i); r.Float64() < missing[j] {
				rows[i][j] = null
			}
			if j > 0 && !strings.HasPrefix(chosen[j].headers, "vide;") && r.Float64() < noise { // a cell astray
				rows[i][j] = rows[i][j-1]
			}
		}
	}
	return rows, columns
}
