// Package alarm says in French and English why the watch raised an alarm, and what is
// at stake.
package alarm

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"constat.example/blind/watch"
	"constat.example/internal/cef"
	"constat.example/internal/visible"
	"constat.example/internal/words"
)

// Language of words.
type Language string

// The languages.
const (
	French  Language = "fr"
	English Language = "en"
)

// Title says an alarm in a few words.
func Title(a *watch.Alarm, l Language) string {
	if a.Rule == watch.Sigma && a.Title != "" {
		return visible.Text(a.Title, 100)
	}
	return titles[l][a.Rule]
}

var titles = map[Language]map[watch.Rule]string{
	English: {
		watch.Day: "far more people in a day than usual", watch.Hour: "far more people in an hour than usual", watch.Slow: "somewhat more people, day after day",
		watch.Bare: "many people without a declared reason", watch.Walk: "records gone through one after the other", watch.Honey: "a made-up person was read",
		watch.Bulk: "a bulk statement that is rare for it", watch.Logging: "what is logged was changed", watch.Forced: "failed logins, then one that succeeded",
		watch.Gathered: "many accounts at an address that is new to them", watch.Left: "an account that should not be in use", watch.Sigma: "a Sigma rule",
		watch.Fresh: "many people it had never read before", watch.Export: "far more records exported than usual",
	},
	French: {
		watch.Day: "bien plus de personnes que d’ordinaire en un jour", watch.Hour: "bien plus de personnes que d’ordinaire en une heure", watch.Slow: "un peu plus de personnes, jour après jour",
		watch.Bare: "beaucoup de personnes sans motif déclaré", watch.Walk: "des dossiers parcourus l’un après l’autre", watch.Honey: "une personne inventée a été consultée",
		watch.Bulk: "une extraction en masse qui lui est rare", watch.Logging: "ce qui est journalisé a été changé", watch.Forced: "des échecs de connexion, puis une réussite",
		watch.Gathered: "de nombreux comptes à une adresse nouvelle pour eux", watch.Left: "un compte qui ne devrait plus servir", watch.Sigma: "une règle Sigma",
		watch.Fresh: "beaucoup de personnes jamais consultées auparavant", watch.Export: "bien plus de dossiers exportés que d’ordinaire",
	},
}

