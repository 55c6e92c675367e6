package agency

import (
	"strconv"

	"constat.example/internal/chance"
	"constat.example/internal/figures"
)

// Domains of mail addresses, under the name reserved for examples (RFC 2606,
// RFC 6761), with weights as providers have in France.
var (
	domains = []string{
		"courriel.example", "postel.example", "messagerie.example", "poste-libre.example", "boite.example", "lettre.example", "ligne-bleue.example",
		"neufbox.example", "orangerie.example", "fibre.example", "mel.example", "facteur.example", "campus.example", "entreprise.example",
	}
	domainWeights = []int{36, 13, 12, 9, 8, 5, 4, 3, 3, 2, 2, 1, 1, 1}
)

// How the part before the @ is made. The last style is a made-up name.
var mailStyles = []int{30, 8, 8, 9, 8, 6, 5, 6, 4, 16}

var (
	nicknames = []string{
		"petit", "grand", "vieux", "doux", "joli", "super", "mini", "maxi", "bleu", "noir", "rouge", "vert", "blanc", "rapide", "calme", "fou",
		"sage", "malin", "gentil", "brave", "fier", "libre", "secret", "magique", "royal", "lunaire", "solaire", "polaire", "marin", "breton",
	}
	creatures = []string{
		"renard", "loup", "chat", "ours", "lapin", "aigle", "dauphin", "tigre", "hibou", "merle", "cheval", "papillon", "dragon", "lutin", "pirate",
		"marmotte", "castor", "mulot", "faucon", "requin", "lynx", "cygne", "panda", "koala", "colibri", "grillon", "homard", "bison", "zebre", "pinson",
		"soleil", "nuage", "orage", "caillou", "galet", "ruisseau", "glacier", "volcan", "matelot", "facteur", "jardinier", "boulanger", "musicien",
	}
)

// appendLocal writes the part before the @ that a person would choose.
func appendLocal(b []byte, f *figures.France, p *person, style uint8) []byte {
	given := f.Given[p.sex].Folded[p.given[0]-1]
	surname := func(b []byte) []byte {
		n := p.name
		if p.usedNow != noUsedName {
			n = p.spouse - 1
		}
		from := len(b)
		b = f.Surnames.Append(b, n)
		to := from
		for _, c := range b[from:] {
			if c >= 'A' && c <= 'Z' {
				b[to] = c + 'a' - 'A'
				to++
			}
		}
		return b[:to]
	}
	whole := func(b []byte) []byte {
		for i := range len(given) {
			if given[i] >= 'a' && given[i] <= 'z' || given[i] == '-' && style%2 == 0 {
				b = append(b, given[i])
			}
		}
		return b
	}
	switch style {
	case 0, 1: // marie.dupont, with or without the hyphen of a compound
		return surname(append(whole(b), '.'))
	case 2: // mdupont
		return surname(append(b, given[0]))
	case 3: // m.dupont
		return surname(append(b, given[0], '.'))
	case 4: // dupont.marie
		return whole(append(surname(b), '.'))
	case 5: // mariedupont
		return surname(whole(b))
	case 6: // dupontmarie
		return whole(surname(b))
	case 7: // marie_dupont
		return surname(append(whole(b), '_'))
	case 8: // marie.d
		from := len(b) + len(whole(nil)) + 2
		return surname(append(whole(b), '.'))[:from]
	}
	b = append(b, creatures[chance.Below(chance.Mix(p.key+11), len(creatures))]...)
	return append(b, nicknames[chance.Below(chance.Mix(p.key+12), len(nicknames))]...)
}

// newMail makes an address nobody else in the world has: the plain one where
// the person comes first among all who would choose it, else with a number.
// Numbers are told apart between chunks by their remainder, within one by counting.
func (c *Chunk) newMail(p *person, style, domain uint8, first bool) uint32 {
	from := len(c.text)
	c.text = appendLocal(c.text, c.w.f, p, style)
	hash := hashMail(c.text[from:], domain)
	if !first || c.w.mailbox[hash&uint64(len(c.w.mailbox)-1)] != uint32(p.Index)+1 {
		n := c.taken[hash]
		c.taken[hash]++
		c.text = strconv.AppendUint(c.text, c.code+uint64(n)*uint64(len(c.w.chunks)), 10)
	}
	c.text = append(c.text, '@')
	c.text = append(c.text, domains[domain]...)
	c.mails = append(c.mails, span{int32(from), int32(len(c.text))})
	return uint32(len(c.mails))
}
