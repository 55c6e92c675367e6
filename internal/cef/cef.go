// Package cef writes events in the Common Event Format (ArcSight, version 0), as
// servers of logs take them.
package cef

import (
	"fmt"
	"strings"

	"constat.example/internal/visible"
)

var (
	head  = strings.NewReplacer(`\`, `\\`, "|", `\|`, "\n", " ", "\r", " ").Replace
	value = strings.NewReplacer(`\`, `\\`, "=", `\=`, "\n", `\n`, "\r", " ").Replace
)

// longest is how much of a text is written, in characters.
const longest = 500

// Field is a key of the extension, and its value. One without a value is left out.
type Field struct{ Key, Value string }

// Line writes an event: what kind, in words, how grave from 0 to 10.
func Line(kind, words string, severity int, fields ...Field) string {
	line := fmt.Sprintf("CEF:0|Constat|constat|1|%s|%s|%d|", head(kind), head(words), severity)
	var all []string
	for _, f := range fields {
		if f.Value != "" {
			all = append(all, f.Key+"="+value(visible.Text(f.Value, longest)))
		}
	}
	return line + strings.Join(all, " ")
}
