package triage

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"constat.example/blind/engine"
	"constat.example/blind/kind"
	"constat.example/blind/link"
	"constat.example/blind/register"
	"constat.example/blind/token"
	"constat.example/blind/verdict"
	"constat.example/clear/field"
	"constat.example/clear/seal"
	"constat.example/desk/assessment"
	"constat.example/desk/chain"
	"constat.example/desk/size"
)

// fillSize works out how many people the leak holds, after the window and the origin,
// and tells what the case said of it before. What it gives back is for keepSize.
func (b Bench) fillSize(ctx context.Context, out *assessment.Assessment, s engine.Session, m register.Manifest, linked *link.Result, d *crossed, key *seal.Key) (said size.Entry, err error) {
	if err := sizeOf(ctx, out, s, m, linked, d, key); err != nil {
		return said, err
	}
	var snapshots strings.Builder
	for _, s := range m.Snapshots {
		fmt.Fprintln(&snapshots, s.ID, s.AsOf.UTC().Format(time.RFC3339), s.SHA256, s.People)
	}
	said = size.EntryOf(out, size.Grounds{
		Files: dumpSum(out.Inputs), Register: chain.Sum([]byte(snapshots.String())), Decisions: out.Decided.Upto, Program: b.Build,
	})
	out.Size.History, err = size.In(b.CaseDir(out.Case), out.Case).Before(said)
	return said, err
}

// keepSize keeps what was said in the case, once the assessment is there.
func (b Bench) keepSize(id string, said size.Entry) error {
	return size.In(b.CaseDir(id), id).Add(said, b.Who, b.Now)
}

func sizeOf(ctx context.Context, out *assessment.Assessment, s engine.Session, m register.Manifest, linked *link.Result, d *crossed, key *seal.Key) error {
	claimed := out.Size.Claimed
	out.Size = assessment.NoSize("")
	to := &out.Size
	people := linked.Persons - linked.Unreal
	to.Claimed, to.Rows, to.Persons, to.Duplicates = claimed, out.Rows.Read, people, linked.Linked-linked.Persons
	from, until := copied(out.Window, m)
	c := verdict.Sizing{
		Claimed: claimed, Class: verdict.Class(out.Verdict.Class),
		Rows: out.Rows.Read, Linked: linked.Linked, Ambiguous: linked.Ambiguous, Persons: people,
		Register: verdict.PeopleBetween(m, from, until),
	}
	if share := out.Verdict.GenuineShare; share.Low != nil && share.High != nil {
		c.Share = [2]float64{*share.Low, *share.High}
	}
	if people > 0 {
		home, regions := regionsOf(m.Layout, key)
		if err := c.Count(ctx, verdict.SizeConfig{
			Session: s, Manifest: m, Segment: verdict.Before(m, likeliest(out.Window, until)), Home: home, Regions: regions, Files: lastRows(d),
			Rank: func(sealed [][]byte) ([]int64, error) { return rankIDs(ctx, key, sealed) },
		}); err != nil {
			return err
		}
	}
	found := verdict.SizeOf(c)
	to.Refused, to.Basis = found.Refused, found.Basis
	if found.Refused == "" {
		to.Estimate, to.High = &found.Estimate, &found.High
	}
	if found.Low > 0 {
		to.Low = &found.Low
	}
	for _, t := range found.Tests {
		to.Tests = append(to.Tests, assessment.SizeTest{Name: t.Name, Result: t.Result, P: significant(t.P), Off: rounded(t.Off), Within: t.Within})
	}
	fillCounts(to, c, found)
	to.Range.From, to.Range.To = rounded(found.From), rounded(found.To)
	if found.Refused == verdict.SizeFirst {
		to.Range.First = "ids"
		if found.OneByFile {
			to.Range.First = "file"
		}
	}
	for _, b := range c.All.ByID.Bins {
		to.Range.Bins = append(to.Range.Bins, rounded(b.Dense))
	}
	for _, g := range c.All.Regions {
		to.Regions = append(to.Regions, assessment.SizeGroup{Name: g.Name, Dense: rounded(g.Dense), Whole: slices.Contains(found.Regions, g.Name)})
	}
	for i, f := range c.Files {
		to.Files = append(to.Files, assessment.SizeFile{Name: out.Inputs[i].Name, Persons: f.Persons, Known: f.Known})
	}
	return nil
}

// fillCounts tells apart what is counted.
func fillCounts(to *assessment.Size, c verdict.Sizing, found verdict.Size) {
	count := func(name string, p *verdict.People, refused string) {
		n := assessment.SizeCount{Name: name, Refused: refused}
		if p != nil {
			n = assessment.SizeCount{Name: name, Estimate: &p.Estimate, Low: &p.Low, High: &p.High}
		}
		to.Counts = append(to.Counts, n)
	}
	ours := found.Refused != verdict.SizeNotOurs
	missing := func(why string) string {
		if !ours {
			return assessment.NoLeaking
		}
		return why
	}
	count(assessment.Referenced, &c.Register, "")
	count(assessment.Reachable, found.Reach, missing(assessment.NoReach))
	count(assessment.Queried, nil, missing(assessment.NoLogs))
	count(assessment.Returned, nil, missing(assessment.NoLogs))
	if found.Exfil == 0 {
		why := verdict.SizeUntold
		if c.Persons == 0 {
			why = verdict.SizeNobody
		}
		count(assessment.Exfiltrated, nil, missing(why))
		return
	}
	to.Counts = append(to.Counts, assessment.SizeCount{Name: assessment.Exfiltrated, Low: &found.Exfil})
}

