package column

import (
	"bytes"

	"constat.example/blind/kind"
	"constat.example/clear/table"
)

// pairRows is how many rows two columns are compared on.
const pairRows = 400

// beside looks for columns that go together row by row: a postcode with its
// town, a NIR with the birth date it holds, a sex with the given name.
func (l *looker) beside(sample *table.Batch, profiles []profile, say func(column int, k kind.Kind, weight float64, why string)) {
	for a := range profiles {
		p := &profiles[a]
		if p.n == 0 {
			continue
		}
		switch {
		case p.share[cityHit] >= .15:
			l.besideCity(sample, profiles, a, say)
		case p.share[nir]+p.share[nirNoKey] >= .5:
			l.besideNIR(sample, profiles, a, say)
		case p.share[givenName] >= .4:
			l.besideNames(sample, profiles, a, say)
		case p.share[street] >= .5 && p.share[numbered] < .3:
			for b := range profiles {
				if q := &profiles[b]; q.share[house] >= .9 && q.share[repeated] > .01 {
					say(b, kind.HouseNumber, besideStreet, "it holds bis, ter or letters beside a street that has no number")
				}
			}
		}
	}
}

func (l *looker) besideCity(sample *table.Batch, profiles []profile, city int, say func(int, kind.Kind, float64, string)) {
	for b := range profiles {
		q := &profiles[b]
		if q.share[inseeShaped] < .5 && q.share[postShaped] < .5 {
			continue
		}
		same, near, of := 0, 0, 0
		pairs(sample, city, b, func(town, code []byte) {
			l.c.read(town)
			want, ok := l.lists.city[string(l.saint(bytes.TrimRight(l.c.folded, " 0123456789")))]
			if !ok {
				return
			}
			of++
			code = undress(code)
			if len(code) == 4 && allDigits(code) { // a zero lost
				code = append(append(l.buf[:0], '0'), code...)
			}
			switch {
			case string(bytes.ToUpper(code)) == want:
				same++
			case len(code) == 5 && (string(code[:2]) == want[:2] || want[0] == '2' && want[1] >= 'A' && string(code[:2]) == "20"):
				near++
			}
		})
		switch {
		case of < 5:
		case same*10 >= of*7:
			const why = "the codes are the INSEE codes of the towns in the same rows"
			say(b, kind.CityCode, besideCity, why)
			say(b, kind.BirthPlaceCode, besideCity, why)
			say(city, kind.City, besideCity/2, "the INSEE codes in the same rows are of these towns")
			say(city, kind.BirthPlace, besideCity/2, "the INSEE codes in the same rows are of these towns")
		case (same+near)*10 >= of*7:
			say(b, kind.PostCode, besideCity, "the codes begin with the département of the towns in the same rows")
			say(city, kind.City, besideCity/2, "the postcodes in the same rows are of these towns")
		}
	}
}

func (l *looker) besideNIR(sample *table.Batch, profiles []profile, nir int, say func(int, kind.Kind, float64, string)) {
	for b := range profiles {
		q := &profiles[b]
		var want kind.Kind
		var agrees func(nir, cell []byte) bool
		switch {
		case b == nir:
			continue
		case q.share[inseeShaped] >= .8:
			want = kind.BirthPlaceCode
			agrees = func(nir, cell []byte) bool { return bytes.EqualFold(nir[5:10], cell) }
		case q.share[day] >= .8:
			want = kind.BirthDate
			agrees = func(nir, cell []byte) bool {
				d, ok := readDate(cell)
				return ok && int(nir[1]-'0')*10+int(nir[2]-'0') == d.year%100 && int(nir[3]-'0')*10+int(nir[4]-'0') == d.month
			}
		case q.share[sexDigit] >= .95:
			want = kind.Sex
			agrees = func(nir, cell []byte) bool { return nir[0] == cell[0] }
		default:
			continue
		}
		good, of := 0, 0
		var buf []byte
		pairs(sample, nir, b, func(n, cell []byte) {
			buf = compact(buf[:0], undress(n))
			if cell = undress(cell); len(buf) >= 13 && len(cell) > 0 {
				of++
				if agrees(buf, cell) {
					good++
				}
			}
		})
		if of >= 5 && good*10 >= of*7 {
			say(b, want, besideNIR, "the NIRs in the same rows say the same")
		}
	}
}

func (l *looker) besideNames(sample *table.Batch, profiles []profile, names int, say func(int, kind.Kind, float64, string)) {
	for b := range profiles {
		if profiles[b].share[sexDigit] < .9 || profiles[b].distinct < 2 {
			continue
		}
		good, of := 0, 0
		pairs(sample, names, b, func(name, sex []byte) {
			l.c.read(name)
			first, _, _ := bytes.Cut(l.c.folded, []byte(" "))
			want, ok := l.lists.given[string(first)]
			if sex = undress(sex); ok && want != '0' && len(sex) == 1 {
				of++
				if sex[0] == want {
					good++
				}
			}
		})
		if of >= 10 && good*10 >= of*9 {
			say(b, kind.Sex, besideNames, "1 and 2 go with the sex of the given names in the same rows")
		}
	}
}

// pairs gives rows, evenly spread, in which both columns are filled.
func pairs(sample *table.Batch, a, b int, yield func(a, b []byte)) {
	stride := max(1, sample.Rows()/pairRows)
	for row := 0; row < sample.Rows(); row += stride {
		x, y := sample.Cell(row, a), sample.Cell(row, b)
		if len(x) > 0 && len(y) > 0 {
			yield(x, y)
		}
	}
}
