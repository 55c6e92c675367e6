package office

import (
	"strconv"
	"time"

	"constat.example/blind/access"
)

// Layout is how lines are written.
type Layout uint8

// Layouts.
const (
	JSON Layout = iota // an application's audit log, an object a line
	Web                // a web server's combined log, of an application that is asked by address
)

// words are what the application calls what is done.
var words = [access.Actions]string{
	access.Read: "read", access.Search: "search", access.List: "list", access.Write: "write", access.Export: "export", access.Copy: "copy",
	access.Backup: "backup", access.Login: "login", access.Refused: "login_failed", access.Logout: "logout", access.Denied: "denied",
}

// AppendLine writes an event as a line of the log; id writes the name of a record.
func (s *Staff) AppendLine(b []byte, l Layout, d *Day, e *Event, id func(b []byte, number uint64) []byte) []byte {
	if l == Web {
		return s.appendWeb(b, d, e, id)
	}
	b = append(b, `{"ts":"`...)
	b = time.UnixMicro(e.At).UTC().AppendFormat(b, "2006-01-02T15:04:05.000Z")
	b = s.AppendAccount(append(b, `","account":"`...), e.Account)
	b = append(append(append(b, `","action":"`...), words[e.Action]...), '"')
	if e.Record != 0 {
		b = append(id(append(b, `,"record":"`...), uint64(e.Record)), '"')
	}
	if records := d.Of(e); len(records) > 0 {
		b = append(b, `,"records":[`...)
		for i, n := range records {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(id(append(b, '"'), uint64(n)), '"')
		}
		b = append(b, ']')
	}
	if e.Count >= 0 {
		b = strconv.AppendInt(append(b, `,"count":`...), int64(e.Count), 10)
	}
	if e.Page > 0 {
		b = strconv.AppendInt(append(b, `,"page":`...), int64(e.Page), 10)
	}
	b = append(AppendAddress(append(b, `,"address":"`...), e.Address), '"')
	b = append(AppendSession(append(b, `,"session":"`...), e.Session), '"')
	if o := s.Office(e.Account, e.At); o != "" {
		b = append(append(append(b, `,"office":"`...), o...), '"')
	}
	if e.Reason != NoReason {
		b = append(append(append(b, `,"reason":"`...), e.Reason.String()...), '"')
	}
	b = s.AppendDevice(append(b, `,"device":"`...), e.Device)
	return append(b, "\"}\n"...)
}

// AppendAddress writes an IPv4 address.
func AppendAddress(b []byte, a uint32) []byte {
	for shift := 24; shift >= 0; shift -= 8 {
		b = strconv.AppendUint(b, uint64(a>>shift&255), 10)
		if shift > 0 {
			b = append(b, '.')
		}
	}
	return b
}

// AppendSession writes the name of a session.
func AppendSession(b []byte, session uint32) []byte {
	return strconv.AppendUint(append(b, 's'), uint64(session), 36)
}

// AppendDevice writes the name of a machine.
func (s *Staff) AppendDevice(b []byte, device uint32) []byte {
	n := device >> 2
	switch {
	case device&3 == 3:
		return append(b, "DESKTOP-K3V9QX"...)
	case s.accounts[n].role == Client:
		b = append(b, "client-api/2."...)
	case device&3 == 1:
		b = append(b, "portable-"...)
	default:
		b = append(b, "poste-"...)
	}
	for limit := uint32(1000); limit > 1 && n < limit; limit /= 10 {
		b = append(b, '0')
	}
	return strconv.AppendUint(b, uint64(n), 10)
}

// appendWeb writes the line of a web server: what was asked for, and how it ended.
func (s *Staff) appendWeb(b []byte, d *Day, e *Event, id func(b []byte, number uint64) []byte) []byte {
	b = append(AppendAddress(b, e.Address), " - "...)
	if e.Action == access.Refused {
		b = append(b, '-')
	} else {
		b = s.AppendAccount(b, e.Account)
	}
	b = time.UnixMicro(e.At).UTC().AppendFormat(append(b, " ["...), "02/Jan/2006:15:04:05 +0000")
	b = append(b, `] "`...)
	status, size := 200, 300+1700*max(int64(e.Count), 0)
	switch e.Action {
	case access.Read:
		b = id(append(b, "GET /api/dossiers/"...), uint64(e.Record))
		if e.Count == 0 {
			status = 404
		}
	case access.Write:
		b = id(append(b, "PUT /api/dossiers/"...), uint64(e.Record))
		status = 204
	case access.Search, access.List:
		b = append(append(append(b, "GET /api/"...), words[e.Action]...), "?page="...)
		b = strconv.AppendInt(b, int64(max(e.Page, 1)), 10)
	case access.Refused:
		b, status = append(b, "POST /login"...), 401
	case access.Login, access.Logout:
		b = append(append(b, "POST /"...), words[e.Action]...)
	default:
		b = append(append(b, "POST /api/"...), words[e.Action]...)
	}
	b = append(strconv.AppendInt(append(b, ` HTTP/1.1" `...), int64(status), 10), ' ')
	b = append(strconv.AppendInt(b, size, 10), ` "-" "`...)
	return append(s.AppendDevice(b, e.Device), "\"\n"...)
}
