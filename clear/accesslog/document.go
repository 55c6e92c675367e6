package accesslog

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// Some files are one JSON document that lists entries: an array, the answer of an
// Elasticsearch search (hits.hits), a Splunk export (results), a cloud's trail (Records),
// logs of OpenTelemetry (resourceLogs). They are turned into one object a line while they
// are read; the ordinal of an entry then stands for that of its line.

// listed are the names under which documents list entries.
var listed = map[string]bool{"hits.hits": true, "results": true, "Records": true, "records": true, "events": true, "value": true, "logEvents": true, "entries": true}

// sureList are those that no single entry has.
var sureList = map[string]bool{"": true, "hits.hits": true}

// ofDocument is a reader of one object a line, if head begins a document that lists
// entries; else from as it is.
func ofDocument(head []byte, from io.Reader) (whole io.Reader, called string, closing func()) {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	if len(text) == 0 || text[0] != '{' && text[0] != '[' {
		return from, "", func() {}
	}
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		_, _ = io.CopyN(io.Discard, from, 3)
	}
	from = bufio.NewReaderSize(from, 64<<10)
	if key, ok := firstKey(text); ok && (key == "resourceLogs" || key == "resource_logs") {
		whole, closing = asPipe(func(to *bufio.Writer) error { return otlpLines(from, to) })
		return whole, "otlp", closing
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	path, err := toList(dec)
	if err != nil || !sureList[path] && !lonely(text) {
		return from, "", func() {}
	}
	if first, err := dec.Token(); err != nil || first != json.Delim('{') && first != json.Delim(']') {
		return from, "", func() {} // a list of something else
	}
	whole, closing = asPipe(func(to *bufio.Writer) error { return elements(from, to) })
	return whole, "document", closing
}

// firstKey is the first key of an object.
func firstKey(text []byte) (string, bool) {
	var s scanner
	s.text = text
	if !s.take('{') {
		return "", false
	}
	s.blank()
	key, ok := s.quoted()
	return string(key), ok
}

// lonely tells whether text is not several objects, one a line.
func lonely(text []byte) bool {
	dec := json.NewDecoder(bytes.NewReader(text))
	var one json.RawMessage
	if err := dec.Decode(&one); err != nil {
		return true // it does not end in what was looked at
	}
	return dec.Decode(&one) != nil
}

// asPipe is what write writes, as it is read.
func asPipe(write func(to *bufio.Writer) error) (io.Reader, func()) {
	r, w := io.Pipe()
	go func() {
		to := bufio.NewWriterSize(w, 256<<10)
		err := write(to)
		w.CloseWithError(errors.Join(err, to.Flush()))
	}()
	return r, func() { _ = r.Close() }
}

// toList reads up to the first element of a list of objects, and tells its path.
func toList(dec *json.Decoder) (string, error) {
	var path []string
	type level struct{ list, key bool }
	var levels []level
	for {
		t, err := dec.Token()
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case json.Delim:
			switch t {
			case '{':
				levels = append(levels, level{key: true})
				path = append(path, "")
				continue
			case '[':
				name := strings.Join(path, ".")
				if (name == "" || listed[name]) && len(levels) == len(path) {
					return name, nil
				}
				levels = append(levels, level{list: true})
				continue
			case '}':
				path = path[:len(path)-1]
			}
			levels = levels[:len(levels)-1]
			if len(levels) == 0 {
				return "", errNoList
			}
		case string:
			if top := &levels[len(levels)-1]; top.key {
				top.key, path[len(path)-1] = false, t
				continue
			}
		}
		if len(levels) == 0 {
			return "", errNoList
		}
		if top := &levels[len(levels)-1]; !top.list {
			top.key = true
		}
	}
}

var errNoList = errors.New("the document lists no entries")

// elements writes the elements of the lists of documents, one a line.
func elements(from io.Reader, to *bufio.Writer) error {
	for {
		dec := json.NewDecoder(from)
		path, err := toList(dec)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return cutOff(err)
		}
		in := bufio.NewReaderSize(io.MultiReader(dec.Buffered(), from), 64<<10)
		if err := list(in, to); err != nil {
			return cutOff(err)
		}
		// To the end of the document, after which another may follow.
		depth := 0
		if path != "" {
			depth = 1 + strings.Count(path, ".")
		}
		for quoted := false; depth > 0; {
			c, err := in.ReadByte()
			if err != nil {
				return cutOff(err)
			}
			switch {
			case quoted && c == '\\':
				_, _ = in.ReadByte()
			case c == '"':
				quoted = !quoted
			case quoted:
			case c == '{' || c == '[':
				depth++
			case c == '}' || c == ']':
				depth--
			}
		}
		from = in
	}
}

