package seal_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"constat.example/blind/kind"
	"constat.example/blind/token"
	"constat.example/clear/seal"
	"constat.example/internal/failure"
)

var day = time.Date(2026, 4, 15, 8, 30, 0, 0, time.UTC)

func ring(t testing.TB, dir string) *seal.Ring {
	t.Helper()
	r, err := seal.OpenRing(dir)
	if err != nil {
		t.Fatal(err)
	}
	r.Now = func() time.Time { return day }
	r.SetWork(4)
	return r
}

func pass(s string) seal.Unlock {
	return seal.Unlock{Passphrase: func() ([]byte, error) { return []byte(s), nil }}
}

func file(path string) seal.Unlock { return seal.Unlock{IdentityFile: path} }

func mustNew(t testing.TB, r *seal.Ring, u seal.Unlock) seal.Info {
	t.Helper()
	info, err := r.New(u)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func mark(t testing.TB, r *seal.Ring, u seal.Unlock) token.Token {
	t.Helper()
	k, err := r.Open("", u)
	if err != nil {
		t.Fatal(err)
	}
	defer k.Destroy()
	return k.Token(whole(kind.Email), []byte("a@b.example"))
}

func TestFirstKeyMakesItsIdentity(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "home", "keys")
	r := ring(t, dir)
	info := mustNew(t, r, seal.Unlock{})
	if !info.MadeIdentity || info.Kept != seal.KeptIdentity || !info.Current || !info.Created.Equal(day) || len(info.Warnings) != 1 {
		t.Errorf("%+v", info)
	}
	for _, path := range []string{info.File, info.IdentityFile, filepath.Join(dir, "ring.json")} {
		st, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if st.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %o", filepath.Base(path), st.Mode().Perm())
		}
	}
	k, err := r.Open("", seal.Unlock{})
	if err != nil {
		t.Fatal(err)
	}
	if k.ID() != info.ID || k.Info().Recipient != info.Recipient || len(k.Info().Warnings) != 0 {
		t.Errorf("opened %+v", k.Info())
	}
	again := mustNew(t, r, seal.Unlock{})
	if again.MadeIdentity || again.ID == info.ID {
		t.Errorf("second key: %+v", again)
	}
	infos, err := r.List()
	if err != nil || len(infos) != 2 || infos[0].Current || !infos[1].Current || infos[1].ID != again.ID {
		t.Errorf("list %+v, %v", infos, err)
	}
	if _, err := r.Open(info.ID, seal.Unlock{}); err != nil {
		t.Errorf("the older key: %v", err)
	}
}

