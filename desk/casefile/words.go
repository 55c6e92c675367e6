package casefile

import (
	"fmt"
	"strings"

	"constat.example/desk/severity"
	"constat.example/internal/words"
)

// Both are the same words in French and English.
type Both = words.Both

func pair(fr, en string) Both { return Both{FR: fr, EN: en} }

func both(fr, en string, args ...any) Both {
	return pair(fmt.Sprintf(fr, args...), fmt.Sprintf(en, args...))
}

// Words tell an act.
func Words(a *Act) Both {
	w := told(a)
	if a.Reason != "" && a.Do != Grant && a.Do != Revoke {
		w = pair(w.FR+" ; motif : "+a.Reason, w.EN+", because: "+a.Reason)
	}
	return w
}

func told(a *Act) Both {
	switch a.Do {
	case Open:
		return pair("a ouvert le dossier", "opened the case")
	case Grant:
		return pair(fmt.Sprintf("a donné à %s le rôle : %s", a.Whom, a.Role.Words().FR), fmt.Sprintf("gave %s the role %s", a.Whom, a.Role))
	case Revoke:
		return pair(fmt.Sprintf("a retiré à %s le rôle : %s", a.Whom, a.Role.Words().FR), fmt.Sprintf("took the role %s from %s", a.Role, a.Whom))
	case Mark:
		var as []string
		if a.TLP != "" {
			as = append(as, "TLP:"+string(a.TLP))
		}
		if a.PAP != "" {
			as = append(as, "PAP:"+string(a.PAP))
		}
		return both("a marqué le dossier %s", "marked it %s", strings.Join(as, ", "))
	case State:
		if a.Facts != nil {
			return pair("a dit qui sont les organismes", "stated who the parties are")
		}
		w := a.Event.Kind.Words()
		return pair(fmt.Sprintf("a enregistré %s : %s", w.FR, a.Event.At), fmt.Sprintf("stated %s: %s", w.EN, a.Event.At))
	case Weigh:
		var fr, en []string
		for _, w := range a.Weighs {
			fr, en = append(fr, w.Words().FR), append(en, w.Words().EN)
		}
		return pair("a dit de la gravité : "+strings.Join(fr, ", "), "said of the severity: "+strings.Join(en, ", "))
	case Decide:
		s, c := a.Subject.Words(), a.Choice.Words()
		if subjects[a.Subject].second != nil {
			return pair(fmt.Sprintf("a proposé, %s : %s", s.FR, c.FR), fmt.Sprintf("proposed %s: %s", a.Subject, a.Choice))
		}
		return pair(fmt.Sprintf("a décidé, %s : %s", s.FR, c.FR), fmt.Sprintf("decided %s: %s", a.Subject, a.Choice))
	case Approve:
		return both("a donné le second accord à la décision %d", "said the second yes to %d", a.Of)
	case Reject:
		return both("a rejeté la décision %d", "rejected %d", a.Of)
	case Withdraw:
		return both("a retiré sa décision %d", "withdrew %d", a.Of)
	case Say:
		return answered(a.Answers)
	case File:
		return a.Filing.words()
	case Shred:
		return both("a commencé à détruire %d fichiers, par la décision %d", "began to destroy %d files, by decision %d", len(a.Files), a.Of)
	case Tell:
		return both("a écrit %s pour d’autres", "wrote %s for others", a.Files[0].Name)
	case Destroyed:
		return both("les a détruits, par la décision %d", "destroyed them, by decision %d", a.Of)
	}
	return pair(string(a.Do), string(a.Do))
}

var roleWords = map[Role]Both{
	Analyst:       pair("analyste", "analyst"),
	Officer:       pair("délégué à la protection des données", "data-protection officer"),
	Communication: pair("communication", "communication"),
	Auditor:       pair("auditeur", "auditor"),
	Administrator: pair("administrateur", "administrator"),
}

// Words name the role.
func (r Role) Words() Both { return roleWords[r] }

var subjectWords = map[Subject]Both{
	Standing:  pair("la violation", "the breach"),
	Authority: pair("notification à l’autorité (article 33)", "notification to the authority (article 33)"),
	People:    pair("information des personnes (article 34)", "telling the people (article 34)"),
	Statement: pair("communication publique", "public statement"),
	Complaint: pair("plainte", "complaint"),
	Notices:   pair("envoi des messages aux personnes", "sending of notices"),
	Closing:   pair("le dossier", "the case"),
	Destroy:   pair("destruction des données du dossier", "destruction of the data of the case"),
}

// Words name the subject.
func (s Subject) Words() Both { return subjectWords[s] }

var choiceWords = map[Choice]Both{
	Suspected:   pair("soupçonnée", "suspected"),
	Confirmed:   pair("confirmée", "confirmed"),
	Refuted:     pair("écartée", "refuted"),
	Notify:      pair("notifier", "notify"),
	NotNotify:   pair("ne pas notifier : un risque est improbable", "do not notify: a risk is unlikely"),
	Inform:      pair("informer chacune", "tell each of them"),
	Publicly:    pair("communication publique, les efforts étant disproportionnés (34(3)(c))", "publicly, the effort being disproportionate (34(3)(c))"),
	Unreadable:  pair("ne pas informer : données incompréhensibles (34(3)(a))", "do not tell: the data is unintelligible (34(3)(a))"),
	Averted:     pair("ne pas informer : le risque élevé est écarté (34(3)(b))", "do not tell: the high risk is averted (34(3)(b))"),
	NotInform:   pair("ne pas informer : pas de risque élevé probable", "do not tell: no high risk is likely"),
	Restricted:  pair("ne pas informer : une loi l’interdit", "do not tell: a law forbids it"),
	Publish:     pair("publier", "publish"),
	Hold:        pair("attendre", "hold"),
	Complain:    pair("déposer plainte", "complain"),
	NotComplain: pair("ne pas déposer plainte", "do not complain"),
	Send:        pair("envoyer", "send"),
	Close:       pair("clos", "closed"),
	Reopen:      pair("rouvert", "opened again"),
	Shredded:    pair("détruire", "destroy"),
}

// Words name the choice.
func (c Choice) Words() Both { return choiceWords[c] }

// Words tell a weighing.
func (w Weighing) Words() Both {
	yes := pair("oui", "yes")
	if w.To == "no" {
		yes = pair("non", "no")
	}
	name, to := pointWords[w.What], pair(w.To, w.To)
	switch w.What {
	case Malice, Unintelligible:
		to = yes
	case DPC:
		name = pair(name.FR+" ("+w.For.Words().FR+")", name.EN+" ("+w.For.Words().EN+")")
	case EI:
		to = severity.Level(w.To).Words()
	default:
		to = severity.PartWords(string(w.What), severity.Extent(w.To))
	}
	if w.To == "" {
		return pair(name.FR+" : retiré", name.EN+": taken back")
	}
	return pair(name.FR+" : "+to.FR, name.EN+": "+to.EN)
}

var pointWords = map[Point]Both{
	Confidentiality: pair("confidentialité", "confidentiality"),
	Integrity:       pair("intégrité", "integrity"),
	Availability:    pair("disponibilité", "availability"),
	Malice:          pair("intention de nuire", "malicious intent"),
	Unintelligible:  pair("données incompréhensibles", "data unintelligible"),
	DPC:             pair("données", "data"),
	EI:              pair("identification", "identification"),
}

// MissingWords name what a severity lacks: a point, or the kinds of data.
func MissingWords(missing string) Both {
	if missing == "kinds" {
		return pair("les types de données", "the kinds of data")
	}
	return pointWords[Point(missing)]
}
