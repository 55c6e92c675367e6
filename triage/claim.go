package triage

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"constat.example/clear/seal"
	"constat.example/desk/assessment"
	"constat.example/desk/claim"
	"constat.example/desk/evidence"
	"constat.example/desk/finding"
	"constat.example/desk/ledger"
	"constat.example/internal/disk"
	"constat.example/internal/failure"
	"constat.example/internal/progress"
)

// claimsDir is the folder of a case that holds its claims: 0001.yaml and so
// on, in the order they were added.
const claimsDir = "claims"

// ClaimRequest asks for a claim to be kept.
type ClaimRequest struct {
	File     string // YAML
	Text     []byte // of a claim that lies in no file; File is then the name it goes by
	Case     string // "": one named after the claim
	Post     string // file of the post, or ""
	Samples  []string
	Corrects int    // number of the claim of the case that this one replaces; 0: what the file says
	Said     []byte // what was said in full, where it lies in no file; it goes by the name SaidName
	SaidName string
}

// AddedClaim is a claim as a case keeps it.
type AddedClaim struct {
	Case   string
	Number int
	Claim  *claim.Claim
}

// AddClaim keeps a claim in its case. What of it names and counts is kept in the
// clear; a post, its samples, and a file that says more than that are sealed as
// evidence. The claim that is already the case's latest is not kept twice.
func (b Bench) AddClaim(ctx context.Context, req ClaimRequest) (_ *AddedClaim, err error) {
	b = b.withDefaults()
	if err := checkCase(req.Case); err != nil {
		return nil, err
	}
	if req.Text == nil {
		var err error
		if req.Text, err = claim.Text(req.File); err != nil {
			return nil, err
		}
	}
	kept, err := claim.Keep(req.Text)
	if err != nil {
		return nil, claim.Unreadable(req.File, err)
	}
	id := cmp.Or(req.Case, "claim-"+kept.Hash())
	full, err := b.inFull(ctx, req, kept)
	if err != nil {
		return nil, err
	}
	defer full.close()
	dir := filepath.Join(b.CaseDir(id), claimsDir)
	if err := disk.MakeFolder(dir); err != nil {
		return nil, homeError(b.Home, err)
	}
	unlock, err := lock(dir, true)
	if err != nil {
		return nil, err
	}
	defer unlock()
	last, n, err := lastClaim(dir)
	if err != nil {
		return nil, err
	}
	if err := full.note(kept); err != nil {
		return nil, err
	}
	same := false
	if n > 0 {
		text, err := os.ReadFile(last)
		if err != nil {
			return nil, err
		}
		same = bytes.Equal(text, kept.Text)
	}
	if kept.Claim.Corrects > n {
		return nil, failure.New(failure.BadInput, fmt.Sprintf("\"constat claim list --case %s\" lists the claims of the case.", id),
			"the claim corrects claim %d, and the case %s has %d", kept.Claim.Corrects, id, n)
	}
	added := &AddedClaim{Case: id, Number: n, Claim: kept.Claim}
	if same {
		return added, nil
	}
	act, err := b.begin(ledger.AddClaim, onCase(id), full.sums()...)
	if err != nil {
		return nil, err
	}
	defer act.end(&err)
	if err := b.sealClaim(ctx, id, full); err != nil {
		return nil, err
	}
	added.Number++
	if err := disk.WriteFile(claimPath(b.CaseDir(id), added.Number), kept.Text); err != nil {
		return nil, fmt.Errorf("keeping the claim: %w", err)
	}
	if len(kept.Left) > 0 {
		b.Say(fmt.Sprintf("The claim file is sealed as evidence, since what stands under line%s is kept in no other way; in the clear the case keeps what names and counts.", lineNumbers(kept.Left)))
	}
	return added, nil
}

// part is a file that is sealed with a claim.
type part struct {
	name string
	role evidence.Role
	src  io.ReadSeeker
	sum  string
}

