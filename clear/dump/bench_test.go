package dump

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"constat.example/clear/table"
)

func benchmarkScan(b *testing.B, text string) {
	d := openAll(b, file(b, "a.txt", text))
	d.options.Threads = 1
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		rows := 0
		if _, err := d.Scan(context.Background(), func(batch *table.Batch, release func()) error {
			rows += batch.Rows()
			release()
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
}

const benchRows = 400_000

func BenchmarkScanCSV(b *testing.B) {
	var s strings.Builder
	s.WriteString("id;nom;prenom;naissance;courriel;telephone;adresse;cp;ville\n")
	for i := range benchRows {
		fmt.Fprintf(&s, "%d;MARTIN;Jeanne;19%02d-01-02;jeanne.martin%d@mail.example;+33639980%03d;%d rue des Lilas;69001;Lyon\n", i, i%100, i, i%1000, i%90)
	}
	benchmarkScan(b, s.String())
}

// BenchmarkOpenCSV is the look at the whole text for its tables that precedes
// the scan.
func BenchmarkOpenCSV(b *testing.B) {
	var s strings.Builder
	s.WriteString("id;nom;prenom;naissance;courriel;telephone;adresse;cp;ville\n")
	for i := range benchRows {
		fmt.Fprintf(&s, "%d;MARTIN;Jeanne;19%02d-01-02;jeanne.martin%d@mail.example;+33639980%03d;\"%d; rue des Lilas\";69001;Lyon\n", i, i%100, i, i%1000, i%90)
	}
	path := file(b, "a.txt", s.String())
	b.SetBytes(int64(s.Len()))
	for b.Loop() {
		openAll(b, path)
	}
}

// BenchmarkScanUnevenCSV reads rows of which every third has too many cells or
// too few.
func BenchmarkScanUnevenCSV(b *testing.B) {
	var s strings.Builder
	s.WriteString("id;nom;prenom;naissance;courriel;telephone;adresse;cp;ville\n")
	for i := range benchRows / 4 {
		address := []string{"rue des Lilas", "rue; des Lilas", "rue des Lilas"}[i%3]
		phone := []string{fmt.Sprintf("+33639980%03d;", i%1000), "+33639980000;", ""}[i%3]
		fmt.Fprintf(&s, "%d;MARTIN;Jeanne;19%02d-01-02;jeanne.martin%d@mail.example;%s%d %s;69001;Lyon\n", i, i%100, i, phone, i%90, address)
	}
	benchmarkScan(b, s.String())
}

func BenchmarkScanFixed(b *testing.B) {
	var s strings.Builder
	s.WriteString("+--------+------------+------------+------------------------+--------+\n| id     | nom        | naissance  | adresse                | cp     |\n+--------+------------+------------+------------------------+--------+\n")
	for i := range benchRows {
		fmt.Fprintf(&s, "| %6d | MARTIN     | 19%02d-01-02 | %2d rue des Lilas       |  69001 |\n", i, i%100, i%90)
	}
	benchmarkScan(b, s.String())
}

func BenchmarkScanQuotedCSV(b *testing.B) {
	var s strings.Builder
	s.WriteString("\"id\",\"nom\",\"prenom\",\"naissance\",\"courriel\",\"telephone\",\"adresse\",\"cp\",\"ville\"\n")
	for i := range benchRows {
		fmt.Fprintf(&s, "\"%d\",\"MARTIN\",\"Jeanne\",\"19%02d-01-02\",\"jeanne.martin%d@mail.example\",\"+33639980%03d\",\"%d rue des Lilas\",\"69001\",\"Lyon\"\n", i, i%100, i, i%1000, i%90)
	}
	benchmarkScan(b, s.String())
}

func BenchmarkScanJSONLines(b *testing.B) {
	var s strings.Builder
	for i := range benchRows {
		fmt.Fprintf(&s, `{"id":%d,"nom":"MARTIN","prenom":"Hélène","naissance":"19%02d-01-02","courriel":"jeanne.martin%d@mail.example","adresse":{"voie":"%d rue des Lilas","cp":"69001","ville":"Lyon"}}`+"\n", i, i%100, i, i%90)
	}
	benchmarkScan(b, s.String())
}

func BenchmarkScanJSONArray(b *testing.B) {
	var s strings.Builder
	s.WriteString("[\n")
	for i := range benchRows {
		fmt.Fprintf(&s, `{"id":%d,"nom":"MARTIN","prenom":"Helene","naissance":"19%02d-01-02","courriel":"jeanne.martin%d@mail.example","adresse":{"voie":"%d rue des Lilas","cp":"69001","ville":"Lyon"}},`+"\n", i, i%100, i, i%90)
	}
	s.WriteString("{\"id\":0}]")
	benchmarkScan(b, s.String())
}

func BenchmarkScanSQLInserts(b *testing.B) {
	var s strings.Builder
	s.WriteString("/*!40101 SET NAMES utf8mb4 */;\nCREATE TABLE `t` (`id` int, `nom` text, `prenom` text, `naissance` date, `courriel` text, `adresse` text, `cp` text, `ville` text);\n")
	for i := range benchRows {
		if i%5000 == 0 {
			s.WriteString(";\nINSERT INTO `t` VALUES ")
		} else {
			s.WriteString(",")
		}
		fmt.Fprintf(&s, "(%d,'MARTIN','Hélène','19%02d-01-02','jeanne.martin%d@mail.example','%d rue de l\\'Orme','69001','Lyon')", i, i%100, i, i%90)
	}
	s.WriteString(";\n")
	benchmarkScan(b, s.String())
}

func BenchmarkScanSQLRowInserts(b *testing.B) {
	var s strings.Builder
	s.WriteString("SET standard_conforming_strings = on;\n")
	for i := range benchRows {
		fmt.Fprintf(&s, "INSERT INTO public.t (id, nom, prenom, naissance, courriel, adresse, cp, ville) VALUES (%d, 'MARTIN', 'Hélène', '19%02d-01-02', 'jeanne.martin%d@mail.example', '%d rue de l''Orme', '69001', 'Lyon');\n", i, i%100, i, i%90)
	}
	benchmarkScan(b, s.String())
}

func BenchmarkScanSQLCopy(b *testing.B) {
	var s strings.Builder
	s.WriteString("SET standard_conforming_strings = on;\nCOPY public.t (id, nom, prenom, naissance, courriel, adresse, cp, ville) FROM stdin;\n")
	for i := range benchRows {
		fmt.Fprintf(&s, "%d\tMARTIN\tHélène\t19%02d-01-02\tjeanne.martin%d@mail.example\t%d rue\\tdes Lilas\t69001\t\\N\n", i, i%100, i, i%90)
	}
	s.WriteString("\\.\n")
	benchmarkScan(b, s.String())
}
