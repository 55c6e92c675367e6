package dump

import (
	"slices"
	"testing"
)

func TestTabPairs(t *testing.T) {
	t.Parallel()
	const head = "-- MySQL dump 10.13\n/*!40101 SET NAMES utf8 */;\nDROP TABLE IF EXISTS `clients`;\nCREATE TABLE `clients` (\n  `id` int NOT NULL,\n  `nom` text,\n  `b` blob,\n  PRIMARY KEY (`id`)\n) ENGINE=InnoDB;\n"
	const rows = "1\tMartin\\\nsuite\ta\n2\t\\N\t\xff\\0\\\t\n"
	for _, c := range []struct {
		name    string
		sources []Source
		columns [][]string
		rows    [][]string
	}{
		{
			"pair",
			[]Source{given("clients.sql", []byte(head)), given("clients.txt", []byte(rows))},
			[][]string{{"id", "nom", "b"}},
			[][]string{{"1", "Martin\nsuite", "a"}, {"2", "", "0xFF0009"}},
		},
		{
			"rows first, and without \\N",
			[]Source{given("clients.txt", []byte("1\tMartin\ta\n2\tPetit\tb\n")), given("clients.sql", []byte(head))},
			[][]string{{"id", "nom", "b"}},
			[][]string{{"1", "Martin", "a"}, {"2", "Petit", "b"}},
		},
		{
			"the first holds rows itself",
			[]Source{given("clients.sql", []byte(head+"INSERT INTO `clients` VALUES (1,'x','y');\n")), given("clients.txt", []byte("a\tb\n1\t2\n3\t4\n"))},
			[][]string{{"id", "nom", "b"}, {"a", "b"}},
			[][]string{{"1", "x", "y"}, {"1", "2"}, {"3", "4"}},
		},
		{
			"no pair",
			[]Source{given("autres.sql", []byte(head)), given("clients.txt", []byte("a\tb\n1\t2\n3\t4\n"))},
			[][]string{{"id", "nom", "b"}, {"a", "b"}},
			[][]string{{"1", "2"}, {"3", "4"}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d, err := openGiven(t, Options{}, c.sources...)
			if err != nil {
				t.Fatal(err)
			}
			s := scanAll(t, d)
			var columns [][]string
			for _, table := range d.Tables {
				columns = append(columns, table.Columns)
			}
			if !slices.EqualFunc(columns, c.columns, slices.Equal) || !slices.EqualFunc(s.rows, c.rows, slices.Equal) || len(s.account.Rejects) > 0 {
				t.Errorf("%q: %q, %+v", columns, s.rows, s.account.Rejects)
			}
		})
	}
}