// parts are what is sealed with a claim: posts first, then the samples in order.
type parts struct {
	all   []part
	files []*os.File
	of    []int // for each sample of the claim, which part it is; -1: none
}

// sums are the SHA-256 of what is sealed, in hexadecimal.
func (p *parts) sums() (all []string) {
	for _, x := range p.all {
		all = append(all, x.sum)
	}
	return all
}

func (p *parts) close() {
	for _, f := range p.files {
		_ = f.Close() // it was only read
	}
}

// inFull opens and hashes what of a claim is to be sealed.
func (b Bench) inFull(ctx context.Context, req ClaimRequest, kept *claim.Kept) (_ *parts, err error) {
	p := &parts{}
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	add := func(path string, role evidence.Role) error {
		f, err := os.Open(path)
		if err == nil {
			p.files = append(p.files, f)
			var st fs.FileInfo
			if st, err = f.Stat(); err == nil && !st.Mode().IsRegular() {
				err = errors.New("it is no file")
			}
		}
		if err != nil {
			return failure.New(failure.BadInput, "Check the name of the file and your right to read it.", "opening the %s of the claim: %w", role, err)
		}
		p.all = append(p.all, part{name: filepath.Base(path), role: role, src: f})
		return nil
	}
	if len(kept.Left) > 0 {
		p.all = append(p.all, part{name: filepath.Base(req.File), role: evidence.Post, src: bytes.NewReader(req.Text)})
	}
	if req.Said != nil {
		p.all = append(p.all, part{name: req.SaidName, role: evidence.Post, src: bytes.NewReader(req.Said)})
	}
	if req.Post != "" {
		if err := add(req.Post, evidence.Post); err != nil {
			return nil, err
		}
	}
	for _, path := range kept.Files {
		if path == "" {
			p.of = append(p.of, -1)
			continue
		}
		if !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(req.File), path)
		}
		p.of = append(p.of, len(p.all))
		if err := add(path, evidence.Sample); err != nil {
			return nil, err
		}
	}
	for _, path := range req.Samples {
		kept.Claim.Samples = append(kept.Claim.Samples, claim.Sample{})
		p.of = append(p.of, len(p.all))
		if err := add(path, evidence.Sample); err != nil {
			return nil, err
		}
	}
	if req.Corrects > 0 {
		kept.Claim.Corrects = req.Corrects
	}
	for i := range p.all {
		if p.all[i].sum, err = evidence.Sum(ctx, p.all[i].src, progress.None); err != nil {
			return nil, fmt.Errorf("reading %s: %w", p.all[i].name, err)
		}
	}
	return p, nil
}

// note writes into the claim what is sealed of it.
func (p *parts) note(kept *claim.Kept) error {
	var posts, samples []string
	for _, x := range p.all {
		if x.role == evidence.Post {
			posts = append(posts, x.sum)
		}
	}
	for _, i := range p.of {
		sum := ""
		if i >= 0 {
			sum = p.all[i].sum
		}
		samples = append(samples, sum)
	}
	return kept.Seal(posts, samples)
}

// sealClaim takes what is sealed with a claim into the evidence of its case.
func (b Bench) sealClaim(ctx context.Context, id string, p *parts) (err error) {
	if len(p.all) == 0 {
		return nil
	}
	dir, done, err := b.scratch()
	if err != nil {
		return err
	}
	defer done()
	key, err := b.keyOfCase(id)
	if err != nil {
		return err
	}
	defer key.Destroy()
	total := int64(0)
	for _, x := range p.all {
		size, err := x.src.Seek(0, io.SeekEnd)
		if err != nil {
			return fmt.Errorf("reading %s: %w", x.name, err)
		}
		total += size
	}
	b.Meter.Stage("sealing what comes with the claim", total, "bytes")
	var sealed []*evidence.Sealed
	for i, x := range p.all {
		if _, err := x.src.Seek(0, io.SeekStart); err != nil {
			return fmt.Errorf("reading %s: %w", x.name, err)
		}
		s, err := evidence.Seal(ctx, x.name, x.src, filepath.Join(dir, fmt.Sprintf("part-%d", i)), b.Meter)
		if err != nil {
			return err
		}
		if s.SHA256 != x.sum {
			return failure.New(failure.BadInput, "Copy it to a place where nobody writes to it, and try again.", "%s changed while it was sealed", x.name)
		}
		s.Role = x.role
		sealed = append(sealed, s)
	}
	return homeError(b.Home, b.evidence(id).Receive(key, b.hand("with a claim"), sealed))
}

