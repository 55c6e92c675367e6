// Package sigma reads Sigma rules (SigmaHQ, specification 2) over the fields of an
// access, with their correlations event_count, value_count, temporal and
// temporal_ordered, and evaluates them as accesses come. What of Sigma cannot be kept
// in a stream, or has no meaning for an access, is refused with its reason.
//
// Fields are action, account, address, device, office, relation, reason, session, by and
// count. Record ids are sealed and can be counted (value_count, group-by), not sought.
package sigma

import (
	"bytes"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

// Rules are rules that were loaded. They are a watch.Matcher, of one watch.
type Rules struct {
	detections   []*detection
	correlations []*correlation
	text         uint64 // hash of the text: a state is of the rules it was made with

	Unfollowed int64 // groups of a correlation beyond the most that are kept
}

// detection is a rule of one access.
type detection struct {
	title, id, name string
	critical        bool
	alone           bool // alarms by itself
	when            condition
}

// correlation joins detections.
type correlation struct {
	title, id string
	critical  bool
	kind      string
	names     []string // of detections
	of        []int    // their indexes
	mask      uint64
	groupBy   []string
	field     string // of value_count
	span      time.Duration
	least     int // how many it takes

	groups map[uint64]*window
	sweep  int
}

const (
	mostDetections = 64
	mostCounted    = 100_000
	mostDepth      = 32
)

type document struct {
	Title       string         `yaml:"title"`
	ID          string         `yaml:"id"`
	Name        string         `yaml:"name"`
	Level       string         `yaml:"level"`
	Action      string         `yaml:"action"`
	Detection   map[string]any `yaml:"detection"`
	Correlation *struct {
		Type      string         `yaml:"type"`
		Rules     any            `yaml:"rules"`
		GroupBy   any            `yaml:"group-by"`
		Timespan  string         `yaml:"timespan"`
		Condition map[string]any `yaml:"condition"`
		Aliases   map[string]any `yaml:"aliases"`
		Generate  bool           `yaml:"generate"`
	} `yaml:"correlation"`
}

// Parse reads rules: YAML, several documents in one file as Sigma has them.
func Parse(text []byte) (*Rules, error) {
	h := fnv.New64a()
	h.Write(text)
	r := &Rules{text: h.Sum64()}
	generate := map[string]bool{} // rules that correlations name, and whether they alarm all the same
	in := yaml.NewDecoder(bytes.NewReader(text))
	for n := 1; ; n++ {
		var d document
		err := in.Decode(&d)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			if e, ok := errors.AsType[yaml.Error](err); ok && e.GetToken() != nil {
				return nil, fmt.Errorf("line %d is not as Sigma has it", e.GetToken().Position.Line)
			}
			return nil, errors.New("it is not the YAML expected")
		}
		if d.Title+d.ID+d.Name+d.Action == "" && d.Detection == nil && d.Correlation == nil {
			continue // nothing between two lines of ---
		}
		if err := r.add(&d, generate); err != nil {
			return nil, fmt.Errorf("rule %d: %w", n, err)
		}
	}
	for _, c := range r.correlations {
		for _, name := range c.names {
			i := slices.IndexFunc(r.detections, func(d *detection) bool { return name != "" && (d.name == name || d.id == name) })
			if i < 0 {
				return nil, fmt.Errorf("a correlation joins the rule %q, which is not there; correlations of correlations are not read", name)
			}
			c.of = append(c.of, i)
			c.mask |= 1 << i
			if !generate[name] {
				r.detections[i].alone = false
			}
		}
	}
	if len(r.detections) == 0 {
		return nil, errors.New("it holds no rule with a detection")
	}
	return r, nil
}

