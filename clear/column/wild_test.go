package column_test

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"constat.example/blind/kind"
	"constat.example/clear/column"
	"constat.example/clear/dump"
	"constat.example/internal/datatest"
	"constat.example/scenario"
)

// wild are tables that others made, labelled by looking at them: column=kind,
// with | between kinds that are all right. What is not listed holds no kind; what
// has no value is left out. A * before a path means a file of CSVsniffer's set.
// Of files that repeat one another's columns one is taken.
var wild = []struct{ path, table, kinds string }{
	{"dumps-generated/mariadb1011-default.sql.gz", "clients", "id=record_id;sexe=sex;nom=birth_surname;prenom=given_names;naissance=birth_date;naissance_insee=birth_place_code;nir=nir;adresse=address;code_postal=postcode;commune=city;commune_insee=city_code;courriel=email;telephone=phone;note=free_text;empreinte=password"},
	{"dumps-generated/pg15-plain-copy.sql.gz", "public.dossiers", "id=identifier|unknown;client_id=record_id|identifier;ouvert_le=date_time;iban=iban"},
	{"dumps-sakila/postgres-sakila-insert-data-using-copy.sql.gz", "public.language", "last_update=date_time"},
	{"dumps-sakila/postgres-sakila-insert-data-using-copy.sql.gz", "public.country", "country=country;last_update=date_time"},
	{"dumps-sakila/postgres-sakila-insert-data-using-copy.sql.gz", "public.city", "city=city;last_update=date_time"},
	{"dumps-sakila/postgres-sakila-insert-data-using-copy.sql.gz", "public.address", "address=address;postal_code=postcode;last_update=date_time"},
	{"dumps-sakila/postgres-sakila-insert-data-using-copy.sql.gz", "public.actor", "actor_id=record_id|identifier;first_name=given_names;last_name=birth_surname;last_update=date_time"},
	{"dumps-sakila/postgres-sakila-insert-data-using-copy.sql.gz", "public.staff", "staff_id=record_id|identifier;first_name=given_names;last_name=birth_surname;email=email;username=login;password=password;last_update=date_time"},
	{"dumps-sakila/postgres-sakila-insert-data-using-copy.sql.gz", "public.store", "manager_staff_id=record_id|identifier|unknown;last_update=date_time"},
	{"dumps-sakila/postgres-sakila-insert-data-using-copy.sql.gz", "public.category", "last_update=date_time"},
	{"dumps-sakila/postgres-sakila-insert-data-using-copy.sql.gz", "public.film", "description=free_text;fulltext=free_text|unknown;last_update=date_time"},
	{"dumps-sakila/postgres-sakila-insert-data-using-copy.sql.gz", "public.inventory", "last_update=date_time"},
	{"dumps-sakila/postgres-sakila-insert-data-using-copy.sql.gz", "public.film_actor", "actor_id=record_id|identifier|unknown;last_update=date_time"},
	{"dumps-sakila/postgres-sakila-insert-data-using-copy.sql.gz", "public.film_category", "last_update=date_time"},
	{"dumps-sakila/postgres-sakila-insert-data-using-copy.sql.gz", "public.customer", "customer_id=record_id|identifier;first_name=given_names;last_name=birth_surname;email=email;create_date=date_time;last_update=date_time"},
	{"dumps-sakila/postgres-sakila-insert-data-using-copy.sql.gz", "public.rental", "rental_date=date_time;customer_id=record_id|identifier|unknown;return_date=date_time;staff_id=record_id|identifier|unknown;last_update=date_time"},
	{"dumps-sakila/postgres-sakila-insert-data-using-copy.sql.gz", "public.payment", "customer_id=record_id|identifier|unknown;staff_id=record_id|identifier|unknown;payment_date=date_time"},
	{"fr-communes/communes.csv.gz", "", "code=city_code;nom=city;departement=region;region=region|unknown;codesPostaux=postcode;chefLieu=city_code|unknown;anciensCodes=city_code|unknown"},
	{"fr-communes/laposte-hexasmal-2025.csv.gz", "", "code_commune_insee=city_code;nom_de_la_commune=city|unknown;code_postal=postcode;libelle_d_acheminement=city;ligne_5=city|address_extra|unknown"},
	{"fr-communes/cog-pays-99xxx.csv", "", "COUNTRY_CODE=country|unknown;COG=birth_place_code|city_code;LIBCOG=country;LIBENR=country|unknown;CODEISO2=country|unknown;CODEISO3=country|unknown"},
	{"fr-telephone/MAJNUM-2025-07.csv.gz", "", "column 2=phone;column 3=phone;column 6=date_time"},
	{"fr-voies/annuaire-education-35.csv.gz", "", "nom_etablissement=unknown|free_text;adresse_1=address;adresse_2=address_extra;adresse_3=address_extra;code_postal=postcode;code_commune=city_code;nom_commune=city;telephone=phone;mail=email"},
	{"fr-voies/annuaire-education-94.csv.gz", "", "nom_etablissement=unknown|free_text;adresse_1=address;adresse_2=address_extra;adresse_3=address_extra;code_postal=postcode;code_commune=city_code;nom_commune=city;telephone=phone;mail=email"},
	{"fr-voies/carte-scolaire-35-voies.csv.gz", "", "code_region=region|unknown;libelle_region=region;code_departement=region|unknown;libelle_departement=region|unknown;code_postal=postcode;code_insee=city_code;libelle_commune=city;lieu_dit=address_extra;Type_et_Libelle=address;No_de_voie_debut=house_number;No_de_voie_fin=house_number|unknown"},
	{"cnil-notifications/cnil-notifications-sample-cp1252.csv", "", "Date de réception de la notification=date_time|unknown;Secteur d'activité de l'organisme concerné=free_text|unknown;Natures de la violation=free_text|unknown;Typologies des données impactées=free_text|unknown;Origines de l'incident=free_text|unknown;Information des personnes=free_text|unknown;Nombre de personnes impactées=free_text|unknown"},
	{"linkage-febrl/dataset1.csv.gz", "", febrlWild},
	{"linkage-febrl/dataset3.csv.gz", "", febrlWild},
	{"linkage-febrl/dataset4b.csv.gz", "", febrlWild},
	{"linkage-insee-appariement/synthetic_data_10000_A.csv.gz", "", "rec_id=record_id;given_name=given_names;surname=birth_surname;street_number=house_number;address_1=address;address_2=address_extra;suburb=city;postcode=postcode;date_of_birth=birth_date;sorting_key=identifier|unknown"},
	{"insee-noms/noms2008nat_txt.zip", "", "NOM=birth_surname"},
	{"insee-prenoms/nat2022.csv.zip", "", "sexe=sex;preusuel=given_names;annais=birth_date|unknown"},
	{"email-domains/freemail-free.txt.gz", "", ""},
	{"fr-telephone/libphonenumber-metadata/33-operators.csv", "", ""},
	{"fr-telephone/libphonenumber-metadata/33-examples.csv", "", "Region=region|country;Number=phone"},
	{"fr-telephone/libphonenumber-metadata/33-formats.csv", "", "Id=record_id|identifier|unknown;Comment=free_text"},
	{"fr-telephone/libphonenumber-metadata/33-ranges.csv.gz", "", "Regions=region|country;Geocode:en=city;Geocode:fr=city|unknown;Comment=free_text|unknown"},
	{"csv-spectrum/csvs/location_coordinates.csv", "", "Contact Phone Number=phone;Cities=city;Counties=region"},

	{"*10.January_2019.csv", "", "Date=date_time;Entity=free_text|unknown"},
	{"*2004-2016.csv", "", ""},
	{"*AL5083-emissivity.csv", "", ""},
	{"*April-2011-for-publication.csv", "", "Date=date_time"},
	{"*Batch_3250493_batch_results.csv", "", "Title=free_text|unknown;Description=free_text;CreationTime=date_time;Expiration=date_time;AssignmentId=identifier|record_id|unknown;HITId=identifier|record_id|unknown;HITTypeId=identifier|record_id|unknown;WorkerId=identifier|record_id;AcceptTime=date_time;SubmitTime=date_time;AutoApprovalTime=date_time"},
	{"*Copy_of_2016-17_Q3_Final_V2.csv", "", "Name=full_name;Start date of trip=date_time;Purpose of trip=free_text;Accomodation/Meals=free_text|unknown"},
	{"*Feb-2016.csv", "", "Posted_Date=date_time"},
	{"*GPC_DCLG_December_2015_for_Publication.csv", "", "Clearing=date_time;Expense Area=free_text|unknown;Supplier=free_text|unknown;Item Text=free_text|unknown"},
	{"*HMRC_spending_over_25000_for_September_2018.csv", "", "Date=date_time;Description=free_text;Supplier Postcode=postcode|unknown"},
	{"*LOS_1050CFit.csv", "", ""},
	{"*NBA_scores_out.csv", "", ""},
	{"*Note_4_Staff_costs_-_Average_number_of_persons_employed_13-14.csv", "", "Operating Segment=free_text|unknown"},
	{"*O18_air.csv", "", ""},
	{"*OccurrenceData351.csv", "", ""},
	{"*PLA_6%Talc-1hz.csv", "", ""},
	{"*ResultsOR30x100-0.25_10.dat__m21Infos.csv", "", ""},
	{"*S39.csv", "", ""},
	{"*Sun2014-Rs.csv", "", ""},
	{"*business_expenses_apr_jun_14_peter_lewis.csv", "", "Dates=date_time"},
	{"*csv_good_dialect_star.csv", "", "description=free_text"},
	{"*dwp-cmg-spend-1214.csv", "", "Transaction Date=date_time;Expense Description=free_text"},
	{"*epcs-dwp-cmg-spend-july-2017.csv", "", "Posting Date=date_time;Description=free_text"},
	{"*file_preamble.csv", "", "DATE=date_time;ProductDescription=free_text|unknown;ProductType=free_text|unknown"},
	{"*fr_hypo1.csv", "", "id=record_id|identifier|unknown"},
	{"*ministers-overseas-travel-jan-mar-2013.csv", "", "Name=full_name;Date(s) of trip=date_time|unknown;Purpose of trip=free_text"},
	{"*ministry-of-defence__30-09-2012__mod_300912-Air-Govt-data-template-u-senior.csv", "", "Name=full_name;Job Title=free_text|unknown;Job/Team Function=free_text|unknown;Unit=free_text|unknown;Contact Phone=phone;Contact E-mail=email;Notes=free_text"},
	{"*moj-aramis-data-march-11.csv", "", "DATE=date_time;EXPENSE TYPE=free_text|unknown"},
	{"*mordenite-dh-2.csv", "", ""},
	{"*movies-condensed.csv", "", "Directed by=full_name;Performances=free_text|unknown;Genres=free_text|unknown;Initial release date=date_time"},
	{"*over25k-transparency.csv", "", "Date=date_time"},
	{"*prison-and-probation-ombudsman__30-09-2014__justice_PPO-September-Return-senior.csv", "", "Name=full_name;Job Title=free_text|unknown;Job/Team Function=free_text|unknown;Contact Phone=phone;Contact E-mail=email"},
	{"*public-toilet-borough-grid.csv", "", "BOROUGH=city|unknown"},
	{"*senior-staff-march-2020.csv", "", "Name=full_name;Job Title=free_text|unknown;Job/Team Function=free_text|unknown;Unit=free_text|unknown;Contact Phone=phone;Contact E-mail=email;Notes=free_text"},
	{"*student_loans_company_limited-2011-09-30-organogram-senior.csv", "", "Name=full_name;Job Title=free_text|unknown;Job/Team Function=free_text|unknown;Parent Department=free_text|unknown;Unit=free_text|unknown;Contact Phone=phone;Contact E-mail=email"},
	{"*testGeometries.txt", "", "ID=record_id|identifier|unknown"},
	{"*trinity-house__31-03-2015__dft_310315-Trinity-House-Organogram-ver-1-junior.csv", "", ""},
	{"*vissim_data_conf2473_i12_v2026.csv", "", ""},
}

