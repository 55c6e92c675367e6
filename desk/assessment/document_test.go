package assessment

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// TestEveryKeyIsDocumented holds docs/assessment.md against the types.
func TestEveryKeyIsDocumented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/assessment.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]bool{}
	for _, code := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(string(page), -1) {
		for _, word := range regexp.MustCompile(`[a-z0-9_]+`).FindAllString(code[1], -1) {
			documented[word] = true
		}
	}
	keys := 0
	var walk func(reflect.Type)
	walk = func(x reflect.Type) {
		switch x.Kind() {
		case reflect.Pointer, reflect.Slice:
			walk(x.Elem())
		case reflect.Struct:
			for f := range x.Fields() {
				key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
				if keys++; key == "" || !documented[key] {
					t.Errorf("docs/assessment.md does not tell what %q of %s means", key, x.Name())
				}
				walk(f.Type)
			}
		}
	}
	walk(reflect.TypeFor[Assessment]())
	if keys < 60 {
		t.Errorf("only %d keys were found", keys)
	}
	if !strings.Contains(string(page), Schema) {
		t.Errorf("docs/assessment.md is not of %s", Schema)
	}
}