func (r *Rules) add(d *document, generate map[string]bool) error {
	critical := d.Level == "critical"
	if d.Correlation == nil {
		if len(d.Detection) == 0 {
			if d.Action != "" {
				return errors.New("action documents of Sigma 1 are not read")
			}
			return errors.New("it has neither detection nor correlation")
		}
		if len(r.detections) == mostDetections {
			return fmt.Errorf("more than %d rules with a detection are not read", mostDetections)
		}
		when, err := parseDetection(d.Detection)
		if err != nil {
			return err
		}
		r.detections = append(r.detections, &detection{title: d.Title, id: d.ID, name: d.Name, critical: critical, alone: true, when: when})
		return nil
	}
	x := d.Correlation
	c := &correlation{title: d.Title, id: d.ID, critical: critical, kind: x.Type, names: texts(x.Rules), groupBy: texts(x.GroupBy), groups: map[uint64]*window{}}
	if len(x.Aliases) > 0 {
		return errors.New("aliases are not needed here: all fields of an access have one name")
	}
	for _, name := range c.names {
		generate[name] = generate[name] || x.Generate
	}
	if len(c.names) == 0 {
		return errors.New("the correlation joins no rules")
	}
	for _, g := range c.groupBy {
		if !slices.Contains(grouped, g) {
			return fmt.Errorf("there is no field %q to group by; there are %s", g, strings.Join(grouped, ", "))
		}
	}
	var err error
	if c.span, err = timespan(x.Timespan); err != nil {
		return err
	}
	switch c.kind {
	case "event_count", "value_count":
		err = c.counts(x.Condition)
	case "temporal", "temporal_ordered":
		if len(x.Condition) > 0 {
			err = errors.New("a temporal correlation has no condition")
		}
	default:
		err = fmt.Errorf("there is no correlation %q; there are event_count, value_count, temporal, temporal_ordered", c.kind)
	}
	r.correlations = append(r.correlations, c)
	return err
}

// grouped are the fields that values can be told apart by.
var grouped = []string{"account", "address", "device", "office", "relation", "reason", "session", "record"}

// counts reads the condition of a count.
func (c *correlation) counts(all map[string]any) error {
	for key, value := range all {
		n, isNumber := number(value)
		switch {
		case key == "field" && c.kind == "value_count":
			names := texts(value)
			if len(names) != 1 || !slices.Contains(grouped, names[0]) {
				return fmt.Errorf("a value_count counts one field of %s", strings.Join(grouped, ", "))
			}
			c.field = names[0]
		case (key == "gte" || key == "gt") && isNumber && c.least == 0:
			if c.least = int(n); key == "gt" {
				c.least++
			}
		default:
			return errors.New("a condition is gte or gt and a number: that fewer happened is only known when time is up")
		}
	}
	switch {
	case c.least < 1 || c.least > mostCounted:
		return fmt.Errorf("a condition counts from 1 to %d", mostCounted)
	case c.kind == "value_count" && c.field == "":
		return errors.New("a value_count names its field")
	}
	return nil
}

func timespan(s string) (time.Duration, error) {
	units := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}
	if len(s) >= 2 && len(s) <= 6 {
		n, err := strconv.Atoi(s[:len(s)-1])
		if unit := units[s[len(s)-1]]; err == nil && n > 0 && unit > 0 {
			return time.Duration(n) * unit, nil
		}
	}
	return 0, errors.New("a timespan is a number and s, m, h or d")
}

// texts are the texts of a value that is one or a list.
func texts(v any) []string {
	switch x := v.(type) {
	case string:
		return []string{x}
	case []any:
		var all []string
		for _, one := range x {
			if s, ok := one.(string); ok {
				all = append(all, s)
			}
		}
		return all
	}
	return nil
}

func number(v any) (float64, bool) {
	switch x := v.(type) {
	case int64:
		return float64(x), true
	case uint64:
		return float64(x), true
	case int:
		return float64(x), true
	case float64:
		return x, true
	}
	return 0, false
}

// condition is what an access must fulfil.
type condition interface{ holds(f *fields) bool }

type (
	every []condition
	some  []condition
	not   struct{ condition }
)