const febrlWild = "rec_id=record_id;given_name=given_names;surname=birth_surname;street_number=house_number;address_1=address;address_2=address_extra;suburb=city;postcode=postcode;state=region;date_of_birth=birth_date;soc_sec_id=identifier"

// byValues is what labels become where there is no name: nothing in values says
// that a place is one of birth, or that a number is the file's own of a person.
var byValues = strings.NewReplacer(
	"birth_country", "birth_country|country", "birth_place_code", "birth_place_code|city_code", "birth_place", "birth_place|city",
	"record_id", "record_id|identifier|unknown", "identifier", "identifier|record_id|unknown", "used_surname", "used_surname|birth_surname")

// figures are how well columns were typed.
type figures struct {
	columns, decoys      int
	typed, right         int // columns given a kind, and the right one
	there, found         int // columns of a kind that values or names tell, and those given it
	cards, named, secret int // decoys taken for a payment card, for an identifier of a person, for a state number
}

func (f *figures) count(t *testing.T, where, want string, got column.Column) {
	t.Helper()
	f.columns++
	right := matches(want, got.Kind)
	certain := !matches(want, kind.Unknown)
	if !certain {
		f.decoys++
	} else {
		f.there++
		if right {
			f.found++
		}
	}
	if got.Kind != kind.Unknown {
		f.typed++
		if right {
			f.right++
		}
	}
	if right {
		return
	}
	if want == "unknown" && got.Kind.Info().Direct {
		f.named++
	}
	switch got.Kind {
	case kind.PaymentCard:
		f.cards++
	case kind.NIR, kind.IBAN, kind.TaxNumber, kind.IDCard, kind.Passport, kind.Permit:
		f.secret++
	}
	t.Logf("%s: %s (%.2f), want %s", where, got.Kind, got.Confidence, want)
}

