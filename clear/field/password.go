package field

import "bytes"

// Hash is a family of password hashes, told by shape alone.
type Hash uint8

// The families.
const (
	NoHash  Hash = iota
	Hex32        // MD5, NTLM
	Hex40        // SHA-1
	Hex64        // SHA-256
	Hex128       // SHA-512
	MySQL41      // * and 40 hexadecimal digits
	Bcrypt
	Argon2
	Crypt // $1$, $5$, $6$, $y$ of crypt(3), phpass, and other $id$ forms
	PBKDF2
	LDAP   // {SSHA} and its like
	Base64 // of 16 bytes and more, padded
)

func (h Hash) String() string {
	if h > Base64 {
		return "unknown"
	}
	return [...]string{
		"none", "32 hexadecimal digits (MD5, NTLM)", "40 hexadecimal digits (SHA-1)", "64 hexadecimal digits (SHA-256)",
		"128 hexadecimal digits (SHA-512)", "MySQL 4.1", "bcrypt", "Argon2", "crypt", "PBKDF2", "LDAP scheme", "Base64",
	}[h]
}

// HashOf tells the family of hashes that text has the shape of.
func HashOf(text []byte) Hash {
	switch {
	case len(text) == 60 && (bytes.HasPrefix(text, []byte("$2a$")) || bytes.HasPrefix(text, []byte("$2b$")) ||
		bytes.HasPrefix(text, []byte("$2y$")) || bytes.HasPrefix(text, []byte("$2x$"))):
		return Bcrypt
	case bytes.HasPrefix(text, []byte("$argon2")):
		return Argon2
	case bytes.HasPrefix(text, []byte("pbkdf2")) || bytes.HasPrefix(text, []byte("$pbkdf2")) || bytes.HasPrefix(text, []byte("$P$")) && len(text) != 34:
		return PBKDF2
	case len(text) > 12 && text[0] == '$' && bytes.IndexByte(text[1:min(len(text), 14)], '$') > 0:
		return Crypt
	case len(text) > 20 && text[0] == '{' && bytes.IndexByte(text, '}') > 1 && bytes.IndexByte(text, '}') < 12:
		return LDAP
	case len(text) == 41 && text[0] == '*' && hexadecimal(text[1:]):
		return MySQL41
	}
	bare := text
	if len(bare) > 2 && (bare[0] == '\\' || bare[0] == '0') && bare[1] == 'x' { // bytea, SQL Server
		bare = bare[2:]
	}
	if hexadecimal(bare) {
		switch len(bare) {
		case 32:
			return Hex32
		case 40:
			return Hex40
		case 64:
			return Hex64
		case 128:
			return Hex128
		}
	}
	if n := len(text); n >= 24 && n%4 == 0 && text[n-1] == '=' && base64(text) {
		return Base64
	}
	return NoHash
}

func hexadecimal(b []byte) bool {
	for _, c := range b {
		if !isDigit(c) && !(c >= 'a' && c <= 'f') && !(c >= 'A' && c <= 'F') {
			return false
		}
	}
	return len(b) > 0
}

func base64(b []byte) bool {
	for i, c := range b {
		switch {
		case isDigit(c) || isUpper(c) || c >= 'a' && c <= 'z' || c == '+' || c == '/' || c == '-' || c == '_':
		case c == '=' && i >= len(b)-2:
		default:
			return false
		}
	}
	return true
}

// password reads a password or its hash: the text is its own canonical form. A
// password in the clear is odd, since it should have been hashed.
func (s *Splitter) password(text []byte) (Validity, Reason) {
	s.out = append(s.out, text...)
	s.bare()
	if HashOf(text) == NoHash {
		return Odd, NotHashed
	}
	return Valid, NoReason
}