func TestPassphrase(t *testing.T) {
	t.Parallel()
	r := ring(t, t.TempDir())
	info := mustNew(t, r, pass("four words of it"))
	if info.Kept != seal.KeptPassphrase || info.IdentityFile != "" || info.MadeIdentity || len(info.Warnings) != 0 {
		t.Errorf("%+v", info)
	}
	mark(t, r, pass("four words of it"))
	infos, err := r.List()
	if err != nil || len(infos) != 1 || infos[0].Kept != seal.KeptPassphrase {
		t.Errorf("list %+v, %v", infos, err)
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		prepare func(t *testing.T, r *seal.Ring, dir string) error
		want    string
	}{
		{"no key at all", func(_ *testing.T, r *seal.Ring, _ string) error {
			_, err := r.Open("", seal.Unlock{})
			return err
		}, "holds no key"},
		{"lost identity file", func(t *testing.T, r *seal.Ring, _ string) error {
			info := mustNew(t, r, seal.Unlock{})
			os.Remove(info.IdentityFile)
			_, err := r.Open("", seal.Unlock{})
			return err
		}, "is missing"},
		{"wrong identity", func(t *testing.T, r *seal.Ring, _ string) error {
			other := filepath.Join(t.TempDir(), "other.txt")
			mustNew(t, r, file(other))
			mustNew(t, r, seal.Unlock{})
			_, err := r.Open("", file(other))
			return err
		}, "does not open the key"},
		{"not an identity", func(t *testing.T, r *seal.Ring, dir string) error {
			mustNew(t, r, seal.Unlock{})
			os.WriteFile(filepath.Join(dir, "identity.txt"), []byte("hunter2\n"), 0o600)
			_, err := r.Open("", seal.Unlock{})
			return err
		}, "is not an age identity file"},
		{"wrong passphrase", func(t *testing.T, r *seal.Ring, _ string) error {
			mustNew(t, r, pass("right"))
			_, err := r.Open("", pass("wrong"))
			return err
		}, "passphrase does not open"},
		{"empty passphrase", func(_ *testing.T, r *seal.Ring, _ string) error {
			_, err := r.New(pass(""))
			return err
		}, "passphrase is empty"},
		{"no passphrase", func(t *testing.T, r *seal.Ring, _ string) error {
			mustNew(t, r, pass("right"))
			_, err := r.Open("", seal.Unlock{})
			return err
		}, "kept with a passphrase and none was given"},
		{"key of another register", func(t *testing.T, r *seal.Ring, _ string) error {
			mustNew(t, r, seal.Unlock{})
			_, err := r.Open("0123456789abcdef", seal.Unlock{})
			return err
		}, "does not hold the key 0123456789abcdef"},
		{"hostile key id", func(_ *testing.T, r *seal.Ring, _ string) error {
			_, err := r.Open("../../\x1b[31m", seal.Unlock{})
			return err
		}, "does not hold the key ????????31m"},
		{"renamed key file", func(t *testing.T, r *seal.Ring, dir string) error {
			info := mustNew(t, r, seal.Unlock{})
			os.Rename(info.File, filepath.Join(dir, "0123456789abcdef.key.age"))
			_, err := r.Open("0123456789abcdef", seal.Unlock{})
			return err
		}, "holds another key"},
		{"noise", func(t *testing.T, r *seal.Ring, _ string) error {
			info := mustNew(t, r, seal.Unlock{})
			os.WriteFile(info.File, []byte("\x00\x01noise"), 0o600)
			_, err := r.Open("", seal.Unlock{})
			return err
		}, "is damaged"},
		{"cut short", func(t *testing.T, r *seal.Ring, _ string) error {
			info := mustNew(t, r, seal.Unlock{})
			os.Truncate(info.File, 210)
			_, err := r.Open("", seal.Unlock{})
			return err
		}, "is damaged"},
		{"one byte wrong", func(t *testing.T, r *seal.Ring, _ string) error {
			info := mustNew(t, r, pass("right"))
			data, _ := os.ReadFile(info.File)
			data[len(data)-9] ^= 1
			os.WriteFile(info.File, data, 0o600)
			_, err := r.Open("", pass("right"))
			return err
		}, "is damaged"},
		{"key file gone", func(t *testing.T, r *seal.Ring, _ string) error {
			info := mustNew(t, r, seal.Unlock{})
			mustNew(t, r, seal.Unlock{})
			mustNew(t, r, seal.Unlock{})
			infos, _ := r.List()
			for _, i := range infos {
				if i.Current {
					os.Remove(i.File)
				}
			}
			_ = info
			_, err := r.Open("", seal.Unlock{})
			return err
		}, "does not say which of its keys is current"},
		{"ring.json damaged", func(t *testing.T, r *seal.Ring, dir string) error {
			mustNew(t, r, seal.Unlock{})
			os.WriteFile(filepath.Join(dir, "ring.json"), []byte("{"), 0o600)
			_, err := r.List()
			return err
		}, "is not a ring of keys"},
		{"a file instead of a folder", func(t *testing.T, _ *seal.Ring, dir string) error {
			path := filepath.Join(dir, "keys")
			os.WriteFile(path, nil, 0o600)
			_, err := seal.OpenRing(path)
			return err
		}, "not a folder of keys"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			err := test.prepare(t, ring(t, dir), dir)
			if err == nil {
				t.Fatal("no error")
			}
			if failure.CodeOf(err) != failure.BadInput || failure.HintOf(err) == "" {
				t.Errorf("code %d, hint %q for: %v", failure.CodeOf(err), failure.HintOf(err), err)
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("%q does not say %q", err, test.want)
			}
			if strings.Contains(err.Error(), "AGE-SECRET-KEY") || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "\x1b") {
				t.Errorf("%q shows what it must not", err)
			}
		})
	}
}

func TestPassphraseErrorsAreKept(t *testing.T) {
	t.Parallel()
	r := ring(t, t.TempDir())
	_, err := r.New(seal.Unlock{Passphrase: func() ([]byte, error) { return nil, fs.ErrPermission }})
	if !errors.Is(err, fs.ErrPermission) {
		t.Errorf("%v", err)
	}
}

func TestOpenFilesAreWarnedOf(t *testing.T) {
	t.Parallel()
	r := ring(t, t.TempDir())
	info := mustNew(t, r, seal.Unlock{})
	os.Chmod(info.File, 0o640)
	os.Chmod(info.IdentityFile, 0o604)
	k, err := r.Open("", seal.Unlock{})
	if err != nil {
		t.Fatal(err)
	}
	if ws := k.Info().Warnings; len(ws) != 2 {
		t.Errorf("warnings %q", ws)
	}
	if infos, _ := r.List(); len(infos[0].Warnings) != 2 {
		t.Errorf("warnings of the list %q", infos[0].Warnings)
	}
}