func (f *figures) String() string {
	return fmt.Sprintf("%d columns, %d of them decoys: precision %.4f (%d of %d), recall %.4f (%d of %d); decoys taken for an identifier %d, for a card %d",
		f.columns, f.decoys, f.precision(), f.right, f.typed, f.recall(), f.found, f.there, f.named, f.cards)
}

func (f *figures) precision() float64 { return float64(f.right) / float64(max(1, f.typed)) }
func (f *figures) recall() float64    { return float64(f.found) / float64(max(1, f.there)) }

// TestColumnsOfOthers types tables that the author of the dictionary did not
// make, and dumps of the simulated agency: with their names, and without.
func TestColumnsOfOthers(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it types hundreds of files one after the other, which shows nothing to the race detector")
	}
	sniffed := untar(t, datatest.Path(t, "csv-sniffer/csv-misc.tar.gz"))
	var named, bare, numbered figures
	opened := map[string]*dump.Dump{}
	for _, w := range wild {
		path := ""
		if name, ok := strings.CutPrefix(w.path, "*"); ok {
			path = filepath.Join(sniffed, name)
		} else {
			path = datatest.Path(t, w.path)
		}
		d := opened[path]
		if d == nil {
			d = openDump(t, path)
			opened[path] = d
		}
		want := map[string]string{}
		for pair := range strings.SplitSeq(w.kinds, ";") {
			if name, k, ok := strings.Cut(pair, "="); ok {
				want[name] = k
			}
		}
		found := false
		for i, tab := range d.Tables {
			if w.table != "" && !strings.HasSuffix(tab.Name, " "+w.table) {
				continue
			}
			found = true
			typeAll(t, d, i, want, &named, &bare, &numbered)
			break
		}
		if !found {
			t.Errorf("%s: there is no table %s", w.path, w.table)
		}
		for name := range want {
			t.Errorf("%s %s: there is no column %q", w.path, w.table, name)
		}
	}
	for _, c := range []struct {
		drill  string
		format scenario.Format
	}{
		{"full-copy", scenario.Format{}},
		{"full-copy", scenario.Format{Header: "en", Type: "jsonl"}},
		{"notes", scenario.Format{Dates: scenario.DayFirst}},
	} {
		dir := filepath.Join(t.TempDir(), "drill")
		truth, err := scenario.Write(t.Context(), dir, scenario.Config{People: 2000, Seed: 5, Snapshots: []int{0, 23}}, c.drill, func(theft *scenario.Theft) { theft.Format = c.format })
		if err != nil {
			t.Fatal(err)
		}
		d := openDump(t, filepath.Join(dir, truth.Dump))
		want := map[string]string{}
		for i, name := range d.Tables[0].Columns {
			want[name] = truth.Kinds[i]
		}
		typeAll(t, d, 0, want, &named, &bare, &numbered)
	}
	t.Logf("with their names: %s", &named)
	t.Logf("without names:    %s", &bare)
	t.Logf("named col1, col2: %s", &numbered)
	if named.columns < 300 || named.decoys*3 < named.columns {
		t.Errorf("%d columns, %d decoys", named.columns, named.decoys)
	}
	if named.precision() < 0.99 || named.recall() < 0.97 {
		t.Errorf("with their names: %s", &named)
	}
	for _, f := range []*figures{&named, &bare, &numbered} {
		if f.cards+f.secret > 0 {
			t.Errorf("%d decoys are taken for cards, %d for other official numbers", f.cards, f.secret)
		}
	}
	if bare.precision() < 0.97 || numbered.precision() < 0.97 {
		t.Errorf("without names: %s; %s", &bare, &numbered)
	}
}

