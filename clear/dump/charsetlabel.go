package dump

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/transform"
)

// decodeLabelled is text as UTF-8 that is said to be in the charset of that
// label. It reports false where there is no such charset.
func decodeLabelled(label string, text []byte) ([]byte, bool) {
	label = strings.ToLower(strings.TrimSpace(label))
	if label == "" {
		return nil, false
	}
	if label == "us-ascii" || label == "utf8" {
		label = "utf-8"
	}
	if label == "utf-8" {
		return text, utf8.Valid(text)
	}
	e, err := htmlindex.Get(label)
	if err != nil {
		return nil, false
	}
	decoded, _, err := transform.Bytes(e.NewDecoder(), text)
	return decoded, err == nil
}