// cutOff says that a document does not end as it should.
func cutOff(err error) error {
	if errors.Is(err, io.EOF) {
		return errShort
	}
	return errBroken
}

var (
	errShort  = errors.New("the JSON document breaks off")
	errBroken = errors.New("the JSON document is not as JSON is")
)

// list writes the elements of a list up to its end.
func list(in *bufio.Reader, to *bufio.Writer) error {
	depth, quoted := 0, false
	for {
		if quoted {
			text, err := in.ReadSlice('"')
			if _, e := to.Write(text); e != nil {
				return e
			}
			if errors.Is(err, bufio.ErrBufferFull) {
				// A mark before the end of the buffer is seen again with what follows.
				if slashes(text)%2 == 1 {
					c, err := in.ReadByte()
					if err != nil {
						return err
					}
					_ = to.WriteByte(c)
				}
				continue
			}
			if err != nil {
				return err
			}
			quoted = slashes(text[:len(text)-1])%2 == 1
			continue
		}
		c, err := in.ReadByte()
		if err != nil {
			return err
		}
		switch c {
		case '"':
			quoted = true
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				return to.WriteByte('\n')
			}
		case '\n', '\r', '\t', ' ':
			if depth == 0 {
				continue
			}
			c = ' '
		case ',':
			if depth == 0 {
				c = '\n'
			}
		}
		if err := to.WriteByte(c); err != nil {
			return err
		}
	}
}

// slashes is how many backslashes end a text.
func slashes(text []byte) int {
	n := 0
	for n < len(text) && text[len(text)-1-n] == '\\' {
		n++
	}
	return n
}

// otlpLines writes the log records of OpenTelemetry's JSON (OTLP/JSON, logs data model), one
// a line: time, body, severity, and the attributes of record and resource by their names.
func otlpLines(from io.Reader, to *bufio.Writer) error {
	dec := json.NewDecoder(from)
	for {
		var d otlp
		err := dec.Decode(&d)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return cutOff(err)
		}
		if err := d.lines(to); err != nil {
			return err
		}
	}
}

// otlp is a request or a file of logs.
type otlp struct {
	ResourceLogs []struct {
		Resource  struct{ Attributes []attribute }
		ScopeLogs []struct {
			LogRecords []struct {
				TimeUnixNano         json.RawMessage
				ObservedTimeUnixNano json.RawMessage
				SeverityText         string
				EventName            string
				Body                 anyValue
				Attributes           []attribute
				TraceID              string `json:"traceId"`
			}
		}
	}
}

type attribute struct {
	Key   string
	Value anyValue
}

// anyValue is a value of OTLP; numbers of 64 bits are texts in its JSON.
type anyValue struct {
	StringValue *string
	IntValue    json.RawMessage
	DoubleValue *float64
	BoolValue   *bool
	ArrayValue  *struct{ Values []anyValue }
	KvlistValue *struct{ Values []attribute }
}

func (v *anyValue) plain() any {
	switch {
	case v.StringValue != nil:
		return *v.StringValue
	case v.IntValue != nil:
		return strings.Trim(string(v.IntValue), `"`)
	case v.DoubleValue != nil:
		return *v.DoubleValue
	case v.BoolValue != nil:
		return *v.BoolValue
	case v.ArrayValue != nil:
		all := []any{}
		for i := range v.ArrayValue.Values {
			all = append(all, v.ArrayValue.Values[i].plain())
		}
		return all
	case v.KvlistValue != nil:
		all := map[string]any{}
		for i := range v.KvlistValue.Values {
			all[v.KvlistValue.Values[i].Key] = v.KvlistValue.Values[i].Value.plain()
		}
		return all
	}
	return nil
}

func (d *otlp) lines(to *bufio.Writer) error {
	for _, r := range d.ResourceLogs {
		for _, s := range r.ScopeLogs {
			for i := range s.LogRecords {
				l := &s.LogRecords[i]
				one := map[string]any{}
				for j := range r.Resource.Attributes {
					one["resource."+r.Resource.Attributes[j].Key] = r.Resource.Attributes[j].Value.plain()
				}
				for j := range l.Attributes {
					one[l.Attributes[j].Key] = l.Attributes[j].Value.plain()
				}
				at := strings.Trim(string(l.TimeUnixNano), `"`)
				if at == "" || at == "0" {
					at = strings.Trim(string(l.ObservedTimeUnixNano), `"`)
				}
				one["@timestamp"], one["body"] = at, l.Body.plain()
				for key, value := range map[string]string{"severity": l.SeverityText, "traceid": l.TraceID, "event.name": l.EventName} {
					if value != "" {
						one[key] = value
					}
				}
				text, err := json.Marshal(one)
				if err != nil {
					return err
				}
				if _, err := to.Write(append(text, '\n')); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
