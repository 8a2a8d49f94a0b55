# remindd: everything a person or a machine does with this checkout. `make` alone lists it.

SWIFT ?= swift
PYTHON := /usr/bin/python3# Debian's own: the packages that packaging/setup.sh installs are its packages
SOURCES := Sources Tests Package.swift

.DEFAULT_GOAL := help
.PHONY: help setup build build-release demo test lint format check oracles bench-calendar bench-check bench-evaluation bench-inputs fuzz schemas refusals faults crash-points coverage clean

help: ## list what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install the Debian packages that are missing (build, demo, tests)
	@packaging/setup.sh test

build: ## build the daemon for development: .build/debug/remindd
	@packaging/setup.sh build
	$(SWIFT) build --product remindd

build-release: ## build the daemon for use: .build/release/remindd
	@packaging/setup.sh build
	$(SWIFT) build --configuration release --product remindd

demo: ## set up, build, then watch a whole year of the five plans go by in a minute or two
	@packaging/setup.sh demo
	$(SWIFT) build --product remindd
	@$(PYTHON) packaging/demo/demo.py

test: setup ## set up, build and run all tests
	@$(MAKE) --no-print-directory tests simulate simulate-mutations

# Tests that start programs wait most of the time: several run beside one another. Those that measure how long something takes, or that
# fill a machine on purpose, run one at a time.
STARTED := ProgramTests|reminddTests
TIMED := ListenerTests|NotifiersTests|ProgramTests\.(FieldCase|HostileClient|NetworkFault|RealServer|Stopping)Tests
BESIDE ?= 4

.PHONY: tests
tests:
	$(SWIFT) build $(SCRATCH) $(COVER) --build-tests
	$(SWIFT) test $(SCRATCH) --skip-build --disable-xctest --skip '$(STARTED)' --skip '$(TIMED)'
	$(SWIFT) test $(SCRATCH) --skip-build --disable-xctest --filter '$(STARTED)' --skip '$(TIMED)' \
	  --experimental-maximum-parallelization-width $(BESIDE)
	@echo "One at a time from here: these tests measure how long real servers and the real program take."
	$(SWIFT) test $(SCRATCH) --skip-build --disable-xctest --no-parallel --filter '$(TIMED)'

COVERED := .build/coverage

