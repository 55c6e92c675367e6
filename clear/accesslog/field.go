package accesslog

import (
	"strings"
)

// field is a part of an entry that a log may tell.
type field uint8

const (
	fieldTime field = iota
	fieldAccount
	fieldAction
	fieldRecord
	fieldCount
	fieldAddress
	fieldSession
	fieldDevice
	fieldOffice
	fieldReason
	fieldRelation
	fieldMethod
	fieldPath  // of a request, with or without its query
	fieldQuery // of a request
	fieldStatus
	fields int = iota
)

// fieldNames are what a map file calls them.
var fieldNames = [fields]string{
	"time", "account", "action", "record", "count", "address", "session", "device", "office", "reason", "relation", "method", "path", "query", "status",
}

// usual are the names that programs give to them, those that are surest first: the
// common ones in English and French, Elastic's common schema, OpenTelemetry's
// conventions. A name with a dot stands for the end of a path.
var usual = [fields][]string{
	fieldTime:     {"@timestamp", "timestamp", "time", "ts", "datetime", "eventtime", "horodatage", "dateheure", "instant", "timelocal", "timeiso8601", "date", "at"},
	fieldAccount:  {"account", "accountid", "user.name", "user.id", "username", "userid", "login", "user", "remoteuser", "compte", "utilisateur", "identifiantagent", "idagent", "agent.id", "operateur", "actor", "principal", "clientid", "apikey"},
	fieldAction:   {"action", "event.action", "eventname", "operation", "evenement", "verb", "event", "typeacces"},
	fieldRecord:   {"record", "recordid", "record.id", "records", "dossier", "dossierid", "dossier.id", "iddossier", "numerodossier", "beneficiaire", "usager", "usagerid", "personid", "person.id", "patientid", "objectid", "object.id", "resourceid", "resource.id", "ids"},
	fieldCount:    {"count", "recordcount", "results", "resultcount", "rows", "rowcount", "nb", "nbresultats", "nombre", "total", "hits"},
	fieldAddress:  {"address", "source.ip", "client.ip", "client.address", "sourceip", "srcip", "src", "clientip", "remoteaddr", "remotehost", "ip", "ipaddress", "adresseip", "xforwardedfor"},
	fieldSession:  {"session", "sessionid", "session.id", "sid", "idsession", "traceid"},
	fieldDevice:   {"device", "useragent.original", "useragent", "httpuseragent", "navigateur", "terminal"},
	fieldOffice:   {"office", "officeid", "agence", "codeagence", "site", "orgunit", "unite", "bureau", "department", "service"},
	fieldReason:   {"reason", "motif", "purpose", "justification"},
	fieldRelation: {"relation", "table", "module", "ecran", "screen", "resource.type", "objecttype", "application"},
	fieldMethod:   {"http.request.method", "requestmethod", "method", "httpmethod"},
	fieldPath:     {"url.path", "url.original", "uri", "requesturi", "path", "request", "url"},
	fieldQuery:    {"url.query", "querystring", "args"},
	fieldStatus:   {"http.response.statuscode", "status", "statuscode", "responsecode", "code"},
}

// plain is a name as names are compared: small letters, and no mark but dots.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '_' || r == '-' || r == ' ':
			return -1
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return r
	}, name)
}

// named is what a name stands for.
type named struct {
	field field
	rank  int // the lower, the surer
}

// usually is what every usual name stands for.
var usually = func() map[string]named {
	all := map[string]named{}
	for f, names := range usual {
		for rank, name := range names {
			if _, ok := all[name]; !ok {
				all[name] = named{field(f), rank}
			}
		}
	}
	return all
}()

// fieldOf tells which field a name stands for, the name of a column or a path with dots:
// by the map where it names fields, else by the usual names.
func (m *Map) fieldOf(name string) (named, bool) {
	if m != nil && len(m.Fields) > 0 {
		for f := range field(fields) {
			if want, ok := m.Fields[f]; ok && want == name {
				return named{field: f}, true
			}
		}
		return named{}, false
	}
	for name = plain(name); ; {
		if n, ok := usually[name]; ok {
			return n, true
		}
		i := strings.IndexByte(name, '.')
		if i < 0 {
			return named{}, false
		}
		name = name[i+1:]
	}
}

// resolve finds the fields of a log among the names it has, of names that stand for one
// field the surest, the first of equals; -1 for fields it lacks.
func (m *Map) resolve(names []string) [fields]int {
	var found, ranks [fields]int
	for f := range found {
		found[f] = -1
	}
	for i, name := range names {
		if n, ok := m.fieldOf(name); ok && (found[n.field] < 0 || n.rank < ranks[n.field]) {
			found[n.field], ranks[n.field] = i, n.rank
		}
	}
	return found
}
