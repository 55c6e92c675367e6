package report

import (
	"constat.example/desk/assessment"
	"constat.example/internal/visible"
)

// tie is a column of one table that names rows of another, or does not.
type tie struct {
	From, To string
	Reason   text
	N        assessment.Tie
}

// ties words ties; those of tables that are not there are left out.
func (e *edition) ties(all []assessment.Tie) []tie {
	var shown []tie
	end := func(c assessment.TieColumn) string {
		if c.Table < 0 || c.Table >= len(e.Tables) {
			return ""
		}
		return e.Tables[c.Table].Name + "." + visible.Text(c.Column, longest)
	}
	for _, t := range all {
		x := tie{From: end(t.From), To: end(t.To), Reason: e.word(tieReasons, t.Reason), N: t}
		if x.From != "" && x.To != "" {
			shown = append(shown, x)
		}
	}
	return shown
}

// tieReasons are why a tie holds or does not.
var tieReasons = map[string]pair{
	"the dump declares it as a foreign key": {
		"le fichier la déclare comme clé étrangère",
		"the dump declares it as a foreign key",
	},
	"the name of the column names the other table": {
		"le nom de la colonne désigne l’autre tableau",
		"the name of the column names the other table",
	},
	"both columns have the same name, and it is one of a key": {
		"les deux colonnes portent le même nom, et c’est celui d’une clé",
		"both columns have the same name, and it is one of a key",
	},
	"chance does not explain that so many values are in both": {
		"le hasard n’explique pas que tant de valeurs soient dans les deux",
		"chance does not explain that so many values are in both",
	},
	"the rows that it brings together agree on what both tables say of a person": {
		"les lignes qu’elle réunit concordent sur ce que les deux tableaux disent d’une personne",
		"the rows that it brings together agree on what both tables say of a person",
	},
	"the names fit, but too many of the values are not in the other column": {
		"les noms correspondent, mais trop de valeurs manquent dans l’autre colonne",
		"the names fit, but too many of the values are not in the other column",
	},
	"numbers that count up are in any other column that counts up, and neither names nor rows confirm it": {
		"des numéros qui se suivent sont dans toute autre colonne de numéros qui se suivent, et ni les noms ni les lignes ne le confirment",
		"numbers that count up are in any other column that counts up, and neither names nor rows confirm it",
	},
	"it fits several tables equally well": {
		"elle convient aussi bien à plusieurs tableaux",
		"it fits several tables equally well",
	},
	"it names somebody in a role, not the person whom the row is about": {
		"elle désigne quelqu’un dans un rôle, non la personne dont parle la ligne",
		"it names somebody in a role, not the person whom the row is about",
	},
	"the rows that it brings together name different people": {
		"les lignes qu’elle réunit nomment des personnes différentes",
		"the rows that it brings together name different people",
	},
	"both tables name people, and too few rows can be compared to tell whether they are the same": {
		"les deux tableaux nomment des personnes, et trop peu de lignes se comparent pour dire si ce sont les mêmes",
		"both tables name people, and too few rows can be compared to tell whether they are the same",
	},
	"another column leads to people more finely": {
		"une autre colonne mène plus finement aux personnes",
		"another column leads to people more finely",
	},
	"most rows that could be linked by themselves belong to somebody else": {
		"la plupart des lignes rattachées par elles-mêmes sont de quelqu’un d’autre",
		"most rows that could be linked by themselves belong to somebody else",
	},
	"rows with one key belong to different people": {
		"des lignes de même clé sont de personnes différentes",
		"rows with one key belong to different people",
	},
}
