package dump

// About is what people are told of a way of writing rows that is read.
type About struct {
	Name    string // as in Table.Format
	What    string
	Example string // a whole small file
	NotRead string // what of it is not read, and becomes a reject or is passed over

	// Made makes the small file where it is no text; Example then says in words
	// what is in it.
	Made func() []byte
}

// Formats are the formats read, and Packings what they may be packed in.
func Formats() []About {
	var all []About
	for i := len(formats) - 1; i >= 0; i-- {
		all = append(all, formats[i].about())
	}
	for _, w := range wholes {
		all = append(all, w.about())
	}
	return all
}

// Packings are what files may be packed in.
func Packings() []Packing {
	var all []Packing
	for _, c := range containers {
		all = append(all, c.about())
	}
	return all
}

// Refused are formats that are told by their first bytes and not read.
func Refused() []string {
	var all []string
	seen := map[string]bool{}
	for _, m := range unreadMarks {
		if !seen[m.like] {
			seen[m.like] = true
			all = append(all, m.like)
		}
	}
	return append(append(all, unreadDocuments...), markup)
}

func (csvFormat) about() About {
	return About{
		Name: "CSV", What: "rows of cells between any delimiter of one character or several, in quotes or not, with a header or without; several tables, one after another; delimiters that change further down",
		Example: "id;nom;ville\n1;Martin;\"Lyon, 3e\"\n2;Petit;Pau\n",
		NotRead: "lines of one cell among rows of several, such as footers; remarks after `#` or `//`; tables side by side",
	}
}

func (fixedFormat) about() About {
	return About{
		Name: "fixed width", What: "columns at the same places of every line: with a line of dashes under the header, in frames, or neither; what `psql`, `mysql`, `sqlplus` and `sqlite3` print",
		Example: "+----+--------+----------+\n| id | nom    | ville    |\n+----+--------+----------+\n|  1 | Martin | Lyon     |\n|  2 | Petit  | Le Mans  |\n+----+--------+----------+\n2 rows in set (0.00 sec)\n",
		NotRead: "columns that touch one another; records printed downwards (`\\G`, `\\x`)",
	}
}

func (tabFormat) about() About {
	return About{
		Name: "tab-separated", What: "the text of `COPY` and of `mysqldump --tab`: tabs, backslash escapes, `\\N` for nothing; columns are named by the `.sql` file beside a `.txt` file of the same name",
		Example: "1\tMartin\t\\N\n2\tPetit\tdeux\\tmots\n",
		NotRead: "names of columns, which such files do not hold",
	}
}

func (sqlFormat) about() About {
	return About{
		Name: "SQL", What: "dumps as text of MySQL, MariaDB, phpMyAdmin, PostgreSQL (`COPY` and `INSERT`; also in the custom, tar and directory formats of `pg_dump`), SQL Server and Oracle; each table by itself",
		Example: "CREATE TABLE clients (id int, nom text);\nINSERT INTO clients VALUES (1,'Martin'),(2,'O''Brien');\nCOPY dossiers (id, client) FROM stdin;\n7\t1\n\\.\n",
		NotRead: "large objects; `INSERT … SELECT`, `INSERT … SET`, `UPDATE`, `COPY` in binary; values that only a server can work out stay as written",
	}
}

func (jsonFormat) about() About {
	return About{
		Name: "JSON", What: "objects in an array, in an array within one object, or one after another, also as `mongoexport` writes them; a column for each key",
		Example: "{\"data\": [{\"nom\": \"Martin\", \"adresse\": {\"ville\": \"Lyon\"}}, {\"nom\": \"Petit\"}]}\n",
		NotRead: "arrays of arrays, values outside objects",
	}
}

func (jsonLinesFormat) about() About {
	return About{
		Name: "JSON Lines", What: "one JSON object a line, also as `mongoexport` writes them; a column for each key",
		Example: "{\"nom\": \"Martin\", \"mels\": [\"a@x.example\"]}\n{\"nom\": \"Petit\"}\n",
		NotRead: "lines that are no object",
	}
}
