package seal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"constat.example/internal/failure"
)

// manifestName is the file that says which key is current.
const manifestName = "ring.json"

// manifest is what ring.json holds, made whole with the key files found.
type manifest struct {
	Schema  string  `json:"schema"`
	Current string  `json:"current"`
	Keys    []entry `json:"keys"`
}

const manifestSchema = "constat.ring/1"

type entry struct {
	ID        string    `json:"id"`
	Created   time.Time `json:"created,omitzero"`
	Rotated   time.Time `json:"rotated,omitzero"`
	Kept      Kept      `json:"kept"`
	Recipient string    `json:"recipient,omitempty"`
}

// manifest reads ring.json, forgets keys whose files are gone and adds key
// files it does not know: those of a crash between the two writes of New, and
// those that somebody put there. The key files are the truth of what there is
// and of how it is kept.
func (r *Ring) manifest() (*manifest, error) {
	m := &manifest{Schema: manifestSchema}
	path := filepath.Join(r.dir, manifestName)
	switch data, err := os.ReadFile(path); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, failure.New(failure.BadInput, "Make it readable by the account that runs this command.", "reading the ring of keys: %w", err)
	default:
		if err := json.Unmarshal(data, m); err != nil || m.Schema != manifestSchema {
			return nil, failure.New(failure.BadInput,
				"Move it away: it is made anew from the key files, and the next key made or rotated becomes the current one.",
				"%s is not a ring of keys of this version", path)
		}
	}
	files, err := filepath.Glob(filepath.Join(globEscape(r.dir), "*"+keyExt))
	if err != nil {
		return nil, fmt.Errorf("listing the folder of keys: %w", err)
	}
	slices.Sort(files)
	found := map[string]bool{}
	for _, file := range files {
		id := strings.TrimSuffix(filepath.Base(file), keyExt)
		found[id] = true
		kept, err := keptOf(file)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(m.Keys, func(e entry) bool { return e.ID == id })
		if i < 0 {
			m.Keys = append(m.Keys, entry{ID: id, Kept: kept})
		} else if m.Keys[i].Kept != kept {
			m.Keys[i].Kept, m.Keys[i].Recipient = kept, ""
		}
	}
	m.Keys = slices.DeleteFunc(m.Keys, func(e entry) bool { return !found[e.ID] })
	if m.Current == "" && len(m.Keys) == 1 {
		m.Current = m.Keys[0].ID
	}
	slices.SortStableFunc(m.Keys, func(a, b entry) int { return a.Created.Compare(b.Created) })
	return m, nil
}

// keptOf reads in the clear part of a key file what opens it. A file that is
// not age's is listed as kept by an identity and found out when it is opened.
func keptOf(file string) (Kept, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", failure.New(failure.BadInput, "Make the key file readable by the account that runs this command.", "reading a key file: %w", err)
	}
	defer f.Close()
	head := make([]byte, 256)
	n, _ := f.Read(head) // a file too short to read is one that does not open
	if bytes.Contains(head[:n], []byte("\n-> scrypt ")) {
		return KeptPassphrase, nil
	}
	return KeptIdentity, nil
}

// set adds e, or puts it in the place of the entry of its id.
func (m *manifest) set(e entry) {
	if i := slices.IndexFunc(m.Keys, func(have entry) bool { return have.ID == e.ID }); i >= 0 {
		m.Keys[i] = e
		return
	}
	m.Keys = append(m.Keys, e)
}

// current is the id of the current key.
func (m *manifest) current(dir string) (string, error) {
	switch {
	case len(m.Keys) == 0:
		return "", failure.New(failure.BadInput,
			"Make one with constat key new, or import a register, which makes one; where the register was sealed before, restore its key file into the folder instead.",
			"the folder %s holds no key", dir)
	case !slices.ContainsFunc(m.Keys, func(e entry) bool { return e.ID == m.Current }):
		return "", failure.New(failure.BadInput,
			"Restore the current key's file from a backup, or name a home that holds one key.",
			"the folder %s does not say which of its keys is current; it holds %s", dir, m.ids())
	}
	return m.Current, nil
}

// ids lists the keys for people.
func (m *manifest) ids() string {
	if len(m.Keys) == 0 {
		return "none"
	}
	var ids []string
	for _, e := range m.Keys {
		ids = append(ids, clean(e.ID))
	}
	return strings.Join(ids, ", ")
}

func (r *Ring) writeManifest(m *manifest) error {
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fmt.Errorf("writing %s: %w", manifestName, err)
	}
	return writeSecret(filepath.Join(r.dir, manifestName), append(data, '\n'))
}

// globEscape keeps a folder's name from being read as a pattern.
func globEscape(dir string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}
