package form

import (
	"bytes"
	"fmt"
	"strings"

	"constat.example/internal/words"
)

// Sheet is a file of questions to fill in by hand and give back (ReadAnswers): each key with
// what it is about, who may know, and what it takes. begin stands above them all.
func Sheet(questions []Question, lang string, begin words.Both) []byte {
	var out bytes.Buffer
	say := func(b words.Both) { comment(&out, b.In(lang)) }
	say(begin)
	for i := range questions {
		q := &questions[i]
		out.WriteByte('\n')
		comment(&out, q.Label.In(lang)+" ("+strings.Join(q.Boxes, ", ")+")")
		for _, more := range []words.Both{q.Help, q.Ask} {
			if more.EN != "" {
				say(more)
			}
		}
		say(takes(q))
		for _, o := range q.Options {
			comment(&out, "  "+o.Code+"  "+o.Words.In(lang))
		}
		fmt.Fprintf(&out, "%s:\n", q.Key)
	}
	return out.Bytes()
}

// takes tells how an answer is written.
func takes(q *Question) words.Both {
	switch q.Type {
	case Choice:
		return words.Both{FR: "Un code parmi :", EN: "One of these codes:"}
	case Choices:
		return words.Both{FR: "Un ou plusieurs codes, comme [a, b], parmi :", EN: "One or more of these codes, as [a, b]:"}
	case Number:
		return words.Both{FR: "Un nombre entier.", EN: "A whole number."}
	case Time:
		return words.Both{FR: "Un moment, comme 2026-04-20T12:17, ou un jour.", EN: "A time, as 2026-04-20T12:17, or a day."}
	case Table:
		row := words.Both{FR: "Des lignes", EN: "Rows"}
		if len(q.Head) > 0 {
			var fr, en []string
			for _, h := range q.Head {
				fr, en = append(fr, h.FR+": …"), append(en, h.EN+": …")
			}
			row = words.Both{FR: row.FR + ", comme - {" + strings.Join(fr, ", ") + "}", EN: row.EN + ", as - {" + strings.Join(en, ", ") + "}"}
		}
		return words.Both{FR: row.FR + ".", EN: row.EN + "."}
	}
	return words.Both{FR: "Un texte, ou {fr: …, en: …}.", EN: "A text, or {fr: …, en: …}."}
}

// comment writes a comment of YAML, folded.
func comment(out *bytes.Buffer, text string) {
	const widest = 100 // characters
	indent := text[:len(text)-len(strings.TrimLeft(text, " "))]
	n := 0 // characters on the line
	for _, word := range strings.Fields(text) {
		size := len([]rune(word))
		if n > 0 && n+1+size > widest {
			out.WriteByte('\n')
			n = 0
		}
		if n == 0 {
			out.WriteString("# " + indent)
			n = 2 + len(indent)
		} else {
			out.WriteByte(' ')
			n++
		}
		out.WriteString(word)
		n += size
	}
	out.WriteByte('\n')
}
