package accesslog

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// openWrapped reads JSON objects that hold a line of another log as a text: what Docker,
// Filebeat, Splunk, journald and clouds make of the lines they collect.
func openWrapped(o Options, head []byte, forced bool) format {
	lines := jsonHead(head)
	if lines.objects == 0 || 10*lines.objects < 9*lines.all {
		return nil
	}
	// The text that holds lines, the surest first.
	for _, want := range []string{"_raw", "message", "log", "textPayload", "MESSAGE", "body", "msg", "@message"} {
		for _, path := range lines.names {
			if path.name != want && !strings.HasSuffix(path.name, "."+want) {
				continue
			}
			paths := [][]string{path.keys}
			found := (*Map)(nil).resolve(lines.plainNames())[fieldTime]
			when, tag := -1, -1
			if found >= 0 {
				when = len(paths)
				paths = append(paths, lines.names[found].keys)
			}
			for i, p := range lines.names {
				if slices.Contains([]string{"SYSLOG_IDENTIFIER", "process.name", "program", "container.name", "service.name", "sourcetype", "logName"}, p.name) {
					tag = len(paths)
					paths = append(paths, lines.names[i].keys)
					break
				}
			}
			tree, width := newTree(paths), len(paths)
			f := envelope{framing: jsonFraming{}, opener: func() opener {
				return &jsonOpener{clock: newClock(o), tree: tree, width: width, time: when, tag: tag}
			}}
			f.discover(o, head, "wrapped")
			if len(f.inner) > 0 {
				return f
			}
		}
	}
	return nil
}

type jsonFraming struct{ lines }

// jsonOpener takes a text out of a JSON object.
type jsonOpener struct {
	scanner

	clock     clock
	tree      *tree
	width     int
	time, tag int
}

func (j *jsonOpener) open(text []byte, e *entry) (message, tag []byte, what fate, why string) {
	if !j.scan(text, j.tree, j.width) {
		return nil, nil, rejected, notJSON
	}
	e.when(&j.clock, j.one(j.time))
	return bytes.TrimRight(j.one(0), "\r\n"), j.one(j.tag), used, ""
}

// jsonShape is what the first lines of a log of JSON objects have.
type jsonShape struct {
	names        []jsonPath // in the order of their names
	objects, all int
}

// jsonPath is where a value stands: its keys, and the name that they make with dots between.
type jsonPath struct {
	name string
	keys []string
}

func (s *jsonShape) plainNames() []string {
	var names []string
	for _, p := range s.names {
		names = append(names, p.name)
	}
	return names
}

func jsonHead(head []byte) jsonShape {
	var s jsonShape
	if bytes.IndexByte(head, '{') < 0 {
		return s
	}
	seen := map[string]bool{}
	for line := range bytes.Lines(head) {
		if !bytes.HasSuffix(line, []byte("\n")) && s.all > 0 {
			break // cut off by the size of the head
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		if s.all++; s.all > sniffed {
			break
		}
		var object map[string]any
		if line[0] != '{' || json.Unmarshal(line, &object) != nil {
			continue
		}
		s.objects++
		flatten(nil, object, func(keys []string) {
			if name := strings.Join(keys, "."); !seen[name] {
				seen[name] = true
				s.names = append(s.names, jsonPath{name, slices.Clone(keys)})
			}
		})
	}
	slices.SortFunc(s.names, func(a, b jsonPath) int { return strings.Compare(a.name, b.name) })
	return s
}

// flatten calls each with the keys of the scalars of an object.
func flatten(prefix []string, object map[string]any, each func(keys []string)) {
	for key, value := range object {
		path := append(prefix[:len(prefix):len(prefix)], key)
		for list, ok := value.([]any); ok && len(list) > 0; list, ok = value.([]any) {
			value = list[0]
		}
		if under, ok := value.(map[string]any); ok {
			flatten(path, under, each)
			continue
		}
		each(path)
	}
}