coverage: setup ## all tests, built with coverage; fails where they never go a way that Scheduler, Ledgers or Notifiers can fail
	@rm -rf $(COVERED)/profiles
	@LLVM_PROFILE_FILE=$(CURDIR)/$(COVERED)/profiles/%m.profraw \
	  $(MAKE) --no-print-directory tests SCRATCH='--scratch-path $(COVERED)' COVER=--enable-code-coverage
	@$(PYTHON) packaging/coverage.py $(COVERED)/debug $(COVERED)/profiles/*.profraw

lint: ## check the style; fails on any finding
	$(SWIFT) format lint --strict --parallel --recursive $(SOURCES)

format: ## put the style right, in place
	$(SWIFT) format --in-place --parallel --recursive $(SOURCES)

check: lint test ## what has to pass before a change goes in

oracles: ## run the independent calculations again that the calendar tests compare with
	@packaging/setup.sh build
	@set -e; for oracle in Tests/Oracles/*.py; do echo "$$oracle"; $(PYTHON) "$$oracle"; done

bench-inputs: ## how long the worst files of 256 kB take to refuse, in a release build; fails over LIMIT (100) ms
	@packaging/setup.sh build
	$(SWIFT) build --configuration release --product remindd
	@$(PYTHON) bench/inputs.py .build/release/remindd $(if $(LIMIT),--limit $(LIMIT))

bench-check: ## how long check of 10 000 campaigns takes, which tries every text; fails over LIMIT (3) seconds
	@packaging/setup.sh build
	$(SWIFT) build --configuration release --product remindd
	@$(PYTHON) bench/check.py .build/release/remindd $(if $(LIMIT),--limit $(LIMIT))

bench-calendar: ## measure what the calendar costs in time and memory; fails over its limits
	@packaging/setup.sh build
	$(SWIFT) build --configuration release --product CalendarBench
	.build/release/CalendarBench

bench-evaluation: ## measure a full evaluation of 50 000 reminders that have fired, with 500 000 recipients; fails over half a second
	@packaging/setup.sh build
	$(SWIFT) build --configuration release --product EvaluationBench
	@mkdir -p $(BENCH)
	.build/release/EvaluationBench $(BENCH)

BENCH := .build/bench
YARDSTICKS := webhook mail ledger timer

.PHONY: bench bench-quick bench-programs
bench-programs:
	$(SWIFT) build --configuration release --product remindd
	$(SWIFT) build --configuration release --product LedgerBench
	$(SWIFT) build --configuration release --product CalendarBench
	@mkdir -p $(BENCH)
	@set -e; for name in $(YARDSTICKS); do \
	  cc -O2 -Wall -Wextra -Werror -o $(BENCH)/$$name bench/yardsticks/$$name.c -lcurl -lsqlite3 -lpthread; done

bench: ## ROUNDS=5: measure remindd, as the package has it, beside C, Alertmanager, Apprise, APScheduler, remind; writes docs/evidence/benchmarks.md; an hour
	@packaging/setup.sh bench
	@$(MAKE) --no-print-directory bench-programs
	$(SWIFT) build --configuration release --product remindd --static-swift-stdlib --scratch-path .build/static
	@[ -x $(BENCH)/peers/bin/apprise ] || { $(PYTHON) -m venv $(BENCH)/peers && $(BENCH)/peers/bin/pip install --quiet apprise; }
	@REMINDD=$(CURDIR)/.build/static/release/remindd $(PYTHON) bench/bench.py --rounds $(or $(ROUNDS),5) $(if $(ONLY),--only $(ONLY),--write docs/evidence/benchmarks.md)

bench-quick: ## a minute of it beside the yardsticks in C; fails far below the goals
	@packaging/setup.sh test
	@$(MAKE) --no-print-directory bench-programs
	@$(PYTHON) bench/bench.py --quick

clean: ## remove what was built and rehearsed
	rm -rf .build .rehearsal dist

FUZZED := plan configuration csv phrase tzif address url retry-after smtp-reply template request
export FUZZ_SECONDS FUZZ_RUNS

fuzz: ## let libFuzzer at every reader for FUZZ_SECONDS each (30), or FUZZ_RUNS; FUZZED="csv url" for some; fails if it finds anything
	@packaging/setup.sh build
	REMINDD_FUZZ=1 $(SWIFT) build --scratch-path .build/fuzz --product Fuzz
	@packaging/fuzz.sh .build/fuzz/debug/Fuzz .build/fuzz $(FUZZED)

schemas: build ## write config/*.schema.json anew from what the readers know
	@set -e; for file in config plan working-days; do .build/debug/remindd schema $$file > config/$$file.schema.json; done

refusals: ## write docs/officer/refusals.md anew from the twenty commonest cases
	@$(PYTHON) packaging/refusals.py

.PHONY: refusals-all
refusals-all: ## write .build/refusals.md, the page of all refusals
	@mkdir -p .build
	@$(PYTHON) packaging/refusals.py --print-all >.build/refusals.md

.PHONY: pictures
pictures: ## draw docs/pictures anew: a mail and the demo, from the program's output; ONLY=mail for some
	@packaging/setup.sh pictures
	$(SWIFT) build --product remindd
	@$(PYTHON) packaging/pictures.py $(if $(ONLY),--only $(ONLY))

.PHONY: comments
comments: ## COUNT=200 SEED=1: draw comments of the sources at random, to be judged by somebody who did not write them
	@$(PYTHON) packaging/comments.py --count $(or $(COUNT),200) --seed $(SEED)

faults: ## write docs/faults.md anew from packaging/faults.tsv and the names of the tests
	@$(PYTHON) packaging/faults.py

crash-points: ## kill and fail one delivery at every single write too, not only where a transaction completes (minutes)
	$(SWIFT) build --build-tests
	CRASH_POINTS=all $(SWIFT) test --skip-build --disable-xctest --no-parallel --filter 'CrashPointTests'

SEEDS ?= 200
YEARS ?= 400
CRASHES ?= $(shell expr $(YEARS) \* 50)
SIMULATOR := .build/release/Simulator

.PHONY: simulate simulate-mutations
simulate: ## SEEDS=200 YEARS=400 (in all): the loops and the ledger against crashes, edits and failing destinations
	@packaging/setup.sh build
	$(SWIFT) build --configuration release --product Simulator
	@$(SIMULATOR) --seeds $(SEEDS) --years $(YEARS) --crashes $(CRASHES)

simulate-mutations: ## prove that the simulator's oracle sees: each promise switched off in turn must fail
	@packaging/setup.sh build
	$(SWIFT) build --configuration release --product Simulator
	@$(SIMULATOR) --mutate all

SECONDS ?= 600
SEED ?= 1

.PHONY: soak endurance endurance-edits endurance-quick hostile
soak: ## SECONDS=600 SEED=1: the real program, killed every 5 s, its servers failing in every way; then all must have arrived
	@packaging/setup.sh test
	$(SWIFT) build --configuration release --product remindd
	@$(PYTHON) Tests/Endurance/soak.py --seconds $(SECONDS) --seed $(SEED)

endurance: ## a start after a crash, a full minute, bad neighbours: measured where messages arrive, by the real clock; a quarter of an hour
	@packaging/setup.sh test
	$(SWIFT) build --configuration release --product remindd
	@$(PYTHON) Tests/Endurance/goals.py

endurance-edits: ## RECIPIENTS=60000 ROUNDS=10: a campaign taken out and put back while its messages go out, with kills in between
	@packaging/setup.sh test
	$(SWIFT) build --configuration release --product remindd
	@$(PYTHON) Tests/Endurance/edits.py --recipients $(or $(RECIPIENTS),60000) --rounds $(or $(ROUNDS),10)

endurance-quick: ## each of these once
	@packaging/setup.sh test
	$(SWIFT) build --configuration release --product remindd
	@$(PYTHON) Tests/Endurance/goals.py --quick

hostile: ## clients that mean harm on the control socket: what each kind costs, and what sending is like beside them; five minutes
	@packaging/setup.sh test
	$(SWIFT) build --configuration release --product remindd
	@$(PYTHON) Tests/Endurance/goals.py --only hostile,beside

.PHONY: test-servers
test-servers: ## as root: the release build among real servers that refuse (Postfix, postgrey, Exim, nginx), measured; half an hour
	@packaging/setup.sh test
	$(SWIFT) build --configuration release --product remindd
	@$(PYTHON) Tests/Servers/real.py

.PHONY: deb release test-systemd test-image test-tarball test-upgrade
deb: ## build the Debian package: dist/remindd_VERSION_ARCH.deb
	@packaging/setup.sh package
	@packaging/deb.sh

release: ## build a release into dist/: the Debian package, a tarball, an OCI image, SHA256SUMS
	@packaging/setup.sh release
	@packaging/release.sh

test-systemd: deb ## as root: install, start, break, reboot, upgrade, purge the package in a minimal Debian under a real systemd
	@$(PYTHON) packaging/test_systemd.py

test-image: ## as root, after make release: run the image by runc, or in a chroot, to the first mail
	@packaging/setup.sh release
	@$(PYTHON) packaging/test_image.py

test-tarball: ## as root, after make release: install the tarball in a minimal Debian under a real systemd, as its README says
	@packaging/setup.sh release
	@$(PYTHON) packaging/test_tarball.py

test-upgrade: ## as root, after make deb: upgrade 0.1.0, built from its commit, with pending deliveries; builds a quarter of an hour
	@packaging/setup.sh package
	@$(PYTHON) packaging/test_upgrade.py
