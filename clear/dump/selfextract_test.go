package dump

import (
	"strings"
	"testing"

	"constat.example/internal/failure"
)

func TestSelfExtracting(t *testing.T) {
	t.Parallel()
	stub := "MZ" + strings.Repeat("\x00", 58) + "\x40\x00\x00\x00PE\x00\x00" + strings.Repeat("Rar!7z\xbc\xaf\x27\x1c\x00", 5000)
	zip := zipped(t, "a.csv", "id;nom\n1;x\n")
	for name, archive := range map[string]string{"zip": zip, "7z": sevenSeed, "rar": rar5(1<<20, "a.csv", "id;nom\n1;x\n")[0]} {
		for _, all := range [][]unpackedMember{unpackAll(t, nil, "x", stub+archive), unpackAll(t, nil, "x", "\x7fELF"+stub[2:]+archive)} {
			if len(all) == 0 || all[0].why != "" || !strings.HasSuffix(all[0].name, "a.csv") {
				t.Errorf("%s: %v", name, all)
			}
		}
	}
	_, err := Open(t.Context(), sourcesOf(t, file(t, "a", stub)), Options{})
	if failure.CodeOf(err) != failure.BadInput || !strings.Contains(err.Error(), "a program") {
		t.Errorf("error %v", err)
	}
}