func TestLostManifestIsMadeAnew(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := ring(t, dir)
	info := mustNew(t, r, seal.Unlock{})
	want := mark(t, r, seal.Unlock{})
	os.Remove(filepath.Join(dir, "ring.json"))
	if mark(t, r, seal.Unlock{}) != want {
		t.Error("another key was opened")
	}
	infos, err := r.List()
	if err != nil || len(infos) != 1 || infos[0].ID != info.ID || !infos[0].Current || !infos[0].Created.IsZero() {
		t.Errorf("%+v, %v", infos, err)
	}
}

func TestRotate(t *testing.T) {
	t.Parallel()
	elsewhere := func(t *testing.T) seal.Unlock { return file(filepath.Join(t.TempDir(), "other.txt")) }
	for _, test := range []struct {
		name     string
		from, to func(t *testing.T) seal.Unlock
		same     bool // one identity file, rewritten: what it held before is tried
	}{
		{"identity to a new one in the same file", func(*testing.T) seal.Unlock { return seal.Unlock{} }, func(*testing.T) seal.Unlock { return seal.Unlock{} }, true},
		{"identity to another file", func(*testing.T) seal.Unlock { return seal.Unlock{} }, elsewhere, false},
		{"identity to passphrase", elsewhere, func(*testing.T) seal.Unlock { return pass("p") }, false},
		{"passphrase to identity", func(*testing.T) seal.Unlock {
			u := pass("p")
			u.IdentityFile = "none.txt"
			return u
		}, func(*testing.T) seal.Unlock { return seal.Unlock{} }, false},
		{"passphrase to passphrase", func(*testing.T) seal.Unlock { return pass("p") }, func(*testing.T) seal.Unlock { return pass("q") }, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			from, to := test.from(t), test.to(t)
			r := ring(t, t.TempDir())
			info := mustNew(t, r, from)
			want := mark(t, r, from)
			if test.same {
				data, err := os.ReadFile(info.IdentityFile)
				if err != nil {
					t.Fatal(err)
				}
				from = file(filepath.Join(t.TempDir(), "old.txt"))
				os.WriteFile(from.IdentityFile, data, 0o600)
				if _, err := r.Rotate(to, to); err != nil {
					t.Fatal(err)
				}
			} else if _, err := r.Rotate(from, to); err != nil {
				t.Fatal(err)
			}
			if mark(t, r, to) != want {
				t.Error("rotation changed the tokens")
			}
			if _, err := r.Open("", from); failure.CodeOf(err) != failure.BadInput {
				t.Errorf("what kept the key before still opens it: %v", err)
			}
			infos, err := r.List()
			if err != nil || len(infos) != 1 || !infos[0].Rotated.Equal(day) || !infos[0].Created.Equal(day) {
				t.Errorf("%+v, %v", infos, err)
			}
		})
	}
}

func TestRotateLeavesIdentitiesOfOtherKeys(t *testing.T) {
	t.Parallel()
	r := ring(t, t.TempDir())
	first := mustNew(t, r, seal.Unlock{})
	mustNew(t, r, seal.Unlock{})
	for range 2 {
		info, err := r.Rotate(seal.Unlock{}, seal.Unlock{})
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(info.IdentityFile)
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(data, []byte("\nAGE-SECRET-KEY-1")); n != 2 {
			t.Errorf("%d identities, want that of each key:\n", n)
		}
	}
	for _, id := range []string{"", first.ID} {
		if _, err := r.Open(id, seal.Unlock{}); err != nil {
			t.Error(err)
		}
	}
}

// A rotation stopped between its steps leaves a file with both identities.
func TestRotateStoppedHalfWayOpens(t *testing.T) {
	t.Parallel()
	r := ring(t, t.TempDir())
	info := mustNew(t, r, seal.Unlock{})
	before, _ := os.ReadFile(info.File)
	identity, _ := os.ReadFile(info.IdentityFile)
	if _, err := r.Rotate(seal.Unlock{}, seal.Unlock{}); err != nil {
		t.Fatal(err)
	}
	after, _ := os.ReadFile(info.IdentityFile)
	os.WriteFile(info.IdentityFile, append(after, identity...), 0o600)
	mark(t, r, seal.Unlock{}) // the key was encrypted anew, the old identity not yet dropped
	os.WriteFile(info.File, before, 0o600)
	mark(t, r, seal.Unlock{}) // the new identity was added, the key not yet encrypted anew
}

func TestDrillKeyComesFromItsSeed(t *testing.T) {
	t.Parallel()
	id := func(seed string) string {
		info, err := ring(t, filepath.Join(t.TempDir(), "keys")).NewDrill(seal.Unlock{}, []byte(seed))
		if err != nil {
			t.Fatal(err)
		}
		return info.ID
	}
	if a, b := id("a dump"), id("a dump"); a != b {
		t.Errorf("one seed gave the keys %s and %s", a, b)
	}
	if a, b := id("a dump"), id("another"); a == b {
		t.Error("two seeds gave one key")
	}
}
