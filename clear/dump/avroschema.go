package dump

import (
	"encoding/json"
	"slices"
	"strings"
)

// avroType is a type of an Avro schema (specification 1.12).
type avroType struct {
	kind     string // of the eight plain and six composed ones
	logical  string
	scale    int32
	size     int // of fixed
	symbols  []string
	fields   []avroField
	items    *avroType // of arrays and maps
	branches []*avroType
}

type avroField struct {
	name string
	key  []byte
	of   *avroType
}

// avroPlain are the types without a description.
var avroPlain = []string{"null", "boolean", "int", "long", "float", "double", "bytes", "string"}

// avroSchema reads the text of a schema; nil where it is none.
func avroSchema(text []byte) *avroType {
	var of any
	if json.Unmarshal(text, &of) != nil {
		return nil
	}
	p := avroNames{named: map[string]*avroType{}}
	t := p.parse(of, "", 0)
	if t != nil && t.kind != "record" {
		t = &avroType{kind: "record", fields: []avroField{{"value", []byte("value"), t}}}
	}
	return t
}

type avroNames struct{ named map[string]*avroType }

// parse makes a type of a part of a schema, in whose namespace names stand.
func (p avroNames) parse(of any, space string, depth int) *avroType {
	if depth > maxDepth {
		return nil
	}
	switch of := of.(type) {
	case string:
		if slices.Contains(avroPlain, of) {
			return &avroType{kind: of}
		}
		if t := p.named[avroName(of, space)]; t != nil {
			return t
		}
		return p.named[of]
	case []any:
		t := &avroType{kind: "union"}
		for _, branch := range of {
			b := p.parse(branch, space, depth+1)
			if b == nil {
				return nil
			}
			t.branches = append(t.branches, b)
		}
		return t
	case map[string]any:
		return p.composed(of, space, depth)
	}
	return nil
}

func (p avroNames) composed(of map[string]any, space string, depth int) *avroType {
	kind, ok := of["type"].(string)
	if !ok {
		return p.parse(of["type"], space, depth+1)
	}
	t := &avroType{kind: kind}
	t.logical, _ = of["logicalType"].(string)
	if scale, ok := of["scale"].(float64); ok && scale >= 0 && scale < 1000 {
		t.scale = int32(scale)
	}
	if name, ok := of["name"].(string); ok && (kind == "record" || kind == "error" || kind == "enum" || kind == "fixed") {
		if s, ok := of["namespace"].(string); ok {
			space = s
		}
		name = avroName(name, space)
		space, _, _ = strings.Cut(name, name[strings.LastIndexByte(name, '.')+1:])
		space = strings.TrimSuffix(space, ".")
		p.named[name] = t
	}
	switch kind {
	case "record", "error":
		t.kind = "record"
		fields, _ := of["fields"].([]any)
		for _, f := range fields {
			field, _ := f.(map[string]any)
			name, _ := field["name"].(string)
			in := p.parse(field["type"], space, depth+1)
			if in == nil {
				return nil
			}
			t.fields = append(t.fields, avroField{name, []byte(name), in})
		}
	case "enum":
		symbols, _ := of["symbols"].([]any)
		for _, s := range symbols {
			name, _ := s.(string)
			t.symbols = append(t.symbols, name)
		}
	case "array", "map":
		items := of["items"]
		if kind == "map" {
			items = of["values"]
		}
		if t.items = p.parse(items, space, depth+1); t.items == nil {
			return nil
		}
	case "fixed":
		size, _ := of["size"].(float64)
		if size < 0 || size > maxAvroBlock {
			return nil
		}
		t.size = int(size)
	default:
		if !slices.Contains(avroPlain, kind) {
			return p.parse(kind, space, depth+1)
		}
	}
	return t
}

// avroName is the full name of a type.
func avroName(name, space string) string {
	if space == "" || strings.Contains(name, ".") {
		return name
	}
	return space + "." + name
}

// columns notes the columns of a type: a path for each plain value, as in JSON.
// A record within itself is a column.
func (t *avroType) columns(path string, within []*avroType, k *keySet, seen map[string]bool) {
	switch {
	case len(k.paths) > maxColumns:
	case t.kind == "record" && len(within) < maxDepth && !slices.Contains(within, t) && len(t.fields) > 0:
		for _, f := range t.fields {
			f.of.columns(path+f.name+"\x00", append(within[:len(within):len(within)], t), k, seen)
		}
		return
	case t.kind == "array":
		t.items.columns(path, within, k, seen)
		return
	case t.kind == "union":
		for _, b := range t.branches {
			if b.kind != "null" || len(t.branches) == 1 {
				b.columns(path, within, k, seen)
			}
		}
		return
	}
	if path != "" {
		k.gather(seen, &keySet{paths: []string{path}})
	}
}