// typeAll types a table with its names, without, and with names that only
// count, and takes from want what it met.
func typeAll(t *testing.T, d *dump.Dump, table int, want map[string]string, named, bare, numbered *figures) {
	t.Helper()
	tab := d.Tables[table]
	sample, err := d.Sample(t.Context(), table, 20_000)
	if err != nil {
		t.Fatal(err)
	}
	counting := make([]string, len(tab.Columns))
	for i := range counting {
		counting[i] = fmt.Sprintf("col%d", i+1)
	}
	names := tab.Columns
	if !tab.Header {
		names = make([]string, len(tab.Columns))
	}
	for how, f := range map[string]*figures{"": named, " without names": bare, " col1": numbered} {
		given := map[string][]string{"": names, " without names": make([]string, len(names)), " col1": counting}[how]
		columns, err := column.Type(sample, given, column.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i, got := range columns {
			label := want[tab.Columns[i]]
			if label == "" {
				label = "unknown"
			}
			if len(got.Evidence) > 0 && got.Evidence[0] == "empty" {
				continue
			}
			if how != "" {
				label = byValues.Replace(label)
			}
			f.count(t, tab.Name+how+": "+tab.Columns[i], label, got)
		}
	}
	for _, name := range tab.Columns {
		delete(want, name)
	}
}

// untar unpacks an archive of files into a new folder.
func untar(t *testing.T, path string) string {
	t.Helper()
	in, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	z, err := gzip.NewReader(in)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	r := tar.NewReader(z)
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return dir
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		text, err := io.ReadAll(r)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, filepath.Base(h.Name)), text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func openDump(t *testing.T, path string) *dump.Dump {
	t.Helper()
	sources, done, err := dump.Files([]string{path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(done)
	d, err := dump.Open(t.Context(), sources, dump.Options{})
	if err != nil {
		t.Fatalf("%s: %v", filepath.Base(path), err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}
