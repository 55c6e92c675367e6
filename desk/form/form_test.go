package form_test

import (
	"testing"

	"constat.example/desk/form"
)

// TestForms holds every form to what a document needs: names and keys once, both languages.
func TestForms(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, f := range form.Forms() {
		if names[f.Name] || f.Fill == nil || !f.Title.Whole() || !f.For.Whole() || !f.Basis.Whole() || f.Version == "" {
			t.Errorf("%s is there twice, or not whole", f.Name)
		}
		names[f.Name] = true
	}
}
