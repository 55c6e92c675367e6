package accesslog

// formats are tried in this order: those first whose look is surest.
var formats []known

func init() {
	// In a function, since the parser of maps asks for the names of formats.
	formats = []known{
		{"postgres-json", openPostgresJSON},
		{"postgres-csv", openPostgresCSV},
		{"syslog", openSyslog},
		{"cef", openCEF},
		{"leef", openLEEF},
		{"mariadb-audit", openMariaAudit},
		{"mariadb-general", openGeneral},
		{"postgres", openPostgresText},
		{"wrapped", openWrapped},
		{"json", openJSON},
		{"web", openWeb},
		{"csv", openCSV},
	}
}
