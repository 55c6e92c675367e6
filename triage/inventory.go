package triage

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"constat.example/blind/trace"
	"constat.example/internal/failure"
	"constat.example/internal/visible"
)

// outlet is a way in which records leave or lie elsewhere, as the organisation declares it.
type outlet struct {
	Name   string  `json:"name"`
	Kind   string  `json:"kind"`
	Since  string  `json:"since"` // a day, or ""
	Until  string  `json:"until"` // the last day, or ""
	Share  float64 `json:"share"` // of the register
	Logged bool    `json:"logged"`
}

// outletKinds are what outlets can be.
var outletKinds = []string{"backup", "replica", "export", "partner", "other"}

func (o outlet) outlet() trace.Outlet {
	out := trace.Outlet{Name: o.Name, Kind: o.Kind, Share: o.Share, Logged: o.Logged}
	if t, err := time.Parse(time.DateOnly, o.Since); err == nil {
		out.From = t.UnixMicro()
	}
	if t, err := time.Parse(time.DateOnly, o.Until); err == nil {
		out.To = t.AddDate(0, 0, 1).UnixMicro()
	}
	return out
}

const inventoryHint = `Write it as YAML, for example:
- name: nightly backup
  kind: backup         # backup, replica, export, partner or other
  since: 2024-01-01    # optional, as is until
  share: 100%          # of the register, optional
  logged: no           # whether the logs given show reads of it`

// largestInventory is far more than an inventory takes.
const largestInventory = 1 << 20

// readInventory reads a file of the ways in which records leave beside the logs.
func readInventory(path string) ([]outlet, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, failure.New(failure.BadInput, "Check the path given to --inventory.", "reading the inventory: %w", err)
	}
	if info.Size() > largestInventory {
		return nil, failure.New(failure.BadInput, inventoryHint, "the inventory %s is larger than %d bytes", path, largestInventory)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, failure.New(failure.BadInput, "Check the path given to --inventory.", "reading the inventory: %w", err)
	}
	all, err := parseInventory(text)
	if err != nil {
		return nil, failure.New(failure.BadInput, inventoryHint, "the inventory %s: %w", path, err)
	}
	return all, nil
}

func parseInventory(text []byte) ([]outlet, error) {
	var file []struct {
		Name   string `yaml:"name"`
		Kind   string `yaml:"kind"`
		Since  string `yaml:"since"`
		Until  string `yaml:"until"`
		Share  string `yaml:"share"`
		Logged string `yaml:"logged"`
	}
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.DisallowUnknownField()).Decode(&file); err != nil {
		if e, ok := errors.AsType[yaml.Error](err); ok && e.GetToken() != nil {
			return nil, fmt.Errorf("line %d is not as expected", e.GetToken().Position.Line)
		}
		return nil, errors.New("it is not the YAML expected")
	}
	all := []outlet{}
	for i, f := range file {
		o := outlet{Name: visible.Text(strings.TrimSpace(f.Name), 80), Kind: f.Kind, Since: f.Since, Until: f.Until, Share: 1}
		if o.Name == "" {
			return nil, fmt.Errorf("entry %d has no name", i+1)
		}
		if !slices.Contains(outletKinds, o.Kind) {
			return nil, fmt.Errorf("entry %d has no kind of %s", i+1, strings.Join(outletKinds, ", "))
		}
		for _, day := range []string{o.Since, o.Until} {
			if day == "" {
				continue
			}
			if _, err := time.Parse(time.DateOnly, day); err != nil {
				return nil, fmt.Errorf("entry %d has a day that is not written as 2025-01-31", i+1)
			}
		}
		if f.Share != "" {
			share, err := shareOf(f.Share)
			if err != nil {
				return nil, fmt.Errorf("entry %d has a share that is not written as 40%% or 0.4", i+1)
			}
			o.Share = share
		}
		switch strings.ToLower(f.Logged) {
		case "yes", "true":
			o.Logged = true
		case "", "no", "false":
		default:
			return nil, fmt.Errorf("entry %d: logged is yes or no", i+1)
		}
		all = append(all, o)
	}
	return all, nil
}

// shareOf reads a share: 40% or 0.4.
func shareOf(text string) (float64, error) {
	number, percent := strings.CutSuffix(strings.TrimSpace(text), "%")
	x, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil {
		return 0, err
	}
	if percent {
		x /= 100
	}
	if math.IsNaN(x) || x < 0 || x > 1 {
		return 0, errors.New("no share")
	}
	return x, nil
}
