package accesslog

import (
	"fmt"
	"strings"
	"testing"

	"constat.example/blind/access"
	"constat.example/blind/kind"
)

// TestStatements tells of each statement what it does, to which table, for which
// records, and by what it seeks.
func TestStatements(t *testing.T) {
	t.Parallel()
	m := &Map{Columns: map[string]kind.Kind{"naissance": kind.BirthDate, "nom": kind.BirthSurname}}
	of := &Map{Tables: []string{"clients"}, Keys: []string{"id", "client_id"}}
	for _, test := range []struct {
		text, want string
		m          *Map
		params     []string
		mariadb    bool
	}{
		{text: "SELECT * FROM clients WHERE id = 12", want: "read clients 12"},
		{text: "select nom, prenom from public.\"clients\" c where c.id='FT-12';", want: "read clients FT-12"},
		{text: "SELECT * FROM clients WHERE 12 = id", want: "read clients 12"},
		{text: "SELECT * FROM clients WHERE 12 = clients.id AND actif", want: "read clients 12"},
		{text: "SELECT * FROM clients WHERE id = $1", params: []string{"77"}, want: "read clients 77"},
		{text: "SELECT * FROM clients WHERE id = $2", params: []string{"77"}, want: "read clients"},
		{text: "SELECT * FROM clients WHERE id = $1::bigint LIMIT 1", params: []string{"77"}, want: "read clients 77"},
		{text: "SELECT * FROM clients WHERE id IN (1, 2,'3')", want: "list clients 1 2 3"},
		{text: "SELECT * FROM clients WHERE id IN (VALUES (1), (2))", want: "list clients 1 2"},
		{text: "SELECT * FROM clients WHERE id = 1 OR id = 2", want: "list clients 1 2"},
		{text: "SELECT * FROM clients WHERE id = ANY ('{4,5}'::int[])", want: "list clients 4 5"},
		{text: "SELECT * FROM clients WHERE id = ANY ($1)", params: []string{"{4,5,6}"}, want: "list clients 4 5 6"},
		{text: "SELECT * FROM clients WHERE id = ANY (ARRAY[4, 5])", want: "list clients 4 5"},
		{text: "SELECT * FROM clients WHERE id IN (SELECT client_id FROM rdv)", want: "search clients"},
		{text: "SELECT * FROM clients", want: "list clients"},
		{text: "TABLE clients", want: "list clients"},
		{text: "SELECT * FROM clients ORDER BY id LIMIT 50 OFFSET 100", want: "list clients ~101"},
		{text: "SELECT * FROM clients ORDER BY id LIMIT 100, 50", mariadb: true, want: "list clients ~101"},
		{text: "SELECT * FROM clients WHERE id > 5000 ORDER BY id LIMIT 50", want: "list clients by record_id ~5000"},
		{text: "SELECT * FROM clients WHERE id >= $1 ORDER BY id LIMIT 50", params: []string{"7"}, want: "list clients by record_id ~7"},
		{text: "SELECT * FROM clients WHERE id BETWEEN 100 AND 199", want: "list clients by record_id ~100"},
		{text: "SELECT * FROM clients WHERE nom = 'L''Hôte' LIMIT 50", want: "search clients"},
		{text: "SELECT * FROM clients WHERE nom LIKE 'AB%'", m: m, want: "search clients by birth_surname ~15411789"},
		{text: "SELECT * FROM clients WHERE naissance = '1980-01-31'", m: m, want: "search clients by birth_date ~723151"},
		{text: "SELECT * FROM clients WHERE naissance = $1 LIMIT 10 OFFSET 20", m: m, params: []string{"1980-02-01"}, want: "search clients by birth_date ~723152"},
		{text: "SELECT nom FROM clients WHERE nom = E'it\\'s FROM x WHERE id = 5'", want: "search clients"},
		{text: "SELECT nom FROM clients WHERE nom = 'a\\' OR id = 5", want: "read clients 5"},
		{text: "SELECT nom FROM clients WHERE nom = \"it\\\"s\" AND id = 5", mariadb: true, want: "read clients 5"},
		{text: "SELECT extract(year FROM naissance) FROM clients WHERE id = 9", want: "read clients 9"},
		{text: "SELECT substring(nom from 1 for 3), nom FROM clients WHERE id = 9", want: "read clients 9"},
		{text: "SELECT * FROM dossiers d JOIN clients c ON c.id = d.client_id WHERE d.id = 5", m: of, want: "search clients"},
		{text: "SELECT * FROM dossiers AS d JOIN clients c ON c.id = d.client_id WHERE c.id = 5", m: of, want: "read clients 5"},
		{text: "SELECT * FROM clients c, villes v WHERE c.ville = v.id AND v.id = 3", m: of, want: "search clients"},
		{text: "SELECT * FROM notes WHERE client_id = 5", m: of, want: "read notes 5"},
		{text: "WITH x AS (SELECT * FROM clients WHERE id = 8) SELECT nom FROM x", want: "read clients 8"},
		{text: "WITH x AS (SELECT * FROM clients) SELECT count(*) FROM x", want: "other clients"},
		{text: `SELECT 1 FROM ONLY "public"."clients" x WHERE "id" OPERATOR(pg_catalog.=) $1 FOR KEY SHARE OF x`, params: []string{"3"}, want: "other clients"},
		{text: "SELECT 1 FROM clients WHERE id = 3", want: "other clients"},
		{text: "SELECT count(*) AS n FROM clients WHERE nom = 'X'", want: "other clients"},
		{text: "SELECT count(*), ville FROM clients GROUP BY ville", want: "list clients"},
		{text: "SELECT string_agg(nom, ',') FROM clients", want: "list clients gathers"},
		{text: "SELECT 1", want: "other"},
		{text: "SELECT now(), version()", want: "other"},
		{text: "SELECT relname FROM pg_catalog.pg_class", want: "list"},
		{text: "SELECT table_name FROM information_schema.tables", want: "list"},
		{text: "-- SELECT\nSELECT /* from x where id = 1 */ nom FROM clients WHERE id = 2", want: "read clients 2"},
		{text: "/* unended", want: "other"},
		{text: "BEGIN; SELECT nom FROM clients WHERE id = 1; SELECT nom FROM clients WHERE id = 2; COMMIT", want: "list clients 1 2"},
		{text: "SELECT $$ FROM x $$, nom FROM clients WHERE id = 4", want: "read clients 4"},
		{text: "DO $body$ BEGIN PERFORM 1 FROM clients; END $body$", want: "other"},
		{text: "COPY public.clients (id, nom) TO stdout;", want: "copy clients"},
		{text: "COPY (SELECT * FROM clients WHERE id > 5) TO '/tmp/x' CSV", want: "copy clients by record_id ~5"},
		{text: "COPY clients FROM stdin", want: "write clients"},
		{text: "CREATE TABLE vol AS SELECT * FROM clients", want: "copy clients"},
		{text: "CREATE TEMP TABLE t (id int)", want: "other"},
		{text: "CREATE VIEW v AS SELECT * FROM clients", want: "other"},
		{text: "SELECT * INTO vol FROM clients", want: "copy clients"},
		{text: "SELECT nom INTO @nom FROM clients WHERE id = 6", mariadb: true, want: "read clients 6"},
		{text: "INSERT INTO vol SELECT * FROM clients", want: "copy clients"},
		{text: "INSERT INTO clients (id, nom) VALUES (1, 'A'), (2, 'B')", want: "write clients"},
		{text: "INSERT INTO journal SELECT 1, now()", want: "write journal"},
		{text: "UPDATE clients SET nom = 'A' WHERE id = 3", want: "write clients 3"},
		{text: "DELETE FROM clients WHERE id = 3", want: "write clients 3"},
		{text: "SELECT * FROM clients INTO OUTFILE '/tmp/x'", mariadb: true, want: "copy clients"},
		{text: "SELECT /*!40001 SQL_NO_CACHE */ * FROM `clients`", mariadb: true, want: "backup clients"},
		{text: "DECLARE c CURSOR FOR SELECT * FROM clients", want: "list clients"},
		{text: "EXPLAIN SELECT * FROM clients", want: "other"},
		{text: "SET pgaudit.log = 'none'", want: "logging"},
		{text: "ALTER ROLE dba SET log_statement TO 'none'", want: "logging"},
		{text: "SELECT set_config('pgaudit.log', 'none', false)", want: "logging"},
		{text: "SET GLOBAL server_audit_logging = OFF", mariadb: true, want: "logging"},
		{text: "SET GLOBAL general_log=0", mariadb: true, want: "logging"},
		{text: "DROP EXTENSION pgaudit", want: "logging"},
		{text: "SET search_path = log", want: "other"},
		{text: "", want: "other"},
		{text: strings.Repeat("(", 99) + "SELECT", want: "other"},
		{text: "SELECT " + strings.Repeat("(", 99), want: "other"},
	} {
		s := test.m.sql()
		s.mariadb = test.mariadb
		var params [][]byte
		for _, p := range test.params {
			params = append(params, []byte(p))
		}
		got := s.look([]byte(test.text), params).String()
		if s.table != nil {
			got += " " + string(s.table)
		}
		for _, id := range s.ids {
			got += " " + string(id)
		}
		if s.by != kind.Unknown {
			got += " by " + s.by.String()
		}
		if s.sought != 0 {
			got += fmt.Sprintf(" ~%d", s.sought)
		}
		if s.gathers {
			got += " gathers"
		}
		if got != test.want {
			t.Errorf("%s\nis %q, not %q", test.text, got, test.want)
		}
	}
}

// FuzzStatement looks at anything; what is found must stand in the text or the parameters.
func FuzzStatement(f *testing.F) {
	f.Add("SELECT * FROM clients WHERE id IN (1,'2') -- x", "3", false)
	f.Add("select $$a$$, E'\\'' /* */ from \"a\".b where x = any('{1}') limit 1,2", "4", true)
	f.Add("with x as (select 1) insert into y select * from z where id between $1 and 4", "5", true)
	f.Fuzz(func(t *testing.T, text, param string, mariadb bool) {
		s := (*Map)(nil).sql()
		s.mariadb = mariadb
		if a := s.look([]byte(text), [][]byte{[]byte(param)}); a >= access.Actions {
			t.Fatal(a)
		}
		for _, id := range s.ids {
			if !strings.Contains(text, string(id)) && !strings.Contains(param, string(id)) {
				t.Errorf("record id %q stands nowhere", id)
			}
		}
		if !strings.Contains(text, string(s.table)) {
			t.Errorf("table %q stands nowhere", s.table)
		}
	})
}