// Sentences say why an alarm was given and what is at stake.
func Sentences(a *watch.Alarm, l Language) []string {
	who, people := visible.Text(a.Account, 60), number(a.People+a.Rows, l)
	in := func(en, fr string, args ...any) string {
		if l == French {
			return fmt.Sprintf(fr, args...)
		}
		return fmt.Sprintf(en, args...)
	}
	from := ""
	if a.Address != "" {
		from = in(" from %s", " depuis %s", visible.Text(a.Address, 60))
	}
	var all []string
	switch a.Rule {
	case watch.Day, watch.Hour:
		all = append(all, in("%s read %s people%s; it usually reads %s, its office %s.", "%s a consulté %s personnes%s ; d’ordinaire %s, son service %s.", who, people, from, mean(a.Usual, l), mean(a.Peers, l)),
			in("By chance alone this happens once in %s.", "Le hasard seul le donne une fois sur %s.", odds(a.Bits, l)))
	case watch.Slow:
		all = append(all, in("%s read %s people since %s, each day somewhat more than usual (%s).", "%s a consulté %s personnes depuis le %s, chaque jour un peu plus que d’ordinaire (%s).", who, people, a.Since, mean(a.Usual, l)))
	case watch.Bare:
		all = append(all, in("%s read %s people whom no declared reason covers%s; usually %s.", "%s a consulté %s personnes qu’aucun motif déclaré ne couvre%s ; d’ordinaire %s.", who, people, from, mean(a.Usual, l)))
	case watch.Fresh:
		all = append(all, in("%s read %s people%s of whom it had read none of late; usually %s in a day.", "%s a consulté %s personnes%s qu’il n’avait pas consultées ces derniers temps ; d’ordinaire %s par jour.", who, people, from, mean(a.Usual, l)),
			in("By chance alone this happens once in %s.", "Le hasard seul le donne une fois sur %s.", odds(a.Bits, l)))
	case watch.Export:
		all = append(all, in("%s exported %s records%s; usually %s in a day.", "%s a exporté %s dossiers%s ; d’ordinaire %s par jour.", who, people, from, mean(a.Usual, l)),
			in("By chance alone this happens once in %s.", "Le hasard seul le donne une fois sur %s.", odds(a.Bits, l)))
	case watch.Walk:
		all = append(all, in("%s went through %s in steps of %d, %d in a row%s; %s people so far.", "%s a parcouru %s par pas de %d, %d de suite%s ; %s personnes jusqu’ici.", who, through(a.By, l), a.Step, a.Run, from, people))
	case watch.Honey:
		all = append(all, in("%s read a record of a person who was made up%s: no work leads there.", "%s a consulté le dossier d’une personne inventée%s : aucun travail n’y mène.", who, from))
	case watch.Bulk:
		all = append(all, in("%s copied data in bulk%s: it seldom does, or not at this hour.", "%s a copié des données en masse%s : il le fait rarement, ou pas à cette heure.", who, from))
		if a.Run > 0 {
			all = append(all, in("%s records were written.", "%s dossiers ont été écrits.", number(a.Run, l)))
		} else {
			all = append(all, in("The log does not tell how many records.", "Le journal ne dit pas combien de dossiers."))
		}
	case watch.Logging:
		all = append(all, in("What the log records was changed by %s: what was done since may not stand in it.", "Ce que le journal enregistre a été changé par %s : ce qui a suivi peut y manquer.", orSomebody(who, l)))
	case watch.Forced:
		all = append(all, in("%s came in%s after %d logins that failed.", "%s est entré%s après %d échecs de connexion.", who, from, a.Run))
	case watch.Gathered:
		all = append(all, in("%d accounts came%s, where none of them was before; the latest is %s.", "%d comptes sont venus%s, où aucun n’était auparavant ; le dernier est %s.", a.Run, from, who))
	case watch.Left:
		all = append(all, in("%s was used%s: by the list of staff, whoever holds it has left or has not come yet.", "%s a servi%s : d’après la liste du personnel, son titulaire est parti ou pas encore arrivé.", who, from))
	case watch.Sigma:
		all = append(all, in("The rule “%s” is fulfilled by %s%s.", "La règle « %s » est remplie par %s%s.", visible.Text(a.Title, 100), orSomebody(who, l), from))
	}
	if len(a.Signs) > 0 {
		var told []string
		for _, s := range a.Signs {
			told = append(told, signs[l][s])
		}
		all = append(all, in("Besides: %s.", "De plus : %s.", strings.Join(told, ", ")))
	}
	return all
}

var signs = map[Language]map[watch.Sign]string{
	English: {
		watch.NewAddress: "an address that is new to it", watch.NewDevice: "a device that is new to it", watch.OddHour: "an hour at which it does not work",
		watch.Dormant: "an account that had slept", watch.Guessed: "failed logins before", watch.Walking: "records one after the other",
		watch.Doubled: "two places at the same time",
	},
	French: {
		watch.NewAddress: "une adresse nouvelle pour lui", watch.NewDevice: "un poste nouveau pour lui", watch.OddHour: "une heure où il ne travaille pas",
		watch.Dormant: "un compte qui dormait", watch.Guessed: "des échecs de connexion auparavant", watch.Walking: "des dossiers l’un après l’autre",
		watch.Doubled: "deux endroits en même temps",
	},
}

// Severity says how grave an alarm is.
func Severity(a *watch.Alarm, l Language) string {
	return map[Language]map[watch.Severity]string{
		English: {watch.High: "high", watch.Critical: "critical"}, French: {watch.High: "élevée", watch.Critical: "critique"},
	}[l][a.Severity]
}

// mostTold is how many alarms a mail tells in full.
const mostTold = 50

