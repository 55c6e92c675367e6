package accesslog

// formats are tried in this order: those first whose look is surest.
func formats() []known {
	return []known{
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