// keyOfCase opens the key that the evidence of a case is sealed under; of a case
// without, that of the register, which is made where there is none.
func (b Bench) keyOfCase(id string) (*seal.Key, error) {
	keyID, err := b.evidence(id).KeyID()
	if err != nil {
		return nil, err
	}
	if keyID != "" {
		ring, err := b.ring()
		if err != nil {
			return nil, err
		}
		return ring.Open(keyID, b.Unlock)
	}
	return b.keyOfHomeLocked()
}

// Claims reads the claims of a case, in the order they were added.
func (b Bench) Claims(id string) ([]*claim.Claim, error) {
	dir := b.CaseDir(id)
	_, n, err := lastClaim(filepath.Join(dir, claimsDir))
	if err != nil {
		return nil, err
	}
	var all []*claim.Claim
	for i := range n {
		c, err := claim.Read(claimPath(dir, i+1))
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// asserted are the claims that an assessment has before it.
type asserted struct {
	claims  []*claim.Claim  // of its case
	against *claim.Numbered // what it is held against, or nil
}

// asserted finds the claims of a case, and which of them an assessment is held
// against: the file's, the one of that number, else the latest.
func (b Bench) asserted(given, id string) (*asserted, error) {
	all := &asserted{}
	var err error
	if id != "" {
		if all.claims, err = b.Claims(id); err != nil {
			return nil, err
		}
	}
	n, numbered := strconv.Atoi(given)
	switch {
	case given == "":
		n = len(all.claims)
	case numbered != nil || id == "":
		c, err := claim.Read(given)
		if err != nil {
			return nil, err
		}
		all.against = &claim.Numbered{Claim: c, Against: true}
		return all, nil
	case n < 1 || n > len(all.claims):
		return nil, failure.New(failure.BadInput, fmt.Sprintf("\"constat claim list --case %s\" lists the claims of the case; a file of that name is written ./%s.", id, given),
			"the case %s has no claim %s", id, given)
	}
	if n > 0 {
		all.against = &claim.Numbered{Claim: all.claims[n-1], Number: n, Against: true}
	}
	return all, nil
}

// claim is what the assessment is held against, or nil.
func (a *asserted) claim() *claim.Claim {
	if a.against == nil {
		return nil
	}
	return a.against.Claim
}

// fill puts the claims beside what was established.
func (a *asserted) fill(out *assessment.Assessment) {
	out.Claims = claim.Beside(a.claims, a.against, out)
}

// count is how many people or records are claimed, nil where that is not said.
func (a *asserted) count() *int64 {
	if a.against == nil || a.against.Claimed.Unit == claim.Bytes {
		return nil
	}
	return a.against.Claimed.Count
}

// establish notes what an assessment established, where that changed.
func (b Bench) establish(out *assessment.Assessment) error {
	return b.established(out.Case).Note(finding.Hand{Who: b.Who, Now: b.Now}, finding.Of(out))
}

func (b Bench) established(id string) finding.Store {
	return finding.In(b.CaseDir(id), id)
}

// Compared is the claims of a case beside what is established, and how that
// changed.
type Compared struct {
	Case     string
	Assessed bool
	Claims   []assessment.Claim
	Lines    []finding.Line // the latest last
}

// CompareClaims puts the claims of a case beside what its latest assessment
// established. It opens no key.
func (b Bench) CompareClaims(id string) (*Compared, error) {
	c, err := b.Case(id)
	if err != nil {
		return nil, err
	}
	lines, err := b.established(id).Lines()
	if err != nil {
		return nil, err
	}
	out := &Compared{Case: id, Lines: lines, Assessed: c.Assessment != nil}
	var against *claim.Numbered
	if out.Assessed {
		for _, was := range c.Assessment.Claims {
			if was.Against && was.Number > 0 && was.Number <= len(c.Claims) {
				against = &claim.Numbered{Number: was.Number}
			}
		}
	}
	out.Claims = claim.Beside(c.Claims, against, c.Assessment)
	return out, nil
}

// ClaimText is a text that was sealed with a claim, opened.
type ClaimText struct {
	Name string
	Text []byte
}

// OpenClaim opens what was said in full with claim n of a case. That somebody looks
// at it is on the disk before.
func (b Bench) OpenClaim(id string, n int) ([]ClaimText, error) {
	b = b.withDefaults()
	c, err := b.Case(id)
	if err != nil {
		return nil, err
	}
	if n < 1 || n > len(c.Claims) {
		return nil, failure.New(failure.BadInput, fmt.Sprintf("\"constat claim list --case %s\" lists the claims of the case.", id), "the case %s has no claim %d", id, n)
	}
	var list []evidence.Original
	for _, sum := range c.Claims[n-1].Sealed {
		i := slices.IndexFunc(c.Custody.Held(), func(o evidence.Original) bool { return o.SHA256 == sum })
		if i < 0 {
			return nil, failure.New(failure.BadInput, "Without --open the claim is shown without it.", "case %s does not hold the post %s any more", id, sum[:12])
		}
		list = append(list, c.Custody.Held()[i])
	}
	if len(list) == 0 {
		return nil, nil
	}
	key, err := b.keyOfCase(id)
	if err != nil {
		return nil, err
	}
	defer key.Destroy()
	store := b.evidence(id)
	if err := b.recorded(ledger.OpenClaim, onCase(id), func() error {
		return store.Log(b.hand(fmt.Sprintf("the text of claim %d", n)), evidence.Shown, list)
	}); err != nil {
		return nil, err
	}
	readers, err := store.Open(key, list)
	if err != nil {
		return nil, err
	}
	var all []ClaimText
	for _, r := range readers {
		defer func() { _ = r.Close() }() // it was only read
		text, err := io.ReadAll(io.NewSectionReader(r, 0, min(r.Bytes, claim.Largest)))
		if err != nil {
			return nil, err
		}
		if r.Bytes > claim.Largest {
			text = fmt.Appendf(text, "\n… cut here: %d bytes in all\n", r.Bytes)
		}
		all = append(all, ClaimText{r.Name, text})
	}
	return all, nil
}

// lastClaim finds the claim that was added last, and its number; 0 where there
// is none.
func lastClaim(dir string) (path string, n int, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return "", 0, nil
	}
	for _, e := range entries {
		if i, err := strconv.Atoi(strings.TrimSuffix(e.Name(), ".yaml")); err == nil && i > n {
			path, n = filepath.Join(dir, e.Name()), i
		}
	}
	return path, n, err
}

// lineNumbers writes " 3" or "s 3, 5 and 8"; of many the first few.
func lineNumbers(lines []int) string {
	const most = 8
	var text []string
	for _, n := range lines[:min(most, len(lines))] {
		text = append(text, strconv.Itoa(n))
	}
	if len(lines) > most {
		text = append(text, fmt.Sprintf("%d more", len(lines)-most))
	}
	if len(text) == 1 {
		return " " + text[0]
	}
	return "s " + strings.Join(text[:len(text)-1], ", ") + " and " + text[len(text)-1]
}

func checkCase(id string) error {
	if id != "" && !caseID.MatchString(id) {
		return failure.New(failure.Usage, "Use letters, digits, dots, dashes and underscores, at most 64.", "%q cannot be the id of a case", id)
	}
	return nil
}
