# Constat. "make" alone says what there is; "make demo" runs the main job and
# "make test" all tests. Go and a C++ compiler are all they need; the rest
# comes from the Go module proxy, pinned in go.mod and below.

BIN      := bin/constat
TOOLS    := .cache/bin

# Tools, pinned: the same findings on every machine and in a year's time.
GOFUMPT_VERSION     := v0.12.0
STATICCHECK_VERSION := v0.8.2
GOLANGCI_VERSION    := v2.15.0
GOVULNCHECK_VERSION := v1.9.0
FSCK_VERSION        := v1.0.4

GOFUMPT     := $(TOOLS)/gofumpt-$(GOFUMPT_VERSION)
STATICCHECK := $(TOOLS)/staticcheck-$(STATICCHECK_VERSION)
GOLANGCI    := $(TOOLS)/golangci-lint-$(GOLANGCI_VERSION)
GOVULNCHECK := $(TOOLS)/govulncheck-$(GOVULNCHECK_VERSION)
FSCK        := $(TOOLS)/fsck-$(FSCK_VERSION)

PKG      ?= ./...
BENCH    ?= .
ARGS     ?=
SETS     ?=
PEERS    ?=
FUZZTIME ?= 30s
EVAL     ?= go test -tags eval -count=1 -v -timeout 180m -run '^TestEval' ./triage ./clear/dump ./cli ./scenario ./desk/ledger
RACE     ?= $$(scripts/race)
export FUZZTIME

.DEFAULT_GOAL := help
.PHONY: help need deps build demo test vet fmt-check fmt unit race lint staticcheck tidy-check eval fsck bench bench-peers fuzz man reference vuln clean

help: ## say what there is (the default)
	@awk -F ':[^#]*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

need:
	@scripts/need

deps: ## install what some tests run against (PostgreSQL, Chromium), or say which will be skipped
	@scripts/deps

build: need ## build bin/constat
	go build -o $(BIN) ./cmd/constat

demo: build ## run the main job on a simulated agency (ARGS="--people 50000")
	$(BIN) demo $(ARGS)

test: need deps vet fmt-check unit race ## run all tests (what .ci/run calls)

vet: need
	go vet -tags eval $(PKG)

fmt-check: $(GOFUMPT)
	@unformatted=$$($(GOFUMPT) -l .) || exit 1; \
	if [ -n "$$unformatted" ]; then printf 'not formatted (make fmt does it):\n%s\n' "$$unformatted" >&2; exit 1; fi

fmt: $(GOFUMPT) ## format the code
	$(GOFUMPT) -w .

unit: need
	go test -vet=off -timeout 20m $(PKG)

# Only where goroutines share memory: the detector costs five to ten times the
# time, and tests marked long (testing.Short) are left out. Of dumps and of the whole
# flow it runs those that have threads work side by side.
race: need
	go test -vet=off -race -short -timeout 15m $(RACE)
	go test -vet=off -race -short -timeout 15m -run 'Meter|Threads|WatchGoesOn|Trace|Reach|Spool|Scan|CSV|AvroBlocks|SQLPieces' ./clear/dump ./cli ./triage

lint: fmt-check tidy-check $(GOLANGCI) ## run the chosen lints (.golangci.yml says why each)
	$(GOLANGCI) run $(PKG)

staticcheck: $(STATICCHECK) ## run staticcheck alone: the quick half of lint
	$(STATICCHECK) $(PKG)

tidy-check:
	go mod tidy -diff

eval: need ## measure linking (../shared/data), verdicts on drills (CONSTAT_EVAL_SEEDS=7000-7003), CSV by the Pollock benchmark, and memory
	$(EVAL) $(ARGS)

fsck: need $(FSCK) ## have Tessera's own checker read a ledger (blocks nothing)
	CONSTAT_FSCK='$(CURDIR)/$(FSCK)' go test -tags eval -count=1 -v -run '^TestEvalTessera$$' ./desk/ledger

bench: need ## run the benchmarks (PKG=./clear/field/... BENCH=NIR to choose)
	go test -run '^$$' -bench '$(BENCH)' -benchmem -timeout 60m $(PKG)

bench-peers: build ## measure beside Splink, recordlinkage and DuckDB (SETS="febrl4 insee noisy 100k 1m" PEERS="constat …" to choose; docs/peers.md)
	@scripts/peers
	CONSTAT_BENCH="$${CONSTAT_BENCH:-$(CURDIR)/.cache/bench}" SETS='$(SETS)' PEERS='$(PEERS)' go test -tags eval -count=1 -v -timeout 0 -run '^TestPeers' ./triage $(ARGS)

fuzz: need ## fuzz every target for FUZZTIME (30s) each
	@scripts/fuzz

man: build ## write the man pages to dist/man
	$(BIN) man dist/man

reference: build ## write docs/cli.md from the help of the commands
	$(BIN) man --markdown > docs/cli.md.new && mv docs/cli.md.new docs/cli.md

vuln: $(GOVULNCHECK) ## look for known vulnerabilities (needs the Go vulnerability database; blocks nothing)
	$(GOVULNCHECK) $(PKG)

clean: ## remove what make made (not Go's own caches)
	rm -rf bin dist .cache

# $(call install,MODULE@VERSION) puts a tool beside the others under a name
# that carries its version, so that another pin is another file.
define install
@mkdir -p $(TOOLS)/new
@echo "installing $(1) …" >&2
@GOBIN="$(CURDIR)/$(TOOLS)/new" go install $(1)
@mv $(TOOLS)/new/$(firstword $(subst -v, ,$(notdir $@))) $@
@rmdir $(TOOLS)/new
endef

$(GOFUMPT):
	$(call install,mvdan.cc/gofumpt@$(GOFUMPT_VERSION))

$(STATICCHECK):
	$(call install,honnef.co/go/tools/cmd/staticcheck@$(STATICCHECK_VERSION))

$(GOLANGCI):
	$(call install,github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION))

$(GOVULNCHECK):
	$(call install,golang.org/x/vuln/cmd/govulncheck@$(GOVULNCHECK_VERSION))

$(FSCK):
	$(call install,github.com/transparency-dev/tessera/cmd/fsck@$(FSCK_VERSION))