func (all every) holds(f *fields) bool {
	return !slices.ContainsFunc(all, func(c condition) bool { return !c.holds(f) })
}

func (all some) holds(f *fields) bool {
	return slices.ContainsFunc(all, func(c condition) bool { return c.holds(f) })
}

func (n not) holds(f *fields) bool { return !n.condition.holds(f) }

// parseDetection reads searches and the condition that joins them.
func parseDetection(d map[string]any) (condition, error) {
	searches := map[string]condition{}
	for name, v := range d {
		if name == "condition" {
			continue
		}
		c, err := parseSearch(v, 0)
		if err != nil {
			return nil, err
		}
		searches[name] = c
	}
	var either some
	for _, text := range texts(d["condition"]) {
		p := &parser{words: words(text), searches: searches}
		c, err := p.or(0)
		if err == nil && len(p.words) > 0 {
			err = fmt.Errorf("the condition is not understood at %q", p.words[0])
		}
		if err != nil {
			return nil, err
		}
		either = append(either, c)
	}
	if len(either) == 0 {
		return nil, errors.New("the detection has no condition")
	}
	return either, nil
}

// parseSearch reads a map of fields, or a list of such.
func parseSearch(v any, depth int) (condition, error) {
	if depth > mostDepth {
		return nil, errors.New("a search lies too deep")
	}
	switch x := v.(type) {
	case map[string]any:
		var all every
		for key, value := range x {
			c, err := parseField(key, value)
			if err != nil {
				return nil, err
			}
			all = append(all, c)
		}
		if len(all) > 0 {
			return all, nil
		}
	case []any:
		var all some
		for _, one := range x {
			if _, ok := one.(map[string]any); !ok {
				return nil, errors.New("words sought anywhere have no meaning here: an access has fields")
			}
			c, err := parseSearch(one, depth+1)
			if err != nil {
				return nil, err
			}
			all = append(all, c)
		}
		if len(all) > 0 {
			return all, nil
		}
	}
	return nil, errors.New("a search is a map of fields, or a list of such")
}

func parseField(key string, value any) (condition, error) {
	parts := strings.Split(key, "|")
	field := slices.Index(sought, parts[0])
	if field < 0 {
		return nil, fmt.Errorf("there is no field %q to look at; there are %s", parts[0], strings.Join(sought, ", "))
	}
	how, all := "", false
	for _, modifier := range parts[1:] {
		switch modifier {
		case "all":
			all = true
		case "contains", "startswith", "endswith", "re", "cidr", "gt", "gte", "lt", "lte":
			if how != "" {
				return nil, fmt.Errorf("the modifiers %s and %s do not go together", how, modifier)
			}
			how = modifier
		default:
			return nil, fmt.Errorf("the modifier %q is not read", modifier)
		}
	}
	values, ok := value.([]any)
	if !ok {
		values = []any{value}
	}
	var made []condition
	for _, v := range values {
		c, err := parseValue(field, how, v)
		if err != nil {
			return nil, err
		}
		made = append(made, c)
	}
	if len(made) == 0 {
		return nil, fmt.Errorf("the field %s has no value", parts[0])
	}
	if all {
		return every(made), nil
	}
	return some(made), nil
}

func parseValue(field int, how string, v any) (condition, error) {
	n, isNumber := number(v)
	if field == countField {
		if !isNumber {
			return nil, errors.New("count is a number")
		}
		if !slices.Contains([]string{"", "gt", "gte", "lt", "lte"}, how) {
			return nil, fmt.Errorf("the modifier %s is not of numbers", how)
		}
		return compare{how, n}, nil
	}
	text, ok := v.(string)
	switch {
	case isNumber:
		text = strconv.FormatFloat(n, 'f', -1, 64)
	case v == nil:
		text = ""
	case !ok:
		return nil, errors.New("a value is a text or a number")
	}
	var test func(string) bool
	switch how {
	case "cidr":
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, errors.New("a cidr is written like 10.0.0.0/8")
		}
		test = func(s string) bool {
			a, err := netip.ParseAddr(s)
			return err == nil && p.Contains(a.Unmap())
		}
	case "re":
		re, err := regexp.Compile(text)
		if err != nil {
			return nil, errors.New("a regular expression is not understood")
		}
		test = re.MatchString
	case "gt", "gte", "lt", "lte":
		return nil, fmt.Errorf("the modifier %s is of numbers: count", how)
	default:
		re, err := regexp.Compile(wildcards(text, how))
		if err != nil {
			return nil, errors.New("a value is not understood")
		}
		test = re.MatchString
	}
	return &match{field: field, test: test, known: map[string]bool{}}, nil
}

