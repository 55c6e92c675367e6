package scenario

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// The agency's rights are those of many: whoever has work with some people may read
// everybody, and whoever has left may still come in.
const rightsFile = `accounts: accounts.csv
offices: offices.csv
rights:
  - {role: [adviser, call-centre, client, dba, batch], people: all}
  - {role: [supervisor, medical], people: office}
  - {role: partner, people: all, kinds: [record_id, birth_surname, used_surname, given_names, birth_date, city]}
`

// rulesFile is what explains a read at the agency.
const rulesFile = `reasons:
  - declared: [rdv, appel, demande, courrier, suivi]
`

// writeRights writes into dir who has an account, which office follows which département,
// who may read whom and what explains a read.
func (k *Work) writeRights(dir string, departments []string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("creating the drill's folder: %w", err)
	}
	from, to := k.w.micro(k.from), k.w.micro(k.to)
	accounts := []byte("account,role,office,left\n")
	for id := range int32(k.staff.Accounts()) {
		listed, left := k.staff.Listed(id, from, to)
		if !listed {
			continue
		}
		accounts = append(k.staff.AppendAccount(accounts, id), ',')
		accounts = fmt.Appendf(accounts, "%s,%s,", k.staff.Role(id), k.staff.Office(id, to-1))
		if left != 0 {
			accounts = time.UnixMicro(left).UTC().AddDate(0, 0, -1).AppendFormat(accounts, time.DateOnly) // the last day of work
		}
		accounts = append(accounts, '\n')
	}
	offices := []byte("department,office\n")
	for i, d := range departments {
		offices = fmt.Appendf(offices, "%s,%s\n", d, k.staff.OfficeOf(i))
	}
	for _, f := range []struct {
		name string
		text []byte
	}{{"accounts.csv", accounts}, {"offices.csv", offices}, {"rights.yaml", []byte(rightsFile)}, {"rules.yaml", []byte(rulesFile)}} {
		out, err := create(filepath.Join(dir, f.name))
		if err != nil {
			return err
		}
		defer out.abandon()
		out.write(f.text)
		if err := out.keep(); err != nil {
			return err
		}
	}
	return nil
}
