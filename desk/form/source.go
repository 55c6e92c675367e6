package form

import (
	"fmt"

	"constat.example/internal/words"
)

// answered is where an answer stands.
func (m *Maker) answered(a *Answer) Source {
	if a.Act == 0 {
		return Source{Room: FromOrganisation, Ref: a.Key, Words: words.Both{FR: "L’organisme, de lui-même", EN: "The organisation, of itself"}, Show: "constat organisation"}
	}
	return Source{Room: FromPerson, Ref: fmt.Sprint(a.Act), Words: words.Both{FR: fmt.Sprintf("Déclaré par %s (acte %d)", a.Who, a.Act), EN: fmt.Sprintf("Stated by %s (act %d)", a.Who, a.Act)}, Show: "constat case timeline " + m.Case}
}

// Assessed is where a finding stands in the latest assessment: path is that of its JSON.
func (m *Maker) Assessed(path string, what words.Both) Source {
	return Source{Room: FromAssessment, Ref: path, Words: words.Both{FR: "Évaluation : " + what.FR, EN: "Assessment: " + what.EN}, Show: "constat case show " + m.Case}
}