// Mail says alarms in a mail, the gravest first. caseOf names the case that holds one.
func Mail(all []watch.Alarm, caseOf func(*watch.Alarm) string, l Language) (subject, text string) {
	all = slices.Clone(all)
	grave := func(a *watch.Alarm) int {
		if a.Severity == watch.Critical {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(all, func(a, b watch.Alarm) int { return cmp.Compare(grave(&a), grave(&b)) })
	critical := 0
	for i := range all {
		critical += 1 - grave(&all[i])
	}
	first := Title(&all[0], l)
	if all[0].Account != "" {
		first += " (" + visible.Text(all[0].Account, 60) + ")"
	}
	switch {
	case len(all) == 1 && l == French:
		subject = "Constat, alerte " + Severity(&all[0], l) + " : " + first
	case len(all) == 1:
		subject = "Constat, " + Severity(&all[0], l) + " alarm: " + first
	case l == French:
		subject = fmt.Sprintf("Constat, %d alertes dont %d critiques : %s…", len(all), critical, first)
	default:
		subject = fmt.Sprintf("Constat, %d alarms, of which %d critical: %s…", len(all), critical, first)
	}
	var b strings.Builder
	for i := range all[:min(len(all), mostTold)] {
		a := &all[i]
		fmt.Fprintf(&b, "%s UTC  [%s] %s\n", a.At.UTC().Format("2006-01-02 15:04"), Severity(a, l), Title(a, l))
		for _, sentence := range Sentences(a, l) {
			fmt.Fprintf(&b, "  %s\n", sentence)
		}
		fmt.Fprintf(&b, "  constat case show %s\n\n", caseOf(a))
	}
	if more := len(all) - mostTold; more > 0 && l == French {
		fmt.Fprintf(&b, "… et %d de plus : constat case list\n\n", more)
	} else if more > 0 {
		fmt.Fprintf(&b, "… and %d more: constat case list\n\n", more)
	}
	if l == French {
		b.WriteString("Ce message ne contient aucune donnée des personnes concernées ; il nomme des comptes et des adresses.\n")
	} else {
		b.WriteString("This message holds nothing of the people whose records they are; it names accounts and addresses.\n")
	}
	return subject, b.String()
}

// CEF writes an alarm in the Common Event Format (ArcSight, version 0).
func CEF(a *watch.Alarm) string {
	severity := 7
	if a.Severity == watch.Critical {
		severity = 10
	}
	return cef.Line(string(a.Rule), Title(a, English), severity,
		cef.Field{Key: "externalId", Value: a.ID}, cef.Field{Key: "rt", Value: fmt.Sprint(a.At.UnixMilli())}, cef.Field{Key: "cnt", Value: fmt.Sprint(a.People + a.Rows)},
		cef.Field{Key: "suser", Value: a.Account}, cef.Field{Key: "src", Value: a.Address}, cef.Field{Key: "act", Value: a.Action}, cef.Field{Key: "msg", Value: strings.Join(Sentences(a, English), " ")})
}

func orSomebody(who string, l Language) string {
	switch {
	case who != "":
		return who
	case l == French:
		return "quelqu’un"
	}
	return "somebody"
}

func through(by string, l Language) string {
	switch {
	case by == "record_id" && l == French:
		return "les identifiants"
	case by == "record_id":
		return "record ids"
	case l == French:
		return "les " + map[string]string{"birth_date": "dates de naissance", "birth_surname": "noms", "used_surname": "noms", "given_names": "prénoms"}[by]
	case by == "":
		return "pages"
	}
	return strings.ReplaceAll(by, "_", " ") + "s"
}

// number groups digits by three.
func number(n int64, l Language) string {
	count := words.Count(n)
	if l == French {
		return count.FR
	}
	return count.EN
}

func mean(x float64, l Language) string { return number(int64(x+0.5), l) }

// odds writes 2 to the power of bits in round words.
func odds(bits float64, l Language) string {
	names := [...]string{"thousand", "million", "billion", "trillion"}
	if l == French {
		names = [...]string{"mille", "un million", "un milliard", "mille milliards"}
	}
	i := min(max(int(bits/9.966)-1, 0), len(names)-1)
	if l == French {
		return names[i] + " ou moins"
	}
	return "a " + names[i] + " or less"
}