// copied is when the copy was made, as far as that is told, within the time that the
// register is known of.
func copied(w assessment.Window, m register.Manifest) (from, until time.Time) {
	from, until = m.Snapshots[0].AsOf, m.Snapshots[len(m.Snapshots)-1].AsOf
	if w.Refused != "" {
		return from, until
	}
	low, high := w.NotBefore, w.NotAfter
	if w.Shape == assessment.ShapeOnce {
		low, high = cmp.Or(w.Interval.Low, low), cmp.Or(w.Interval.High, high)
	}
	first, last := from, until
	if low != nil {
		if t, err := time.Parse(time.RFC3339, *low); err == nil && t.After(first) {
			from = t
		}
	}
	if high != nil {
		if t, err := time.Parse(time.RFC3339, *high); err == nil && t.Before(last) {
			until = t
		}
	}
	if until.Before(from) { // before the first snapshot, or after the last
		return until, until
	}
	return from, until
}

// likeliest is when the copy most likely was made, else another time.
func likeliest(w assessment.Window, otherwise time.Time) time.Time {
	if w.MostLikely != nil {
		if t, err := time.Parse(time.RFC3339, *w.MostLikely); err == nil {
			return t
		}
	}
	return otherwise
}

// lastRows is, of each input, the number of its last row in the dump.
func lastRows(d *crossed) []int64 {
	var last []int64
	upto := int64(0)
	for i, t := range d.tables {
		for len(last) <= t.Input {
			last = append(last, upto)
		}
		upto += d.account.TableRows[i] + d.account.TableRejected[i]
		last[t.Input] = upto
	}
	return last
}

// regionsOf finds the column of the register that tells where people live, and makes
// the tokens of all there are in France: département by token. Whoever has the key
// can; a token alone tells nothing.
func regionsOf(layout token.Layout, key *seal.Key) (column string, regions map[int64]string) {
	var split field.Splitter
	for _, k := range []kind.Kind{kind.CityCode, kind.PostCode} {
		if !layout.Has(k) {
			continue
		}
		regions = map[int64]string{}
		for _, department := range departments {
			width := 5 - len(department)
			for n := range int(math.Pow10(width)) {
				code := fmt.Sprintf("%s%0*d", department, width, n)
				parts, _, _ := split.Split(k, 1, []byte(code))
				for _, part := range parts {
					if part.Column.Kind == k && part.Column.Role == token.Whole {
						regions[key.Token(part.Column, part.Text)] = department
					}
				}
			}
		}
		return token.Column{Kind: k, Occurrence: 1}.Name(), regions
	}
	return "", nil
}

// departments are what codes of communes and postcodes begin with; 20 is Corsica's
// postcodes only, 2A and 2B its communes'.
var departments = func() []string {
	all := []string{"2A", "2B", "971", "972", "973", "974", "975", "976", "977", "978", "986", "987", "988"}
	for n := 1; n <= 95; n++ {
		all = append(all, fmt.Sprintf("%02d", n))
	}
	return all
}()

// rankIDs opens record ids and tells the place of each in their order, from 0.
func rankIDs(ctx context.Context, key *seal.Key, sealed [][]byte) ([]int64, error) {
	ids := make([]string, len(sealed))
	g, ctx := errgroup.WithContext(ctx)
	threads := runtime.GOMAXPROCS(0)
	for worker := range threads {
		g.Go(func() error {
			for i := worker; i < len(sealed); i += threads {
				if i%4096 < threads && ctx.Err() != nil {
					return context.Cause(ctx)
				}
				id, err := key.OpenRecordID(sealed[i])
				if err != nil {
					return err
				}
				ids[i] = id
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	order := make([]int, len(ids))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(compareIDs(ids[a], ids[b]), a-b) })
	ranks := make([]int64, len(ids))
	for rank, i := range order {
		ranks[i] = int64(rank)
	}
	return ranks, nil
}

// compareIDs orders ids as whoever counts through them does: numbers in them by their
// value, the rest by letter.
func compareIDs(a, b string) int {
	for a != "" && b != "" {
		x, y := digitsOf(a), digitsOf(b)
		if x == 0 || y == 0 {
			if a[0] != b[0] {
				return cmp.Compare(a[0], b[0])
			}
			a, b = a[1:], b[1:]
			continue
		}
		m, n := strings.TrimLeft(a[:x], "0"), strings.TrimLeft(b[:y], "0")
		if c := cmp.Or(cmp.Compare(len(m), len(n)), cmp.Compare(m, n)); c != 0 {
			return c
		}
		a, b = a[x:], b[y:]
	}
	return cmp.Compare(len(a), len(b))
}

// digitsOf is how many digits a text begins with.
func digitsOf(text string) int {
	n := 0
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	return n
}