// wildcards makes a regular expression of a value of Sigma: * and ? are wild unless a
// backslash stands before, and case does not matter.
func wildcards(text, how string) string {
	var b strings.Builder
	b.WriteString("(?is)")
	if how == "" || how == "startswith" {
		b.WriteString(`\A`)
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text) && strings.IndexByte(`*?\`, text[i+1]) >= 0:
			i++
			b.WriteString(regexp.QuoteMeta(text[i : i+1]))
		case c == '*':
			b.WriteString(".*")
		case c == '?':
			b.WriteString(".")
		default:
			b.WriteString(regexp.QuoteMeta(text[i : i+1]))
		}
	}
	if how == "" || how == "endswith" {
		b.WriteString(`\z`)
	}
	return b.String()
}

// parser reads conditions: or, and, not, parentheses, "1 of name*", "all of them".
type parser struct {
	words    []string
	searches map[string]condition
}

func words(s string) []string {
	return strings.Fields(strings.NewReplacer("(", " ( ", ")", " ) ").Replace(s))
}

func (p *parser) take(word string) bool {
	if len(p.words) > 0 && strings.EqualFold(p.words[0], word) {
		p.words = p.words[1:]
		return true
	}
	return false
}

func (p *parser) or(depth int) (condition, error) {
	var all some
	for {
		c, err := p.and(depth)
		if err != nil {
			return nil, err
		}
		if all = append(all, c); !p.take("or") {
			return all, nil
		}
	}
}

func (p *parser) and(depth int) (condition, error) {
	var all every
	for {
		c, err := p.one(depth)
		if err != nil {
			return nil, err
		}
		if all = append(all, c); !p.take("and") {
			return all, nil
		}
	}
}

func (p *parser) one(depth int) (condition, error) {
	if depth > mostDepth {
		return nil, errors.New("the condition lies too deep")
	}
	switch {
	case p.take("not"):
		c, err := p.one(depth + 1)
		return not{c}, err
	case p.take("("):
		c, err := p.or(depth + 1)
		if err == nil && !p.take(")") {
			err = errors.New("a parenthesis of the condition is not closed")
		}
		return c, err
	case len(p.words) >= 3 && strings.EqualFold(p.words[1], "of") && (p.words[0] == "1" || strings.EqualFold(p.words[0], "all")):
		return p.of()
	case len(p.words) == 0:
		return nil, errors.New("the condition ends too early")
	}
	name := p.words[0]
	c, ok := p.searches[name]
	if !ok {
		return nil, fmt.Errorf("the condition names %q, which is not there", name)
	}
	p.words = p.words[1:]
	return c, nil
}

func (p *parser) of() (condition, error) {
	whole, pattern := !strings.EqualFold(p.words[0], "1"), p.words[2]
	p.words = p.words[3:]
	var found []condition
	for name, c := range p.searches {
		prefix, open := strings.CutSuffix(pattern, "*")
		if pattern == "them" && !strings.HasPrefix(name, "_") || open && strings.HasPrefix(name, prefix) || name == pattern {
			found = append(found, c)
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("the condition asks for %q, which is not there", pattern)
	}
	if whole {
		return every(found), nil
	}
	return some(found), nil
}
