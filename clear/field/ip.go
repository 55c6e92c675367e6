package field

import (
	"bytes"
	"net/netip"
)

// ipAddress reads an IP address, version 4 or 6, perhaps in brackets and with a
// port; its canonical form is that of RFC 5952.
func (s *Splitter) ipAddress(text []byte) (Validity, Reason) {
	reason := NoReason
	address, err := netip.ParseAddr(string(bytes.Trim(text, "[]")))
	if err != nil {
		var port netip.AddrPort
		var prefix netip.Prefix
		if port, err = netip.ParseAddrPort(string(text)); err == nil {
			address = port.Addr()
		} else if prefix, err = netip.ParsePrefix(string(text)); err == nil {
			address, reason = prefix.Addr(), Partial
		}
	}
	if err != nil {
		s.out = append(s.out, text...)
		s.bare()
		return Invalid, Shape
	}
	address = address.WithZone("").Unmap()
	s.out = address.AppendTo(s.out)
	s.bare()
	return odd(reason)
}
