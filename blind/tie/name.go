package tie

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// said is what the names of two columns and of their tables say of a tie.
type said int

const (
	saidNothing  said = iota
	saidRole          // the column names somebody of that table in a role: manager_staff_id
	saidSame          // both columns have the same name, which is about one thing: client_id
	saidPart          // the column names a part of the table's name: user_id, user_accounts
	saidTheTable      // the column names the table: client_id, clients
)

// says reads whether a column names the rows of another table by a column there.
func says(from, fromTable, to, toTable string) said {
	d, c := read(from), read(to)
	table := noun(toTable)
	switch {
	case len(d.subject) == 0:
		return saidNothing
	case d.role():
		if overlaps(d.subject, table) || overlaps(d.subject, c.subject) {
			return saidRole
		}
		return saidNothing
	}
	plain := len(c.subject) == 0 || same(c.subject, d.subject) || same(c.subject, table)
	switch {
	case same(d.subject, table) && plain:
		return saidTheTable
	case same(d.subject, noun(fromTable)):
		return saidNothing // it names the rows of its own table
	case same(d.subject, c.subject) && (d.key || proper(d.subject)):
		return saidSame
	case within(d.subject, table) && plain:
		return saidPart
	case len(table) > 0 && within(table, d.subject) && plain:
		return saidRole
	}
	return saidNothing
}

// meaning is a name of a column taken apart.
type meaning struct {
	subject []string // what it is about, sorted: client of client_id
	key     bool     // a word says that it names something: id, numero
}

// role reports that the subject is somebody in a role towards whom the row is
// about.
func (m meaning) role() bool {
	return slices.ContainsFunc(m.subject, func(w string) bool { return roles[w] })
}

func read(column string) meaning {
	var m meaning
	for _, w := range words(column) {
		switch {
		case keyWords[w]:
			m.key = true
		case !little[w]:
			m.subject = append(m.subject, thing(w))
		}
	}
	slices.Sort(m.subject)
	m.subject = slices.Compact(m.subject)
	return m
}

// noun is what a table is of, sorted: client of "dump.sql: crm.tbl_clients".
func noun(table string) []string {
	var n []string
	for _, w := range words(Short(table)) {
		if !little[w] && !keyWords[w] {
			n = append(n, thing(w))
		}
	}
	slices.Sort(n)
	return slices.Compact(n)
}

