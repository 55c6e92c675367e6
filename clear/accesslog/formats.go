package accesslog

// formats are tried in this order: those first whose look is surest.
var formats []known

func init() {
	// In a function, since the parser of maps asks for the names of formats.
	formats = []known{
		{"postgres-json", openPostgresJSON},
		{"postgres-csv", openPostgresCSV},
		{"postgres", openPostgresText},
		{"json", openJSON},
		{"web", openWeb},
		{"csv", openCSV},
	}
}
