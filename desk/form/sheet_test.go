package form_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"constat.example/desk/form"
	"constat.example/desk/form/formtest"
	"constat.example/internal/words"
)

// TestSheet: what is asked for is read back as it was filled in, and says nothing before.
func TestSheet(t *testing.T) {
	t.Parallel()
	begin := words.Both{FR: "Questions du dossier.", EN: "Questions of the case."}
	sheet := string(form.Sheet(form.Questions([]*form.Form{formtest.Small()}, formtest.Bare(t)), "en", begin))
	want := `# Questions of the case.

# People (small 1.1)
# How many people?
# A whole number.
people.count:

# Cause (small 1.2)
# What was the cause? IT security may know.
# One of these codes:
#   attack An attack
#   mistake A mistake
#   1.10 Another
cause:
`
	if !strings.HasPrefix(sheet, want) || !strings.Contains(sheet, "# Rows, as - {What: …, Who: …}.\ncommitments:\n") {
		t.Error(sheet)
	}
	for _, facts := range []*form.Facts{formtest.Bare(t), formtest.Facts(t)} {
		questions := form.Questions(form.Forms(), facts)
		for _, lang := range words.Languages {
			sheet := form.Sheet(questions, lang, begin)
			for line := range strings.Lines(string(sheet)) {
				if utf8.RuneCountInString(line) > 104 && strings.Count(line, " ") > 3 {
					t.Errorf("a line is too long: %s", line)
				}
			}
			given, err := form.ReadAnswers(sheet)
			if err != nil || len(given) != len(questions) {
				t.Fatalf("%d of %d questions come back: %v", len(given), len(questions), err)
			}
			if answers, err := form.Answers(questions, given, time.UTC); err != nil || len(answers) > 0 {
				t.Errorf("an empty sheet answers %v, %v", answers, err)
			}
		}
	}
	given, err := form.ReadAnswers([]byte(strings.Replace(sheet, "\ncause:", "\ncause: attack", 1)))
	if err != nil {
		t.Fatal(err)
	}
	answers, err := form.Answers(form.Questions([]*form.Form{formtest.Small()}, formtest.Bare(t)), given, time.UTC)
	if err != nil || len(answers) != 1 || answers[0].Value.Codes[0] != "attack" {
		t.Errorf("%+v, %v", answers, err)
	}
}