// Short is a table's name without the files, schemas and endings around it.
func Short(table string) string {
	if i := strings.LastIndex(table, ": "); i >= 0 {
		table = table[i+2:]
		return table[strings.LastIndexByte(table, '.')+1:]
	}
	table = table[strings.LastIndexAny(table, `/\`)+1:]
	if i := strings.IndexByte(table, '.'); i > 0 {
		table = table[:i]
	}
	return table
}

// words cuts a name at separators, digits and humps, in small letters without
// accents. A key word that is glued to a longer word is cut off.
func words(name string) []string {
	var out []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			out = append(out, unglued(strings.ToLower(string(word)))...)
			word = word[:0]
		}
	}
	letters := []rune(norm.NFKD.String(name))
	for i, r := range letters {
		switch {
		case unicode.Is(unicode.Mn, r):
			continue
		case !unicode.IsLetter(r):
			flush()
			continue
		case unicode.IsUpper(r) && len(word) > 0:
			last := word[len(word)-1]
			if unicode.IsLower(last) || i+1 < len(letters) && unicode.IsLower(letters[i+1]) {
				flush()
			}
		}
		word = append(word, r)
	}
	flush()
	return out
}

// unglued cuts idclient, clientid, numclient and the like.
func unglued(word string) []string {
	const least = 4
	for _, key := range []string{"id", "fk", "num", "code", "ref"} {
		if rest, ok := strings.CutPrefix(word, key); ok && len(rest) >= least && known(rest) {
			return []string{key, rest}
		}
		if rest, ok := strings.CutSuffix(word, key); ok && len(rest) >= least && known(rest) {
			return []string{rest, key}
		}
	}
	return []string{word}
}

// thing is what a word stands for: singular, and one word for what French and
// English call differently.
func thing(word string) string {
	for cut := 0; cut <= 2 && cut < len(word); cut++ {
		if t := things[word[:len(word)-cut]]; t != "" && strings.Trim(word[len(word)-cut:], "esx") == "" {
			return t
		}
	}
	return singular(word)
}

// known reports that a word stands for something that tables are of.
func known(word string) bool { return things[thing(word)] != "" }

func singular(word string) string {
	switch {
	case len(word) > 4 && strings.HasSuffix(word, "ies"):
		return word[:len(word)-3] + "y"
	case len(word) > 4 && strings.HasSuffix(word, "sses"):
		return word[:len(word)-2]
	case len(word) > 3 && strings.HasSuffix(word, "s") && !strings.HasSuffix(word, "ss"),
		len(word) > 4 && (strings.HasSuffix(word, "eaux") || strings.HasSuffix(word, "eux")):
		return word[:len(word)-1]
	}
	return word
}

// proper reports a subject that by itself is a person's own: a column so named
// may be a key without a word that says so.
func proper(subject []string) bool {
	return len(subject) == 1 && (subject[0] == "email" || subject[0] == "login" || subject[0] == "nir")
}

func same(a, b []string) bool { return len(a) > 0 && slices.Equal(a, b) }

// within reports that every word of a is in b.
func within(a, b []string) bool {
	return len(a) > 0 && !slices.ContainsFunc(a, func(w string) bool { return !slices.Contains(b, w) })
}

func overlaps(a, b []string) bool {
	return slices.ContainsFunc(a, func(w string) bool { return slices.Contains(b, w) })
}

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}

var (
	// keyWords say that a column names something, and not what.
	keyWords = setOf(`id ids uid uuid guid oid gid pk fk key cle clef code num numero number nr nb no ref reference
		identifiant identifier ident idt identity matricule rowid`)

	// little are words that stand around names of tables and columns and say nothing of what they are of.
	little = setOf(`t tb tbl tab table tables crm app wp dbo public dump export exports data base bdd db liste list copy full
		extract extraction tmp temp bak backup old new of the de du des la le les l d un une x v ext details detail info infos
		information informations`)

	// roles are of somebody towards whom a row is about.
	roles = setOf(`manager parent parrain filleul created updated modified deleted creator author auteur by par conseiller
		advisor adviser seller vendeur commercial referent referrer referer sponsor approver approved validated validateur
		valideur assigned assignee assigne responsable supervisor superviseur chef boss conjoint spouse husband wife epoux
		epouse tuteur guardian mere pere mother father child enfant beneficiaire beneficiary recipient destinataire
		gestionnaire operateur operator handler emergency urgence contributor reviewer editor sender expediteur
		technicien medecin doctor formateur teacher professeur witness temoin`)

	things = thingsOf(
		"customer client clients cust cli customer clt", "account compte cpt acct account", "order commande cmd order",
		"invoice facture fact invoice", "payment paiement reglement payment", "address adresse adr addr address addresse",
		"user utilisateur usr user util", "person personne pers person people individu individual", "member membre member",
		"subscriber abonne subscriber", "patient patient", "citizen usager administre citizen", "insured assure insured",
		"employee employe salarie employee", "supplier fournisseur supplier", "product produit article product", "city ville commune city",
		"country pays country", "contact contact", "file dossier", "case cas affaire case", "contract contrat contract",
		"subscription abonnement souscription subscription", "holder titulaire holder", "student etudiant eleve student",
		"email mail courriel email mel", "login login username", "donor donateur donor", "household foyer menage household",
		"card carte card", "message message", "adherent adherent", "allocataire allocataire", "taxpayer contribuable taxpayer",
		"registration inscription registration", "store magasin store", "staff personnel staff", "candidate candidat candidate",
		"visitor visiteur visitor", "passenger passager passenger", "guest invite guest", "vehicle vehicule vehicle",
		"request demande request", "profile profil profile", "loan pret loan", "transaction transaction", "booking reservation booking")
)

// thingsOf maps words to the first of their line.
func thingsOf(lines ...string) map[string]string {
	m := map[string]string{}
	for _, line := range lines {
		all := strings.Fields(line)
		for _, w := range all {
			m[w] = all[0]
		}
	}
	return m
}
